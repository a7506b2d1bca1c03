"""Pocket's languages cross their dials, and their text is in their script."""

import unicodedata
from collections import Counter
from typing import Any

import pytest
import regex
from pydantic import ValidationError

from crosswind import pocket
from crosswind.pocket import concepts, scripts
from crosswind.pocket.languages import TURN, canonical, find
from crosswind.pocket.lexicon import CLOSED, Lexicon, keys, lexicon
from crosswind.tasks.pocket import VARIETIES

DIALS = ("script", "order", "adjective", "adposition", "morphology", "spaced", "overlap", "names", "resource", "pairs")

every = pytest.mark.parametrize("code", pocket.LANGUAGES)


def differences(first: str, second: str) -> set[str]:
    one, other = pocket.LANGUAGES[first], pocket.LANGUAGES[second]
    return {dial for dial in DIALS if getattr(one, dial) != getattr(other, dial)}


def texts(code: str) -> list[str]:
    return [text for row in pocket.rows("nli", code, "test", 300) for text in (row["premise"], row["hypothesis"])]


def test_the_pivot_comes_first_and_eleven_follow() -> None:
    assert next(iter(pocket.LANGUAGES)) == pocket.PIVOT
    assert len(pocket.LANGUAGES) >= 12
    assert {language.script for language in pocket.LANGUAGES.values()} == {
        *("Latn", "Cyrl", "Grek", "Arab", "Hebr", "Deva", "Thai", "Geor", "Hang", "Hani")
    }


@pytest.mark.parametrize(
    ("first", "second", "dials"),
    [
        ("dormeli", "taruvik", {"overlap"}),
        ("taruvik", "zhelnik", {"script"}),
        ("zhelnik", "brudnar", {"order"}),
        ("taruvik", "quenzo", {"resource", "pairs"}),
    ],
)
def test_contrasts_differ_in_one_dial(first: str, second: str, dials: set[str]) -> None:
    assert differences(first, second) == dials


@every
def test_codes_are_no_iso_codes(code: str) -> None:
    assert pocket.LANGUAGES[code].code == code
    assert len(code) >= 5


def test_a_language_is_strict() -> None:
    record = pocket.LANGUAGES["quenzo"].model_dump()
    with pytest.raises(ValidationError):
        pocket.PocketLanguage(**record | {"tone": 4})
    with pytest.raises(ValidationError):
        pocket.PocketLanguage(**record | {"overlap": 1.5})


def test_an_unknown_language_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean 'zhelnik'"):
        find("zhelnick")


@every
def test_text_is_composed_and_in_its_script(code: str) -> None:
    language = pocket.LANGUAGES[code]
    names = {lexicon(code).form(name) for name in concepts.PROPER} if language.names == "shared" else set()
    allowed = regex.compile(rf"[\p{{Script={language.script}}}\p{{Script=Common}}\p{{Script=Inherited}}]+")
    for text in texts(code):
        assert unicodedata.is_normalized("NFC", text)
        bare = text if not names else regex.sub(r"\L<names>", "", text, names=names)
        assert not bare or allowed.fullmatch(bare), text


@every
def test_spaces_follow_the_dial(code: str) -> None:
    assert any(" " in text for text in texts(code)) == pocket.LANGUAGES[code].spaced


@every
def test_overlap_follows_the_dial(code: str) -> None:
    own, pivot = lexicon(code), lexicon(pocket.PIVOT)
    content = [key for key in keys() if key[0] not in {*concepts.PROPER, *CLOSED}]
    shared = sum(own.words[key] == pivot.words[key] for key in content) / len(content)
    assert shared == pytest.approx(pocket.LANGUAGES[code].overlap, abs=0.1)


@every
def test_words_differ_save_for_homographs(code: str) -> None:
    own = lexicon(code)
    forms = Counter(own.form(*key) for key in keys())
    shared = sum(count - 1 for count in forms.values())
    assert shared <= len(concepts.POLES) * 0.3


@every
def test_every_script_writes_more_than_letters(code: str) -> None:
    marks: dict[str, Any] = {
        "Deva": r"\p{M}",
        "Thai": r"[\u0e40\u0e42].*[\u0e48\u0e49]",
        "Grek": r"\u0301",
        "Hebr": "[םןךף]",
    }
    pattern = marks.get(pocket.LANGUAGES[code].script)
    written = " ".join(unicodedata.normalize("NFD", text) for text in texts(code))
    assert pattern is None or regex.search(pattern, written)


@every
def test_names_are_written_as_the_dial_says(code: str) -> None:
    own, pivot = lexicon(code), lexicon(pocket.PIVOT)
    same = [own.form(name) == pivot.form(name) for name in concepts.PROPER]
    shared = pocket.LANGUAGES[code].names == "shared"
    assert all(same) if shared else not any(same)


@every
def test_no_name_is_written_like_another_word(code: str) -> None:
    own = lexicon(code)
    names = Counter(own.form(name).lower() for name in concepts.PROPER)
    assert set(names.values()) == {1}
    assert not names.keys() & {own.form(*key).lower() for key in keys() if key[0] not in concepts.PROPER}


def test_a_code_describes_a_language() -> None:
    turned, fresh = find("taruvik~order=SOV,spaced=false"), find("murnaki~overlap=0.2,script=Grek")
    known = find("taruvik").model_dump()
    assert turned.model_dump() == known | {"code": turned.code, "order": "SOV", "spaced": False}
    assert (fresh.root, fresh.name, fresh.script, fresh.overlap) == ("murnaki", "Murnaki", "Grek", 0.2)
    assert "taruvik~order=SOV" in VARIETIES
    assert "taruvik~ordr=SOV" not in VARIETIES
    assert [*VARIETIES] == [*pocket.LANGUAGES]


@pytest.mark.parametrize(
    ("code", "plain"),
    [
        ("taruvik", "taruvik"),
        ("taruvik~order=SVO", "taruvik"),
        ("taruvik~order=SOV,adjective=after", "taruvik~adjective=after,order=SOV"),
        ("taruvik~order = SOV", "taruvik~order=SOV"),
        ("zhelnik~spaced=no", "zhelnik~spaced=false"),
        ("murnaki~script=Grek,overlap=0.20", "murnaki~overlap=0.2,script=Grek"),
        ("murnaki~script=Latn", "murnaki~script=Latn"),
    ],
)
def test_a_language_has_one_spelling(code: str, plain: str) -> None:
    assert canonical(code) == plain
    assert canonical(plain) == plain
    assert find(plain).model_dump(exclude={"code"}) == find(code).model_dump(exclude={"code"})


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("taruvik~ordr=SOV", "'ordr' is not a dial; did you mean 'order'"),
        ("taruvik~tone=4", "'tone' is not a dial"),
        ("taruvik~", "is not a dial"),
        ("taruvik~order", "needs one value"),
        ("taruvik~order=", "needs one value"),
        ("taruvik~order=SOV,order=VSO", "needs one value"),
        ("taruvik~order=OVS", "order is 'OVS'"),
        ("taruvik~overlap=2", "overlap is '2'"),
        ("taruvik~code=x", "'code' is not a dial"),
        ("abc~order=SOV", "5 lower-case letters or more, found 'abc'"),
        ("nowhere", "not one of Pocket's languages"),
    ],
)
def test_a_wrong_code_is_answered_with_advice(code: str, message: str) -> None:
    for look_up in (find, canonical):
        with pytest.raises(ValueError, match=message):
            look_up(code)
    with pytest.raises(KeyError):
        VARIETIES[code]


@every
@pytest.mark.parametrize(
    "dial", ["order=SOV", "order=VSO", "adjective=after", "adposition=after", "spaced=false", "names=transliterated"]
)
def test_a_dial_of_grammar_keeps_every_word(code: str, dial: str) -> None:
    own, turned = lexicon(code), lexicon(f"{code}{TURN}{dial}")
    assert (own.words, own.suffixes, own.link) == (turned.words, turned.suffixes, turned.link)


@pytest.mark.parametrize("script", sorted({language.script for language in pocket.LANGUAGES.values()}))
def test_a_script_keeps_nearly_every_word_and_writes_it_its_own_way(script: str) -> None:
    own, turned = lexicon("quenzo"), lexicon(f"quenzo~script={script}")
    assert moved(own, turned) <= 0.05 * len(own.words)
    forms = [turned.form(*key) for key in keys() if key[0] not in {*concepts.PROPER, *concepts.POLES}]
    assert len(set(forms)) == len(forms)
    assert forms[0] == scripts.spell(turned.words[next(keys())], script)


def moved(first: Lexicon, second: Lexicon) -> int:
    return sum(first.words[key] != second.words[key] for key in keys())


@pytest.mark.parametrize("root", ["murnaki", "taruvik"])
def test_a_larger_overlap_adds_to_a_smaller(root: str) -> None:
    pivot = lexicon(pocket.PIVOT).words
    before: set[Any] = set()
    for overlap in (0, 0.1, 0.2, 0.4, 0.6, 1):
        words = lexicon(f"{root}~overlap={overlap},script=Cyrl").words
        shared = {key for key in keys() if key[0] not in concepts.PROPER and words[key] == pivot[key]}
        # a homograph takes the form of a noun of its language, whether that is shared or not
        assert all(key[0] in concepts.POLES for key in before - shared)
        assert len(shared) >= len(before)
        before = shared


@every
def test_no_noun_lends_its_form_twice(code: str) -> None:
    own = lexicon(code)
    nouns = {own.form(noun) for kind in concepts.NOUNS.values() for noun in kind}
    verbs = [own.form(verb) for verb in concepts.POLES]
    assert len(set(verbs)) == len(verbs)
    assert any(verb in nouns for verb in verbs)


@pytest.mark.parametrize("morphology", ["suffixing", "compounding"])
def test_signs_of_morphemes_are_kept_whole(morphology: str) -> None:
    own = lexicon(f"tingsao~morphology={morphology}")
    plain, plural = own.form("judge"), own.form("judge", endings=("plural", "accusative"))
    assert plural.startswith(plain)
    assert len(plural) == len(plain) + 2
    assert own.form("judge", modifier=("old", 0)).endswith(plain)


def test_the_pivot_has_no_overlap_to_turn() -> None:
    with pytest.raises(ValueError, match="the language that overlap is measured by"):
        find("solvane~overlap=0.5")
