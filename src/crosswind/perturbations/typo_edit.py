"""Slips of the hand that need no keyboard: two signs swapped, one lost, one doubled, a stray one put in."""

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar, NamedTuple

from crosswind.perturbations.base import Family, Levels, Option, Promised, Rated, Unit, thinned
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.word_noise import RATES, has_short_words, inner_positions, word_units
from crosswind.text.clusters import clusters, script_of
from crosswind.text.edits import Edit
from crosswind.text.item import Item
from crosswind.text.tables import table

LEVELS = Levels(RATES)


class Slip(NamedTuple):
    """A change of a word at the cluster `place`: of its text from `start` to `end`, into `new` and perhaps a stray."""

    op: str
    place: int
    start: int
    end: int
    new: str


class TypoEdit(Rated):
    """One slip in each selected word; the four operations are equally likely, and so are the places of each.

    The operations are those that Damerau (1964) found behind most misspellings, on grapheme clusters. A stray sign is
    one of the commonest of the word's own script, where his may be any.
    """

    VERSION: ClassVar[int] = 2  # draws in blocks of eight
    family: ClassVar[Family] = "char noise"

    @property
    def levels(self) -> Levels:
        """5, 10, 15, 20 and 30 % of the words."""
        return LEVELS

    def units(self, item: Item) -> Sequence[Unit]:
        """Every word that is long enough."""
        return word_units(self, item)

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:
        """All swaps, losses and doublings of inner signs, and one stray sign behind each of them."""
        name, kind, (start, end), index = unit
        text = item.fields[name]
        word = text.text[start:end]
        found, weights = slips(word)

        def option(number: int) -> Option:
            op, place, left, right, new = found[number]
            if op == "insert":
                new += stray(word, draw(text, name, "pick", kind, index, place))
            return Option(op, ((name, Edit(start + left, start + right, new)),), weights[number])

        return thinned(Promised(option, weights), item, unit, draw)


def stray(word: str, share: float) -> str:
    """One of the commonest signs of the word's script, all equally likely."""
    signs = common_signs(word)
    return signs[int(share * len(signs))]


@lru_cache(maxsize=2**14)
def slips(word: str) -> tuple[tuple[Slip, ...], tuple[float, ...]]:
    """Every slip that can happen to a word, its stray sign left open, and the weights."""
    spans, short_words = clusters(word), has_short_words(word)
    signs = [word[start:end] for start, end in spans]
    places = [place for place in inner_positions(len(signs), short_words) if not signs[place].isspace()]
    swaps, losses = [], []
    if len(signs) >= (2 if short_words else 4):  # a word of three that is not short loses nothing
        pairs = [(place, signs[place], signs[place + 1]) for place in places if place + 1 in places]
        swaps = [
            Slip("swap", place, spans[place][0], spans[place + 1][1], second + first)
            for place, first, second in pairs
            if first + second != second + first
        ]
        losses = [Slip("delete", place, *spans[place], "") for place in places]
    doublings = [Slip("repeat", place, *spans[place], signs[place] * 2) for place in places]
    strays = [Slip("insert", place, *spans[place], signs[place]) for place in places if common_signs(word)]
    kinds = (swaps, losses, doublings, strays)
    return (
        tuple(slip for kind in kinds for slip in kind),
        tuple(1 / len(kind) for kind in kinds for _ in kind),
    )


@lru_cache(maxsize=2**14)
def common_signs(word: str) -> Sequence[str]:
    """The commonest signs of the word's script; none where no table knows it."""
    found: Sequence[str] = table("script_unigrams").get(script_of(word), ())
    return found
