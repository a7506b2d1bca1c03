"""Random draws that are a pure function of a name and some numbers."""

import random
from collections.abc import Sequence
from typing import TypeVar

from crosswind.randomness import stream

SEED = 1
Item = TypeVar("Item")


class Draws:
    """One stream of draws; streams of equal names are equal in every process and on every machine."""

    __slots__ = ("uniform",)

    def __init__(self, name: str, *numbers: int) -> None:
        # random() is the one method of Random whose numbers Python promises never to change
        self.uniform = random.Random(stream(SEED, name, *numbers)).random

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        return int(self.uniform() * limit)

    def chance(self, probability: float) -> bool:
        return self.uniform() < probability

    def pick(self, items: Sequence[Item]) -> Item:
        return items[int(self.uniform() * len(items))]

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """`count` different items, or all where there are fewer, in random order."""
        pool = list(items)
        return [pool.pop(self.below(len(pool))) for _ in range(min(count, len(pool)))]
