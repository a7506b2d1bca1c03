"""Words left out at random: how much do models lean on any one of them?

The deletion of Wei and Zou (2019), who augment English training data with it. Here it is a diagnostic: what is left may
say something else, or nothing, and no one vouches for the label.
"""

from collections.abc import Sequence
from typing import ClassVar

from crosswind.perturbations.base import Family, Levels, Rated
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.shuffle_local import movable
from crosswind.perturbations.units import Option, Places, Unit
from crosswind.text.edits import Edit, Span
from crosswind.text.item import Field, Item
from crosswind.text.patterns import MARK

KIND = "word"
LEVELS = Levels({KIND: (0.05, 0.08, 0.10, 0.15, 0.20)})


class WordDrop(Rated):
    """A share of the words gone, each with a space beside it; the longest one of a text always stays.

    A word that an answer is a part of stays too, and so do all words that have tags.
    """

    family: ClassVar[Family] = "diagnostic"

    @property
    def levels(self) -> Levels:
        """5, 8, 10, 15 and 20 % of the words."""
        return LEVELS

    def units(self, item: Item) -> Sequence[Unit]:
        """Every word that may go."""
        return Places({(name, KIND): droppable(text) for name, text in self.targets(item)})

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:  # noqa: ARG002  one option, no choice
        """The word and the space behind it gone, or the one before it where it ends something."""
        text = item.fields[unit.field].text
        start, end = unit.span
        if text[end : end + 1] == " " and not MARK.match(text, end + 1):  # else a mark stands on the space
            end += 1
        elif text[start - 1 : start] == " ":
            start -= 1
        return [Option("drop", ((unit.field, Edit(start, end, "")),))]


def droppable(text: Field) -> list[Span]:
    """The words that lie outside all spans that must stay, but for the longest of all words."""
    longest = max(text.words, key=lambda span: span[1] - span[0], default=None)
    return [span for span, moves in zip(text.words, movable(text), strict=True) if moves and span != longest]
