"""Spaces lost between words and spaces put inside them: the keyboard's largest key, missed or hit by mistake."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import ClassVar

from crosswind.perturbations.base import Family, Levels, Rated
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.units import Option, Places, Promised, Unit, thinned
from crosswind.perturbations.word_noise import has_short_words, is_frozen
from crosswind.text.clusters import clusters
from crosswind.text.edits import Edit, Span
from crosswind.text.item import Field, Item
from crosswind.text.patterns import pattern
from crosswind.text.words import LEADING_VOWELS, UNSPACED

JOIN, SPLIT, SYLLABLES, BOUNDARY, INSIDE = "join", "split", "syllables", "boundary", "inside"
HALF = (0.025, 0.05, 0.075, 0.10, 0.15)
WHOLE = (0.05, 0.10, 0.15, 0.20, 0.30)
LEVELS = Levels({JOIN: HALF, SPLIT: HALF, SYLLABLES: WHOLE, BOUNDARY: WHOLE, INSIDE: (0.0, 0.0, 0.0, 0.10, 0.15)})
# Signs that belong to the one before: Thai and Lao vowels written behind their consonant, small kana and the long mark.
CLINGING = pattern(r"[\u0E30\u0E32\u0E45\u0EB0\u0EB2\u0EBD\p{Line_Break=CJ}\p{Line_Break=NS}]")


class Space(Rated):
    """Two words joined, or one split; where nothing is spaced, a space between two words, or at last inside one.

    Each script has kinds of its own, so that its severities are nested and its words equally disturbed: `join` and
    `split` share the rate of spaced scripts, `syllables` (joined) has it alone in Vietnamese, where a space parts
    syllables and splitting one is no slip that people make. `boundary` and `inside` are for Han, Kana, Thai, Burmese,
    Khmer and Lao. Tokens are given, so tagged text stays as it is.
    """

    family: ClassVar[Family] = "space"

    @property
    def levels(self) -> Levels:
        """5, 10, 15, 20 and 30 % in all; inside words of scripts without spaces 10 and 15 % more at levels 4 and 5."""
        return LEVELS

    def units(self, item: Item) -> Sequence[Unit]:
        """The gaps between two words, and the words that are long enough to be split."""
        found: dict[tuple[str, str], list[Span]] = {}
        for name, text in self.targets(item):
            for kind, span in gaps_and_words(text):
                found.setdefault((name, kind), []).append(span)
        return Places(found)

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:
        """The space gone, or a space at this gap or at any place in the word."""
        name, kind, (start, end), _ = unit
        if kind in (JOIN, SYLLABLES):
            return [Option("join", ((name, Edit(start, end, "")),))]
        if kind == BOUNDARY:
            return [Option("split", ((name, Edit(start, end, " ")),))]
        found = seams(item.fields[name].text[start:end])

        def option(number: int) -> Option:
            place = start + found[number]
            return Option("split", ((name, Edit(place, place, " ")),))

        return thinned(Promised(option, [1.0] * len(found)), item, unit, draw)


def gaps_and_words(text: Field) -> Iterator[tuple[str, Span]]:
    """Where a space may go or come, by kind, in the order of the text."""
    if text.solid:
        return
    before = None
    for word in text.words:
        if is_frozen(text, word):
            continue
        if before:
            yield from gaps(text, before, word)
        if kind := kind_of_word(text.text[word[0] : word[1]], text.lang):
            yield kind, word
        before = word


@lru_cache(maxsize=2**15)
def kind_of_word(word: str, lang: str) -> str:
    """What splitting this word is called; empty where it is not done."""
    if not seams(word):
        return ""
    if UNSPACED.search(word):
        return INSIDE
    return "" if lang == "vi" else SPLIT


def gaps(text: Field, word: Span, following: Span) -> Iterator[tuple[str, Span]]:
    """The gap between two words, where it is one space between spaced scripts or nothing at all."""
    gap = word[1], following[0]
    if gap[0] == gap[1]:
        yield BOUNDARY, gap
    elif text.text[slice(*gap)] == " " and not UNSPACED.search(text.text, word[0], following[1]):
        yield SYLLABLES if text.lang == "vi" else JOIN, gap


@lru_cache(maxsize=2**15)
def seams(word: str) -> tuple[int, ...]:
    """Where a word may be split: between clusters, save those that cling together."""
    starts = [start for start, _ in clusters(word)]
    if len(starts) < (2 if has_short_words(word) else 4):
        return ()
    return tuple(
        start for start in starts[1:] if word[start - 1] not in LEADING_VOWELS and not CLINGING.match(word, start)
    )
