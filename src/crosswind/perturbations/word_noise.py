"""What perturbations of single words share: which words are eligible, and where in a word a slip may happen."""

from abc import abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, compress
from typing import NamedTuple

from crosswind.perturbations.base import Perturbation, Rated
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.units import Option, Places, Promised, Unit, thinned
from crosswind.text.clusters import clusters, script_of
from crosswind.text.edits import Edit, Span
from crosswind.text.item import Field, Item

KIND = "word"
RATES = {KIND: (0.05, 0.10, 0.15, 0.20, 0.30)}
SHORT_WORD_SCRIPTS = frozenset({"Hani", "Hira", "Kana", "Hang", "Thai", "Mymr", "Khmr", "Laoo"})


class Slip(NamedTuple):
    """A change of a word: its text from `start` to `end` becomes `new`, and behind it one of the `strays` if any.

    `place` keys the draw of that one.
    """

    op: str
    start: int
    end: int
    new: str
    place: int = 0
    strays: Sequence[str] = ()


class Ways(NamedTuple):
    """Everything that can happen to a word, in a fixed order: operations with places, weights, and their sums."""

    slips: tuple[tuple[str, int], ...]
    weights: tuple[float, ...]
    bounds: tuple[float, ...]


@lru_cache(maxsize=2**12)
def equally_likely(*operations: tuple[str, Sequence[int]]) -> Ways:
    """Operations with their places, all equally likely if they have any, and so are the places of each.

    Words of one length mostly share their ways, so that these are made once.
    """
    weights = tuple(1 / len(places) for _, places in operations for _ in places)
    slips = tuple((op, place) for op, places in operations for place in places)
    return Ways(slips, weights, tuple(accumulate(weights)))


class WordNoise(Rated):
    """A perturbation whose units are the longer words, and which looks at nothing but the word and its language."""

    @abstractmethod
    def ways(self, word: str, lang: str) -> Ways:
        """What can happen to a word."""

    @abstractmethod
    def slip(self, word: str, lang: str, op: str, place: int) -> Slip:
        """One of those ways."""

    def units(self, item: Item) -> Sequence[Unit]:
        """Every word that is long enough."""
        return word_units(self, item)

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:
        """Every slip, its stray drawn when it is chosen."""
        name, kind, (start, end), index = unit
        text = item.fields[name]
        word = text.text[start:end]
        ways, weights, _ = self.ways(word, text.lang)

        def option(number: int) -> Option:
            op, left, right, new, place, strays = self.slip(word, text.lang, *ways[number])
            if strays:
                new += strays[int(draw(text, name, "pick", kind, index, place) * len(strays))]
            return Option(op, ((name, Edit(start + left, start + right, new)),), weights[number])

        return thinned(Promised(option, weights), item, unit, draw)


def word_units(perturbation: Perturbation, item: Item) -> Sequence[Unit]:
    """One unit for every eligible word of the target fields, counted field by field."""
    return Places({(name, KIND): eligible(text) for name, text in perturbation.targets(item)})


def eligible(text: Field) -> list[Span]:
    """The words of a field that are long enough and outside all frozen spans."""
    forms = [text.text[start:end] for start, end in text.words]
    long = list(compress(text.words, map(is_long_enough, forms)))
    return [span for span in long if not is_frozen(text, span)] if text.frozen else long


@lru_cache(maxsize=2**15)
def is_long_enough(word: str) -> bool:
    """Whether a word has two clusters, or is of a script whose words are short."""
    return has_short_words(word) or len(clusters(word)) > 1


def is_frozen(text: Field, span: Span) -> bool:
    """Whether any of the span is frozen."""
    return any(start < span[1] and span[0] < end for start, end in text.frozen)


def has_short_words(word: str) -> bool:
    """Whether words of this script are so short that their first sign is fair game too."""
    return not word.isascii() and script_of(word) in SHORT_WORD_SCRIPTS


def inner_positions(length: int, short_words: bool) -> range:
    """The clusters of a word of `length` clusters that may change: never the first, save where words are short.

    A word of four or more keeps its last cluster as well, since readers hold on to both ends.
    """
    if length >= 4:
        return range(1, length - 1)
    return range(0 if short_words else 1, length)
