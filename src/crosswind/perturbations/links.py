"""From words that translate each other to phrases that may change places.

Switching languages inside a sentence is easiest where both put the words in the same order: the equivalence constraint
of Poplack (1980). So of all linked words those are kept that stand in the same order in both texts, and where a few
neighbours have only changed places among themselves, they are exchanged together, as one phrase. A phrase has no word
that is not linked, since one with a negation that found no partner would lose it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from crosswind.text.edits import Span
from crosswind.text.item import Field

MOST_WORDS = 3


class Link(NamedTuple):
    """A word and its translation, by their numbers in the two texts, and the cosine of their vectors."""

    word: int
    other: int
    similarity: float


class Block(NamedTuple):
    """Some neighbouring words and the neighbouring words that translate them, as ranges of numbers."""

    words: Span
    others: Span
    similarity: float


def blocks(field: Field, other: Field, links: Iterable[Link]) -> list[Block]:
    """The phrases that links amount to, in order, no two of them crossing: those whose similarities add up to most."""
    return best_chain(sorted(candidates(field, other, links)))


def candidates(field: Field, other: Field, links: Iterable[Link]) -> Iterator[Block]:
    """Every stretch of one to three linked words that is one of the translation too, unless shorter ones make it up."""
    linked = {link.word: link for link in links}
    for first in linked:
        group: list[Link] = []
        for word in range(first, first + MOST_WORDS):
            if word not in linked or not side_by_side(field, (first, word + 1)):
                break
            group.append(linked[word])
            places = [link.other for link in group]
            span = min(places), max(places) + 1
            if span[1] - span[0] == len(group) and side_by_side(other, span) and not falls_apart(places):
                yield Block((first, word + 1), span, sum(link.similarity for link in group) / len(group))


def falls_apart(places: Sequence[int]) -> bool:
    """Whether the words could be cut in two without the parts changing places."""
    return any(max(places[:cut]) < min(places[cut:]) for cut in range(1, len(places)))


def side_by_side(field: Field, words: Span) -> bool:
    """Whether nothing but space stands between the words of a range."""
    inner = zip(field.words[words[0] : words[1] - 1], field.words[words[0] + 1 : words[1]], strict=True)
    return all(not field.text[left[1] : right[0]].strip() for left, right in inner)


def best_chain(found: Sequence[Block]) -> list[Block]:
    """The chain of blocks, each behind the one before in both texts, whose words are the most similar in sum."""
    sums: list[float] = []
    before: list[int | None] = []
    for place, block in enumerate(found):
        fitting = [each for each in range(place) if follows(block, found[each])]
        last = max(fitting, key=lambda each: sums[each], default=None)
        sums.append(weight(block) + (0.0 if last is None else sums[last]))
        before.append(last)
    chain: list[Block] = []
    at: int | None = max(range(len(found)), key=lambda each: sums[each], default=None)
    while at is not None:
        chain.insert(0, found[at])
        at = before[at]
    return chain


def follows(block: Block, earlier: Block) -> bool:
    """Whether a block begins behind another in both texts."""
    return earlier.words[1] <= block.words[0] and earlier.others[1] <= block.others[0]


def goes_with(block: Block, other: Block) -> bool:
    """Whether two blocks share no word in either text and stand in the same order in both."""
    return follows(block, other) or follows(other, block)


def weight(block: Block) -> float:
    """What a block adds to a chain; a word that nothing is like adds nothing."""
    return max(block.similarity, 0.0) * (block.words[1] - block.words[0])


def stretch(field: Field, words: Span) -> Span:
    """Where a range of words stands in the text."""
    return field.words[words[0]][0], field.words[words[1] - 1][1]
