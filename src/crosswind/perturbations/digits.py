"""Numbers in the other digits of their language, or in the wide ones of East Asia."""

import unicodedata
from collections.abc import Sequence
from typing import ClassVar, Literal

from crosswind.perturbations.base import Family, Levels, Rated
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.units import Option, Places, Unit
from crosswind.perturbations.word_noise import is_frozen
from crosswind.text.edits import Edit, Span
from crosswind.text.item import Field, Item
from crosswind.text.patterns import pattern
from crosswind.text.tables import table

KIND = "number"
LEVELS = Levels({KIND: (0.2, 0.4, 0.5, 0.8, 1.0)})

# Digits with the separators between them, unless they belong to a Latin name: nobody writes A4, MP3 or COVID-19 in
# other digits.
NUMBER = pattern(
    r"(?<!\p{Nd}[.,٫٬]?)(?<!\p{Script=Latin}\p{M}*[-.]?)\p{Nd}++(?:[.,٫٬]\p{Nd}++)*+(?![-.]?\p{Script=Latin})"
)
SHARED = "0123456789"
WIDE = "０１２３４５６７８９"
WIDE_IN = frozenset({"zh", "ja", "ko"})
SEPARATORS = {"٫": ".", "٬": ","}  # the other way a point or a comma may mean either, and stays


class Digits(Rated):
    """A share of the numbers in the digits that they are not in: 0 to 9, or those of the language's own script.

    Values are kept, and so are separators, save that Arabic ones do not stay between digits of the West. `wide` has the
    full-width digits of Chinese, Japanese and Korean, which XLM-R's normaliser folds back and BERT's does not.
    """

    family: ClassVar[Family] = "encoding"

    system: Literal["own", "wide"] = "own"

    @property
    def levels(self) -> Levels:
        """20, 40, 50, 80 and 100 % of the numbers."""
        return LEVELS

    @property
    def variant(self) -> str:
        """The other digits, unless they are the language's own."""
        return "" if self.system == "own" else self.system

    def units(self, item: Item) -> Sequence[Unit]:
        """Every number, in languages that have other digits."""
        return Places({(name, KIND): numbers(text, self.others(text.lang)) for name, text in self.targets(item)})

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:  # noqa: ARG002  one option, no choice
        """The number in the other digits."""
        text = item.fields[unit.field]
        start, end = unit.span
        new = converted(text.text[start:end], self.others(text.lang))
        return [Option(self.system, ((unit.field, Edit(start, end, new)),))]

    def others(self, lang: str) -> str:
        """The ten digits that a language has besides those of the West, or none."""
        if self.system == "wide":
            return WIDE if lang in WIDE_IN else ""
        own: str = table("digits").get(lang, {"digits": ""})["digits"]
        return own


def numbers(text: Field, others: str) -> list[Span]:
    """Where the numbers of a text are that can be written in other digits."""
    found = [match.span() for match in NUMBER.finditer(text.text)] if others else []
    return [
        (start, end)
        for start, end in found
        if not is_frozen(text, (start, end)) and converted(text.text[start:end], others) != text.text[start:end]
    ]


def converted(number: str, others: str) -> str:
    """The number in the digits of the West, or in the others if it is in those of the West."""
    digits = others if number.isascii() else SHARED
    return "".join(converted_sign(sign, digits) for sign in number)


def converted_sign(sign: str, digits: str) -> str:
    """A digit of the same value, or the separator that goes with the digits."""
    value = unicodedata.decimal(sign, None)
    if value is not None:
        return digits[value]
    return SEPARATORS.get(sign, sign) if digits == SHARED else sign
