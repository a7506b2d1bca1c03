"""Where rules of misspelling apply, and that what they make can be read."""

import unicodedata

import pytest
from hypothesis import given, settings

from crosswind.languages import LANGUAGES
from crosswind.perturbations.spelling import Rule, Spelled, index, native_rules
from crosswind.perturbations.typo_native import misspellings
from crosswind.text.clusters import SCRIPTS, clusters, script_of
from crosswind.text.item import plain_field
from crosswind.text.tables import table
from tests.perturbations.specimens import misspelt
from tests.text.sentences import SENTENCES, languages, texts


def results(lang: str, word: str) -> set[str]:
    return {result for _, result in misspelt(lang, word)}


@pytest.mark.parametrize(
    ("lang", "word", "becomes"),
    [
        ("es", "Hola", "Ola"),
        ("ru", "Ёлка", "Елка"),
        ("el", "Ήταν", "Ηταν"),
        ("tr", "Işık", "Işik"),
        ("tr", "Işık", "İşık"),
        ("de", "Übung", "Uebung"),
        ("vi", "Sáng", "Xáng"),
    ],
)
def test_capitals_stay(lang: str, word: str, becomes: str) -> None:
    assert becomes in results(lang, word)


@pytest.mark.parametrize(
    ("lang", "word"), [("de", "USA"), ("en", "NASSER"), ("ro", "XXIII"), ("ru", "СССР"), ("el", "ΑΕΙ")]
)
def test_words_in_capitals_are_left_alone(lang: str, word: str) -> None:
    assert results(lang, word) == set()


def test_capitals_inside_a_word_are_not_lost() -> None:
    assert all("D" in result for result in results("en", "McDonald"))


def test_a_letter_alone_is_too_little_unless_it_has_an_accent() -> None:
    assert results("ru", "о") == results("en", "a") == results("es", "y") == set()
    assert results("fr", "à") == {"a"}
    assert "मे" in results("hi", "में")


@pytest.mark.parametrize("word", ["и", "ー", "っ", "ะ"])
def test_nothing_is_left_empty(word: str) -> None:
    for lang in ("ru", "ja", "th", "qqx"):
        assert "" not in results(lang, word)


@pytest.mark.parametrize(
    ("lang", "word", "never"),
    [
        ("ru", "йод", "иeд"),
        ("el", "ούτε", "ωύτε"),
        ("el", "και", "καη"),
        ("hi", "ज़रा", "झ़रा"),
        ("fr", "riche", "rice"),
        ("es", "mucho", "muco"),
        ("vi", "những", "lhững"),
        ("ja", "ばら", "わら"),
        ("uk", "їжа", "ӥжа"),
    ],
)
def test_what_nobody_writes(lang: str, word: str, never: str) -> None:
    assert never not in results(lang, word)


def test_a_mark_belongs_to_its_letter() -> None:
    """A rule for a bare letter leaves the letters alone that have the same base in NFD."""
    assert list(Spelled("й", "ru").misspellings(index([Rule("x", "и", "о")]))) == []
    assert [found.new for found in Spelled("й", "ru").misspellings(index([Rule("x", "й", "о")]))] == []
    short = index([Rule("x", unicodedata.normalize("NFD", "й"), "о")])
    assert [found.new for found in Spelled("й", "ru").misspellings(short)] == ["о"]


@pytest.mark.parametrize(
    ("rule", "word", "expected"),
    [
        (Rule("x", "a", "o"), "banana", ["bonana", "banona", "banano"]),
        (Rule("x", "a", "o", "initial"), "abba", ["obba"]),
        (Rule("x", "a", "o", "final"), "abba", ["abbo"]),
        (Rule("x", "a", "o", "medial"), "abaca", ["aboca"]),
        (Rule("x", "abba", "o", "whole"), "abba", ["o"]),
        (Rule("x", "abba", "o", "whole"), "abbas", []),
        (Rule("x", "a", "o", left="b"), "abaca", ["aboca"]),
        (Rule("x", "a", "o", left="^b"), "abaca", ["obaca", "abaco"]),
        (Rule("x", "a", "o", right="c"), "abaca", ["aboca"]),
        (Rule("x", "a", "o", right="^c"), "abaca", ["obaca", "abaco"]),
        (Rule("x", "B", "p"), "Baba", ["paba"]),
        (Rule("x", "b", "p"), "Baba", ["Paba", "Bapa"]),
        (Rule("x", "\u0301", ""), "áéa", ["aéa", "áea"]),
        (Rule("x", "a", "e", left="i"), "fíat", ["fíet"]),
        (Rule("x", "b", ""), "Ba", ["A"]),
    ],
)
def test_where_a_rule_applies(rule: Rule, word: str, expected: list[str]) -> None:
    found = Spelled(word, "qqx").misspellings(index([rule]))
    assert [word[: one.start] + one.new + word[one.end :] for one in found] == expected


@settings(deadline=None, max_examples=100)
@given(texts, languages)
def test_misspellings_are_sound_and_of_whole_clusters(text: str, lang: str) -> None:
    for start, end in plain_field(text, lang, "1").words:
        word = text[start:end]
        edges = {place for span in clusters(word) for place in span}
        for found in misspellings(word, lang, "Hans", None):
            assert {found.start, found.end} <= edges
            assert unicodedata.is_normalized("NFC", found.new)
            assert word[: found.start] + found.new + word[found.end :] not in {"", word}


@pytest.mark.parametrize("lang", ["ko", "qqx"])
def test_syllables_of_hangul_stay_syllables(lang: str) -> None:
    for word in SENTENCES["ko"].replace(".", "").split():
        assert results(lang, word)
        assert all("가" <= sign <= "힣" for result in results(lang, word) for sign in result)


def test_languages_without_rules_of_their_own_have_those_of_the_script() -> None:
    assert ("mark", "elan") in misspelt("qqx", "élan")
    assert ("yo", "все") in misspelt("qqx", "всё")
    assert ("ejective", "ტა") in misspelt("qqx", "თა")
    assert ("capital", "haus") not in misspelt("qqx", "Haus")
    assert results("qqx", "ᏣᎳᎩ") == set()


def test_words_of_another_script_have_the_rules_of_that_script() -> None:
    assert ("halve", "Pari") not in misspelt("ru", "Paris")
    assert ("halve", "Gugle") not in misspelt("ru", "Google")
    assert ("halve", "bos") in misspelt("ru", "boss")
    assert ("hardening", "unt") not in misspelt("ru", "und")


def test_every_language_has_rules_of_its_own_or_of_its_script() -> None:
    for code, language in LANGUAGES.items():
        scripts = {"Jpan": ("Hira", "Kana"), "Kore": ("Hang",), "Hans": ("Hani",)}.get(
            language.script, (language.script,)
        )
        for script in scripts:
            assert len(native_rules(code, script)) >= 9, code


def test_rules_are_in_nfd_and_of_known_languages_and_scripts() -> None:
    rules = table("native_rules")["rules"]
    assert len(rules) >= 250
    for row in rules:
        assert set(row["langs"]) <= {*LANGUAGES, "*"}
        assert row["script"] in SCRIPTS
        assert row["find"]
        assert row["find"] != row["replace"]
        assert 0 < row["weight"] <= 4
        assert row["where"] in {"any", "initial", "medial", "final", "whole"}
        for name in ("find", "replace"):
            assert unicodedata.is_normalized("NFD", row[name])
            letters = [one for one in row[name] if one.isalpha()]
            assert {script_of(one) for one in letters} <= {row["script"], "Zzzz"}, row


def test_readers_see_the_same_word_where_the_class_is_a() -> None:
    same = {row["op"] for row in table("native_rules")["rules"] if row["class"] == "A"}
    assert same == {
        "british", "sharp", "umlaut", "ligature", "accent", "mark", "dots", "placement", "vowel", "yo", "code", "quote",
        "homorganic", "chillu", "joined", "double", "look",
    }  # fmt: skip
