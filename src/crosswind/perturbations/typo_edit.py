"""Slips of the hand that need no keyboard: two signs swapped, one lost, one doubled, a stray one put in."""

from collections.abc import Sequence
from typing import ClassVar

from crosswind.perturbations.base import Family, Levels
from crosswind.perturbations.word_noise import (
    RATES,
    Slip,
    Ways,
    WordNoise,
    equally_likely,
    has_short_words,
    inner_positions,
)
from crosswind.text.clusters import clusters, script_of
from crosswind.text.tables import table

LEVELS = Levels(RATES)


class TypoEdit(WordNoise):
    """One slip in each selected word; the four operations are equally likely, and so are the places of each.

    The operations are those that Damerau (1964) found behind most misspellings, on grapheme clusters. A stray sign is
    one of the commonest of the word's own language and script, where his may be any.
    """

    VERSION: ClassVar[int] = 3  # stray signs are the language's own
    family: ClassVar[Family] = "char noise"

    @property
    def levels(self) -> Levels:
        """5, 10, 15, 20 and 30 % of the words."""
        return LEVELS

    def ways(self, word: str, lang: str) -> Ways:
        """All swaps, losses and doublings of inner signs, and one stray sign behind each of them."""
        spans, short_words = clusters(word), has_short_words(word)
        signs = word if len(spans) == len(word) else [word[start:end] for start, end in spans]
        places: Sequence[int] = inner_positions(len(signs), short_words)
        if not word.isalpha():  # a token may hold spaces
            places = tuple([place for place in places if not signs[place].isspace()])
        # a word of three that is not short loses nothing
        lost = places if len(signs) >= (2 if short_words else 4) else ()
        return equally_likely(
            ("swap", tuple([place for place in lost if place + 1 in lost and differ(*signs[place : place + 2])])),
            ("delete", lost),
            ("repeat", places),
            ("insert", places if common_signs(word, lang) else ()),
        )

    def slip(self, word: str, lang: str, op: str, place: int) -> Slip:
        """An operation at the cluster `place`."""
        spans = clusters(word)
        start, end = spans[place]
        sign = word[start:end]
        match op:
            case "swap":
                past = spans[place + 1][1]
                return Slip(op, start, past, word[end:past] + sign)
            case "delete":
                return Slip(op, start, end, "")
            case "repeat":
                return Slip(op, start, end, sign + sign)
            case _:
                return Slip(op, start, end, sign, place, common_signs(word, lang))


def differ(first: str, second: str) -> bool:
    """Whether two signs are others when they are swapped."""
    return first + second != second + first


def common_signs(word: str, lang: str) -> Sequence[str]:
    """The commonest signs of the word's script, in its language where it is known; none where no table knows it."""
    script, known = script_of(word), table("script_unigrams")
    found: Sequence[str] = known.get(f"{script}-{lang}") or known.get(script, ())
    return found
