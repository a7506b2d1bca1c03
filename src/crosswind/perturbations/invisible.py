"""Characters that nobody sees, inside words: readers read on, tokenizers stumble.

After Boucher et al. (2022), who search for the worst places; here the place is drawn.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar, Literal, NamedTuple

from crosswind.perturbations.base import Family, Levels, Rated
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.units import Option, Promised, Unit, thinned
from crosswind.perturbations.word_noise import RATES, word_units
from crosswind.text.clusters import clusters, script
from crosswind.text.edits import Edit
from crosswind.text.item import Item
from crosswind.text.patterns import pattern

Signs = Literal["mixed", "vs", "zwsp"]

LEVELS = Levels(RATES)

SELECTOR = "\ufe0f"
JOINERS = frozenset("\u200c\u200d")
SIGNS: dict[Signs, str] = {"mixed": "\u00ad\u2060\u200d\ufe0f", "vs": SELECTOR, "zwsp": "\u200b\u200c"}
# Everywhere else, Arabic and Indic scripts above all, joiners are spelling: they choose between shapes of letters.
MEANINGLESS_JOINERS = frozenset(
    {"Latn", "Cyrl", "Grek", "Armn", "Geor", "Hebr", "Hang", "Hani", "Hira", "Kana", "Thai"}
)
CHANGED_BY_SELECTOR = pattern(r"\p{Emoji}")  # digits too: the selector asks for the picture of a key


class Insertion(NamedTuple):
    """An invisible sign behind a cluster of a word, which is what is replaced: so it stays with its word or answer."""

    op: str
    start: int
    end: int
    new: str


class Invisible(Rated):
    """One character that is ignored in display, at a border between two clusters of each selected word.

    In a word of one cluster it stands behind it. Tokenizers differ: XLM-R's keeps the default ones, BERT's deletes all
    but the variation selector, so `vs` alone compares the two. `zwsp` splits the word for XLM-R and is nothing to BERT
    (tests/text/test_tokenizer_effects.py). Joiners are put only between letters of scripts that have no use for them.
    """

    family: ClassVar[Family] = "encoding"
    adds_joiners: ClassVar[bool] = True

    signs: Signs = "mixed"

    @property
    def levels(self) -> Levels:
        """5, 10, 15, 20 and 30 % of the words."""
        return LEVELS

    @property
    def variant(self) -> str:
        """The signs, unless they are the default ones."""
        return "" if self.signs == "mixed" else self.signs

    def units(self, item: Item) -> Sequence[Unit]:
        """Every word that is long enough."""
        return word_units(self, item)

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:
        """Every sign at every border, all equally likely."""
        name, _, (start, end), _ = unit
        found = insertions(item.fields[name].text[start:end], self.signs)

        def option(number: int) -> Option:
            op, left, right, new = found[number]
            return Option(op, ((name, Edit(start + left, start + right, new)),))

        return thinned(Promised(option, (1.0,) * len(found)), item, unit, draw)


@lru_cache(maxsize=2**15)
def insertions(word: str, signs: Signs) -> tuple[Insertion, ...]:
    """Every sign that may stand behind a cluster, cluster by cluster."""
    spans = clusters(word)
    return tuple(
        Insertion(f"U+{ord(sign):04X}", start, end, word[start:end] + sign)
        for start, end in spans[:-1] or spans
        for sign in SIGNS[signs]
        if suits(sign, word[start:end], word[end : end + 1])
    )


def suits(sign: str, before: str, after: str) -> bool:
    """Whether a sign changes nothing to the eye between a cluster and the letter that follows it, if any."""
    if before.isspace() or (sign == SELECTOR and CHANGED_BY_SELECTOR.search(before)):
        return False
    return sign not in JOINERS or (bool(after) and {script(before[0]), script(after)} <= MEANINGLESS_JOINERS)
