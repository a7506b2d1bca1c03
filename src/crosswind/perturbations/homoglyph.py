"""Letters that look like others: one letter of a word, from another script or, in Arabic script, of another language.

After Boucher et al. (2022), who search for the worst places; here the place is drawn.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import ClassVar, Literal, NamedTuple

from crosswind.perturbations.base import Family, Levels, Rated
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.units import Option, Places, Promised, Unit, thinned
from crosswind.perturbations.word_noise import KIND, RATES, eligible
from crosswind.text.clusters import clusters
from crosswind.text.edits import Edit
from crosswind.text.item import Item
from crosswind.text.patterns import pattern
from crosswind.text.tables import table

Alike = Literal["across", "within"]

LEVELS = Levels(RATES)

# Arabic, Persian and Urdu have letters that differ by code and, when joined to the next letter or when not, by nothing
# else. Arabic yeh and alef maksura at the end of a word do differ, by dots, and tell words apart.
JOINED = {"ي": "ی", "ی": "ي", "ك": "ک", "ک": "ك", "ه": "ھ", "ھ": "ه"}
UNJOINED = {"ى": "ی", "ی": "ى", "ك": "ک", "ک": "ك", "ه": "ہ", "ہ": "ه", "ة": "ۃ", "ۃ": "ة"}
JOINS = pattern(r"ـ|(?!ء)(?=\p{Script=Arabic})\p{L}")


class Exchange(NamedTuple):
    """A letter of a word, from `start` to `end`, that may become `new`, which is of the script `op`."""

    op: str
    start: int
    end: int
    new: str


class Homoglyph(Rated):
    """One letter of each selected word becomes a look-alike; all letters that have one are equally likely.

    Look-alikes `across` scripts are those of Unicode's table of confusables that no normalisation turns back (the table
    homoglyphs says which). There are none for Arabic letters but in other Arabic letters: those are `within`.
    """

    family: ClassVar[Family] = "encoding"

    alike: Alike = "across"

    @property
    def levels(self) -> Levels:
        """5, 10, 15, 20 and 30 % of the words that have such a letter."""
        return LEVELS

    @property
    def variant(self) -> str:
        """Where look-alikes come from, unless from another script."""
        return "" if self.alike == "across" else self.alike

    def units(self, item: Item) -> Sequence[Unit]:
        """Every word that is long enough and has a letter with a look-alike."""
        return Places(
            {
                (name, KIND): [span for span in eligible(text) if exchanges(text.text[slice(*span)], self.alike)[0]]
                for name, text in self.targets(item)
            }
        )

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:
        """Every look-alike of every letter."""
        name, _, (start, end), _ = unit
        found, weights = exchanges(item.fields[name].text[start:end], self.alike)

        def option(number: int) -> Option:
            op, left, right, new = found[number]
            return Option(op, ((name, Edit(start + left, start + right, new)),), weights[number])

        return thinned(Promised(option, weights), item, unit, draw)


@lru_cache(maxsize=2**15)
def exchanges(word: str, alike: Alike) -> tuple[tuple[Exchange, ...], tuple[float, ...]]:
    """Every exchange of a letter without marks, and the weights: a letter's look-alikes share the weight of one."""
    find = look_alikes if alike == "across" else arabic_look_alikes
    found = [list(find(word, *span)) for span in clusters(word) if span[1] - span[0] == 1]
    return (
        tuple(exchange for choices in found for exchange in choices),
        tuple(1 / len(choices) for choices in found for _ in choices),
    )


def look_alikes(word: str, start: int, end: int) -> Iterator[Exchange]:
    """The letters of other scripts that look like one letter of a word."""
    for other, code in table("homoglyphs").get(word[start], ()):
        yield Exchange(code, start, end, other)


def arabic_look_alikes(word: str, start: int, end: int) -> Iterator[Exchange]:
    """The Arabic letter that has the same shape in that place, if there is one."""
    other = (JOINED if JOINS.match(word, end) else UNJOINED).get(word[start])
    if other:
        yield Exchange("Arab", start, end, other)
