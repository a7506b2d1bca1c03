"""Random draws that are a pure function of a name and some numbers."""

import random
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple, TypeVar

from crosswind.randomness import stream

SEED = 1
SMALLEST = 3
Item = TypeVar("Item")


class Draws:
    """One stream of draws; streams of equal names are equal in every process and on every machine.

    `size` is the share of the world that the stream may draw from.
    """

    __slots__ = ("size", "uniform")

    def __init__(self, name: str, *numbers: int, seed: int = SEED, size: float = 1.0) -> None:
        # random() is the one method of Random whose numbers Python promises never to change
        self.uniform = random.Random(stream(seed, name, *numbers)).random
        self.size = size

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        return int(self.uniform() * limit)

    def chance(self, probability: float) -> bool:
        return self.uniform() < probability

    def pick(self, items: Sequence[Item]) -> Item:
        return items[int(self.uniform() * len(items))]

    def there(self, items: Sequence[Item]) -> Sequence[Item]:
        """The items that a world of this size has, three of them at least."""
        return items[: max(ceil(self.size * len(items)), SMALLEST)]

    def within(self, items: Sequence[Item]) -> Item:
        """One of the items that the world has."""
        return self.pick(self.there(items))

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """`count` different items, or all where there are fewer, in random order."""
        pool = list(items)
        return [pool.pop(self.below(len(pool))) for _ in range(min(count, len(pool)))]


class Universe(NamedTuple):
    """One draw of everything that happens: its seed, and the share of the concepts that it is made of."""

    seed: int = SEED
    size: float = 1.0

    def draws(self, name: str, *numbers: int) -> Draws:
        return Draws(name, *numbers, seed=self.seed, size=self.size)


WHOLE = Universe()
