"""The contract of a sampler: how often each task of a stage has its turn, and whose turn a draw gives.

Sizes are rows as a model reads them, so a long context counts by its windows. Progress goes from 0 at the first update
of a stage to 1 at its last.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Self

from pydantic import Field

from crosswind.identity import Record

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0)]


class Sampler(Record):
    """Frozen settings and the shares of the updates that they give. Tasks go by the names that a study has for them."""

    @abstractmethod
    def frequencies(self, sizes: Mapping[str, int], progress: float) -> Mapping[str, float]:
        """How often each task has its turn, beside the others; the sum is any positive number."""

    def counted(self, size: int) -> int:
        """How many of a task's rows count towards the length of a pass over all tasks."""
        return size

    @property
    def named(self) -> frozenset[str]:
        """The tasks that the settings speak of."""
        return frozenset()

    def only(self, names: Sequence[str]) -> Self:  # noqa: ARG002
        """The sampler as far as it bears on some tasks: what it says of others cannot change their stage's id."""
        return self

    def complaints(self, names: Sequence[str]) -> Iterator[str]:  # noqa: ARG002
        """Why it cannot share out the updates among these tasks."""
        yield from ()

    def shares(self, sizes: Mapping[str, int], progress: float) -> dict[str, float]:
        """The frequencies as shares of 1."""
        found = self.frequencies(sizes, progress)
        total = sum(found.values())
        return {name: frequency / total for name, frequency in found.items()}

    def turn(self, sizes: Mapping[str, int], progress: float, draw: float) -> str:
        """The task that a draw from [0, 1) falls on."""
        shares = self.shares(sizes, progress)
        for name, share in shares.items():
            draw -= share
            if draw < 0:
                return name
        # shares may sum to a little less than 1
        return next(name for name in reversed(shares) if shares[name] > 0)


def lacking(names: Sequence[str], given: Mapping[str, object], what: str) -> Iterator[str]:
    """The tasks for which settings that must speak of all say nothing."""
    missing = [name for name in names if name not in given]
    if missing:
        yield f"{what} say nothing about {', '.join(missing)}; expected an entry for each of {', '.join(names)}"
