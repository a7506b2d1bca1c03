"""Words in another case: all small, as people type in haste, or more and more of them in capitals."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from crosswind.perturbations.base import Family, Levels, Rated
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.units import Option, Unit
from crosswind.perturbations.word_noise import KIND, is_frozen
from crosswind.text.casing import lower, upper
from crosswind.text.clusters import script_of
from crosswind.text.edits import narrowed
from crosswind.text.item import Field, Item

CASED_SCRIPTS = frozenset({"Latn", "Cyrl", "Grek"})
LEVELS = {
    "lower": Levels({KIND: (1.0,)}, core=(1,)),
    "upper": Levels({KIND: (0.2, 0.4, 0.6, 0.8, 1.0)}, core=(1, 3, 5)),
}


class Case(Rated):
    """Small letters for all words at once, or capitals for a share of them; Latin, Cyrillic and Greek words only.

    The rules are those of text.casing. Lengths may change (German sharp s), and projections follow.
    """

    VERSION: ClassVar[int] = 2  # draws in blocks of eight
    family: ClassVar[Family] = "orthography"

    to: Literal["lower", "upper"] = "lower"

    @property
    def levels(self) -> Levels:
        """One for small letters; 20, 40, 60, 80 and 100 % of the words for capitals."""
        return LEVELS[self.to]

    @property
    def variant(self) -> str:
        """The case, which makes two perturbations of this class."""
        return self.to

    def units(self, item: Item) -> Sequence[Unit]:
        """Every word of a cased script that is not in that case already."""
        return [
            Unit(name, KIND, span, index)
            for name, text in self.targets(item)
            for index, span in enumerate(span for span in text.words if self.changes(text, *span))
        ]

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:  # noqa: ARG002  one option, no choice
        """The word in that case."""
        text = item.fields[unit.field]
        start, end = unit.span
        word = text.text[start:end]
        return [Option(self.to, ((unit.field, narrowed(start, word, self.changed(word, text.lang))),))]

    def changes(self, text: Field, start: int, end: int) -> bool:
        """Whether a word may change and does."""
        word = text.text[start:end]
        if script_of(word) not in CASED_SCRIPTS or is_frozen(text, (start, end)):
            return False
        return self.changed(word, text.lang) != word

    def changed(self, word: str, lang: str) -> str:
        """The word in this case."""
        return upper(word, lang) if self.to == "upper" else lower(word, lang)
