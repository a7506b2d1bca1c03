"""Answers that are kept, for questions that are asked so often that even functools' cache is too slow."""

from collections.abc import Callable, Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(dict[K, V]):
    """What a function says, by its argument: `memo[argument]`, which costs no call when it is known.

    When there are too many answers all are forgotten, since keeping their order would cost more than asking again.
    """

    def __init__(self, function: Callable[[K], V], limit: int) -> None:
        super().__init__()
        self.function = function
        self.limit = limit

    def __missing__(self, argument: K) -> V:
        if len(self) >= self.limit:
            self.clear()
        answer = self[argument] = self.function(argument)
        return answer
