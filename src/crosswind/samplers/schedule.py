"""Turns that change while a stage runs: a curriculum (Bengio et al. 2009) as a table of points.

Weights lie on straight lines between points and stay as they are before the first and behind the last. jiant takes an
expression in the update's number instead, whose own example divides by zero at the first update; a table cannot.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from crosswind.samplers.base import Sampler, Share, lacking

Moment = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[tuple[tuple[Moment, Share], ...], Field(min_length=1)]


class Schedule(Sampler):
    """For every task, pairs of progress and weight: `[[0, 1], [0.5, 0]]` fades a task out in the first half."""

    points: Mapping[str, Points] = Field(description="for every task, pairs of progress (0 to 1, rising) and weight")

    @field_validator("points")
    @classmethod
    def rise(cls, points: Mapping[str, Points]) -> Mapping[str, Points]:
        for name, own in points.items():
            if any(one[0] >= other[0] for one, other in pairwise(own)):
                raise PydanticCustomError(
                    "kind", "the points of {name} do not go forward; expected rising progress", {"name": name}
                )
        return points

    def frequencies(self, sizes: Mapping[str, int], progress: float) -> Mapping[str, float]:
        return {name: between(self.points[name], progress) for name in sizes}

    @property
    def named(self) -> frozenset[str]:
        return frozenset(self.points)

    def only(self, names: Sequence[str]) -> Self:
        return self.model_copy(update={"points": {name: self.points[name] for name in names if name in self.points}})

    def complaints(self, names: Sequence[str]) -> Iterator[str]:
        """A task without points, and a moment at which no task has a turn.

        Sums of straight lines that are nowhere below 0 touch it at a bend, if anywhere.
        """
        missing = list(lacking(names, self.points, "its points"))
        yield from missing
        bends = sorted({0.0, 1.0, *(moment for name in names for moment, _ in self.points.get(name, ()))})
        idle = [bend for bend in bends if not missing and not any(between(self.points[name], bend) for name in names)]
        if idle:
            yield f"at progress {idle[0]:g} every task has weight 0, so nobody's turn it is; raise one of them there"


def between(points: Sequence[tuple[float, float]], progress: float) -> float:
    """The weight at a moment."""
    if progress <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if progress <= right:
            return low + (high - low) * (progress - left) / (right - left)
    return points[-1][1]
