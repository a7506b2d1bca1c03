"""Names that CLDR knows in a language (countries, cities, languages, months, weekdays) and where they stand in a text.

A name is found as it is written, whole and in its own case. Inflected it is another word, which is not found.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from crosswind.text.edits import Span
from crosswind.text.patterns import pattern
from crosswind.text.tables import table
from crosswind.text.words import UNSPACED

INSIDE = pattern(r"[\p{L}\p{M}\p{N}]")
CASED = pattern(r"\p{Lu}")
SHORT = 5  # letters; shorter ones that begin a text may be common words: May, Mali


class Name(NamedTuple):
    """A name in a text."""

    span: Span
    kind: str
    text: str


def names_of(lang: str) -> Mapping[str, Sequence[str]]:
    """The names of a language by kind; none for a language that CLDR does not speak."""
    found: Mapping[str, Sequence[str]] = table("cldr_names").get(lang, {})
    return found


def names_in(text: str, lang: str, words: Sequence[Span]) -> Iterator[Name]:
    """The names in a text one after the other, of several that begin alike the longest; `words` are the text's own."""
    known = by_beginning(lang)
    starts, ends = frozenset(start for start, _ in words), [end for _, end in words]
    place = 0
    while place < len(text):
        found = next(
            (
                Name((place, place + len(name)), kind, name)
                for name, kind in known.get(text[place], ())
                if text.startswith(name, place) and stands_alone(text, name, place, starts, ends)
            ),
            None,
        )
        if found:
            yield found
        place = found.span[1] if found else place + 1


@cache
def by_beginning(lang: str) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The names of a language with their kinds by their first character, the longest first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, names in names_of(lang).items():
        for name in names:
            found.setdefault(name[0], []).append((name, kind))
    return {first: sorted(names, key=lambda each: (-len(each[0]), each)) for first, names in found.items()}


def stands_alone(text: str, name: str, start: int, starts: frozenset[int], ends: Sequence[int]) -> bool:
    """Whether a name is not a part of a longer word, and at the beginning of a text no short word in capitals."""
    end = start + len(name)
    if len(name) < SHORT and CASED.match(name) and not INSIDE.search(text, 0, start):
        return False
    return is_edge(text, start - 1, start, start in starts) and is_edge(text, end, end - 1, is_among(end, ends))


def is_edge(text: str, outer: int, inner: int, is_word_edge: bool) -> bool:
    """Whether a name ends between two characters; without spaces that is where a word does."""
    if not 0 <= outer < len(text) or not INSIDE.match(text[outer]):
        return True
    if text[inner].isdigit():
        return not text[outer].isdigit() and bool(UNSPACED.match(text[outer]))
    return is_word_edge and bool(UNSPACED.match(text[inner]))


def is_among(value: int, ordered: Sequence[int]) -> bool:
    """Whether a number stands in a sorted list."""
    place = bisect_left(ordered, value)
    return place < len(ordered) and ordered[place] == value
