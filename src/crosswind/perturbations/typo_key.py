"""Slips on the keyboard: a finger hits a key beside the one it was meant for, or both."""

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar, NamedTuple

from crosswind.perturbations.base import Family, Levels, Rated
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.keyboards import HAN, keyboard
from crosswind.perturbations.units import Option, Promised, Unit, thinned
from crosswind.perturbations.word_noise import KIND, RATES, eligible, has_short_words, inner_positions
from crosswind.text.clusters import clusters, script_of
from crosswind.text.edits import Edit
from crosswind.text.hanzi import Form, form_of
from crosswind.text.item import Item

LEVELS = Levels(RATES)
SHARES = {"substitute": 0.6, "insert": 0.4}


class Slip(NamedTuple):
    """What becomes of a word from `start` to `end`, by which operation."""

    op: str
    start: int
    end: int
    new: str


class TypoKey(Rated):
    """One slip in each selected word, on the keyboard of its own language and script; never on a foreign one.

    Belinkov and Bisk (2018) replace a letter by one beside it on the keyboard. Here three slips in five do that, and in
    two the right key is hit besides; the layouts are those of fifty languages. Vowel signs give way to vowel signs,
    jamo are put together again, and Chinese characters are missed by a letter of their reading.
    """

    family: ClassVar[Family] = "char noise"

    @property
    def levels(self) -> Levels:
        """5, 10, 15, 20 and 30 % of the words."""
        return LEVELS

    def units(self, item: Item) -> Sequence[Unit]:
        """Every word that is long enough and of a script that is typed on some keyboard."""
        return [
            Unit(name, KIND, span, index)
            for name, text in self.targets(item)
            for index, span in enumerate(
                span for span in eligible(text) if is_typed(text.lang, text.text[slice(*span)])
            )
        ]

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:
        """Every key that can be hit for or with one of the inner signs; the places of each operation equally likely."""
        name, _, (start, end), _ = unit
        text = item.fields[name]
        word = text.text[start:end]
        form = form_of(text.text, text.lang) if script_of(word) == HAN else "Hans"
        found, weights = slips(word, text.lang, form)

        def option(number: int) -> Option:
            op, left, right, new = found[number]
            return Option(op, ((name, Edit(start + left, start + right, new)),), weights[number])

        return thinned(Promised(option, weights), item, unit, draw)


def is_typed(lang: str, word: str) -> bool:
    """Whether there is a keyboard for a word."""
    return keyboard(lang, script_of(word)) is not None


@lru_cache(maxsize=2**14)
def slips(word: str, lang: str, form: Form) -> tuple[tuple[Slip, ...], tuple[float, ...]]:
    """Every slip that can happen to a word that is typed, and the weights."""
    board = keyboard(lang, script_of(word), form)
    assert board, f"no keyboard for {word!r}, so it is no unit"
    spans = clusters(word)
    found: list[Slip] = []
    weights: list[float] = []
    for op, becomes in (("substitute", board.missed), ("insert", board.brushed)):
        places = [spans[place] for place in inner_positions(len(spans), has_short_words(word))]
        slipped = [(start, end, news) for start, end in places if (news := becomes(word[start:end]))]
        found += [Slip(op, start, end, new) for start, end, news in slipped for new in news]
        weights += [SHARES[op] / len(slipped) / len(news) for _, _, news in slipped for _ in news]
    return tuple(found), tuple(weights)
