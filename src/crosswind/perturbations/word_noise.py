"""What perturbations of single words share: which words are eligible, and where in a word a slip may happen."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import compress

from crosswind.perturbations.base import Perturbation, Places, Unit
from crosswind.text.clusters import clusters, script_of
from crosswind.text.edits import Span
from crosswind.text.item import Field, Item

KIND = "word"
RATES = {KIND: (0.05, 0.10, 0.15, 0.20, 0.30)}
SHORT_WORD_SCRIPTS = frozenset({"Hani", "Hira", "Kana", "Hang", "Thai", "Mymr", "Khmr", "Laoo"})


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
    return len(clusters(word)) > 1 or has_short_words(word)


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
