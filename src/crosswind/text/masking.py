"""Texts of which only some words can be read, a mask standing for each of the others."""

from collections.abc import Collection, Mapping, Sequence
from random import Random

from crosswind.randomness import some
from crosswind.text.edits import Edit, Span, splice
from crosswind.text.words import Segmenter

Place = tuple[str, Span]  # a word: which text it is in, and where


def places(fields: Mapping[str, str], language: str, cut: Segmenter) -> list[Place]:
    """The words of several texts, in order."""
    return [(name, span) for name, text in fields.items() for span in cut.words(text, language)]


def num_kept(words: int, rate: float) -> int:
    """How many of so many words can be read: all but the share that is masked, and one at least where there is any."""
    return min(words, max(1, words - round(rate * words)))


def kept(words: int, rate: float, dice: Random) -> frozenset[int]:
    """Which of so many words can be read, every choice of that many being equally likely."""
    return frozenset(some(range(words), num_kept(words, rate), dice))


def masked(fields: Mapping[str, str], words: Sequence[Place], readable: Collection[int], mask: str) -> dict[str, str]:
    """The texts with a mask in the place of every other word, however long that word is."""
    hidden = [place for number, place in enumerate(words) if number not in readable]
    edits = {name: [Edit(*span, mask) for own, span in hidden if own == name] for name in fields}
    return {name: splice(text, edits[name]) for name, text in fields.items()}


def blanked(
    fields: Mapping[str, str], language: str, cut: Segmenter, rate: float, dice: Random, mask: str
) -> dict[str, str]:
    """Several texts of which together a share of the words is masked, drawn at random."""
    words = places(fields, language, cut)
    return masked(fields, words, kept(len(words), rate, dice), mask)
