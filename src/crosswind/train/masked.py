"""Raw text as an epoch shows it: with other words hidden than in the epochs before (Liu et al. 2019).

What is hidden hangs on the seed, the epoch and the text alone, so neither the order of the batches, nor how they are
split, nor a stop in between changes it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Self

from crosswind.formats.base import Feature
from crosswind.formats.mlm import EXCHANGED, HIDDEN, chosen, mask_of, special_ids, unmasked, with_hidden
from crosswind.randomness import stream
from crosswind.train.rows import Rows


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The sub-words of a tokenizer: what stands for a hidden one, and which ones may stand for any."""

    mask: int
    words: Sequence[int]

    @classmethod
    def of(cls, tokenizer: Any) -> Self:
        special = special_ids(tokenizer)
        return cls(mask_of(tokenizer), tuple(token for token in range(len(tokenizer)) if token not in special))


@dataclass(frozen=True, slots=True)
class Masked(Rows):
    """The features of raw text; their words are hidden anew in every epoch."""

    features: Sequence[Feature]
    vocabulary: Vocabulary
    seed: int
    depth: int

    @property
    def lengths(self) -> Sequence[int]:
        return [feature.length for feature in self.features]

    def at(self, places: Sequence[int], epoch: int) -> list[Feature]:
        return [self.hidden(unmasked(self.features[place]), epoch) for place in places]

    def hidden(self, whole: Feature, epoch: int) -> Feature:
        """A feature of whole text as an epoch shows it."""
        (row,) = whole.rows
        draws = Random(stream(self.seed, "hidden", self.depth, epoch, whole.example, *row.ids))
        return with_hidden(whole, dict(self.shown(row.ids, chosen(whole, draws), draws)))

    def shown(self, ids: Sequence[int], places: Sequence[int], draws: Random) -> Iterator[tuple[int, int]]:
        """What is seen at the places that are guessed: mostly the mask, now and then any word, or the true one."""
        for place in places:
            way, other = draws.random(), int(draws.random() * len(self.vocabulary.words))
            if way < HIDDEN:
                yield place, self.vocabulary.mask
            else:
                yield place, self.vocabulary.words[other] if way < HIDDEN + EXCHANGED else ids[place]
