"""Pocket's languages cross their dials, and their text is in their script."""

import unicodedata
from collections import Counter
from typing import Any

import pytest
import regex
from pydantic import ValidationError

from crosswind import pocket
from crosswind.pocket import world
from crosswind.pocket.languages import find
from crosswind.pocket.lexicon import keys, lexicon

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
    names = {lexicon(code).form(name) for name in world.NAMES} if language.names == "shared" else set()
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
    content = [key for key in keys() if key[0] not in world.NAMES and key[0] not in world.FUNCTIONS]
    shared = sum(own.words[key] == pivot.words[key] for key in content) / len(content)
    assert shared == pytest.approx(pocket.LANGUAGES[code].overlap, abs=0.1)


@every
def test_words_differ_save_for_homographs(code: str) -> None:
    own = lexicon(code)
    forms = Counter(own.form(*key) for key in keys())
    shared = sum(count - 1 for count in forms.values())
    assert shared <= len(world.POLES) * 0.3


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
