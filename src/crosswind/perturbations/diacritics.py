"""Optional marks left out, as people do in haste or without their keyboard; or written out, or put in."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar, Literal

from crosswind.perturbations.base import Family, Levels, Rated
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.units import Option, Places, Unit
from crosswind.perturbations.word_noise import KIND, is_frozen
from crosswind.text.clusters import clusters
from crosswind.text.edits import Edit
from crosswind.text.item import Field, Item
from crosswind.text.marks import spelled_out, unmarked
from crosswind.text.vowels import vowelled

Way = Literal["strip", "digraphs", "add"]

LEVELS = Levels({KIND: (0.2, 0.4, 0.6, 0.8, 1.0)})


class Diacritics(Rated):
    """A share of the marked words without their optional marks, by the lists of text.marks.

    `digraphs` is the other way German has, ae for ä. `add` puts in those vowel marks of Arabic and Hebrew words that
    spelling itself decides (text.vowels): vowels drawn at random would make other words of them.
    """

    family: ClassVar[Family] = "orthography"

    marks: Way = "strip"

    @property
    def levels(self) -> Levels:
        """20, 40, 60, 80 and 100 % of the words that can change."""
        return LEVELS

    @property
    def variant(self) -> str:
        """What is done other than stripping."""
        return "" if self.marks == "strip" else self.marks

    def units(self, item: Item) -> Sequence[Unit]:
        """Every word that can change."""
        return Places(
            {
                (name, KIND): [span for span in text.words if self.changes(text, *span)]
                for name, text in self.targets(item)
            }
        )

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:  # noqa: ARG002  one option, no choice
        """The word with all of its clusters changed that can."""
        text = item.fields[unit.field]
        start, end = unit.span
        found = changes(text.text[start:end], text.lang, self.marks)
        return [
            Option(
                self.marks, tuple((unit.field, Edit(start + left, start + right, new)) for left, right, new in found)
            )
        ]

    def changes(self, text: Field, start: int, end: int) -> bool:
        """Whether a word may change and does."""
        word = text.text[start:end]
        return not word.isascii() and bool(changes(word, text.lang, self.marks)) and not is_frozen(text, (start, end))


@lru_cache(maxsize=2**15)
def changes(word: str, lang: str, way: Way) -> tuple[Edit, ...]:
    """The edits of a word, one for each cluster that changes."""
    spans = clusters(word)
    signs = [word[start:end] for start, end in spans]
    match way:
        case "strip":
            found = [unmarked(sign, lang) for sign in signs]
        case "digraphs":
            capitals = word.isupper() and len(signs) > 1
            found = [spelled_out(sign, capitals=capitals) if lang == "de" else sign for sign in signs]
        case "add":
            marks = vowelled(word, lang)
            found = [
                unicodedata.normalize("NFC", sign + marks.get(start, ""))
                for sign, (start, _) in zip(signs, spans, strict=True)
            ]
    return tuple(Edit(*span, new) for span, sign, new in zip(spans, signs, found, strict=True) if new != sign)
