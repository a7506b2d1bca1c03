"""Slips of the hand that need no keyboard: two signs swapped, one lost, one doubled, a stray one put in."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from crosswind.perturbations.base import Family, Levels, Option, Rated, Unit, thinned
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.word_noise import RATES, has_short_words, inner_positions, word_units
from crosswind.text.clusters import clusters, script_of
from crosswind.text.edits import Edit
from crosswind.text.item import Item
from crosswind.text.tables import table

LEVELS = Levels(RATES)
Change = tuple[int, int, str]  # clusters i..j of a word become a text


class TypoEdit(Rated):
    """One slip in each selected word; the four operations are equally likely, and so are the places of each.

    The operations are those that Damerau (1964) found behind most misspellings, on grapheme clusters. A stray sign is
    one of the commonest of the word's own script, where his may be any.
    """

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
        text = item.fields[unit.field]
        start, end = unit.span
        word = text.text[start:end]
        spans = clusters(word)
        common = table("script_unigrams").get(script_of(word), ())

        def stray(position: int) -> str:
            share = draw(text, unit.field, "pick", unit.kind, unit.index, position)
            return common[int(share * len(common))] if common else ""

        signs = [word[left:right] for left, right in spans]
        places = [place for place in inner_positions(len(signs), has_short_words(word)) if not signs[place].isspace()]
        strays = {place: stray(place) for place in places}
        options = [
            Option(op, ((unit.field, Edit(start + spans[i][0], start + spans[j - 1][1], new)),), 1 / len(changes))
            for op, changes in slips(signs, places, strays, has_short_words(word)).items()
            for i, j, new in changes
        ]
        return thinned(options, item, unit, draw)


def slips(
    signs: Sequence[str], places: Sequence[int], strays: Mapping[int, str], short_words: bool
) -> dict[str, list[Change]]:
    """The changes that each operation can make at the given places; a word of three that is not short loses nothing."""
    changes: dict[str, list[Change]] = {"swap": [], "delete": [], "repeat": [], "insert": []}
    if len(signs) >= (2 if short_words else 4):
        pairs = [(signs[i], signs[i + 1], i) for i in places if i + 1 in places]
        changes["swap"] = [(i, i + 2, second + first) for first, second, i in pairs if first + second != second + first]
        changes["delete"] = [(i, i + 1, "") for i in places]
    changes["repeat"] = [(i, i + 1, signs[i] * 2) for i in places]
    changes["insert"] = [(i, i + 1, signs[i] + strays[i]) for i in places if strays[i]]
    return changes
