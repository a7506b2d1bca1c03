"""What is asked of a study, and what comes back: contrasts of treatments, estimates with their intervals."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Way = Literal["two-way t", "items t", "bootstrap"]


class Treatment(NamedTuple):
    """One way of training: an arm with one sequence of intermediate tasks, "" for none."""

    arm: str
    sequence: str = ""

    @property
    def told(self) -> str:
        """It in words."""
        return f"{self.arm} after {self.sequence}" if self.sequence else self.arm


@dataclass(frozen=True, slots=True)
class Contrast:
    """A weighted sum over treatments: their difference where the weights add up to 0, one treatment's own value where
    it alone has weight 1."""

    weights: Mapping[Treatment, float]

    def __post_init__(self) -> None:
        total = sum(self.weights.values())
        alone = len(self.weights) == 1 and total == 1
        if not self.weights or not (alone or abs(total) < TOLERANCE) or 0 in self.weights.values():
            told = ", ".join(f"{each.told} = {weight:g}" for each, weight in self.weights.items())
            raise ValueError(
                f"contrast ({told}): the weights add up to {total:g}; give weights other than 0 that add up to 0, such "
                "as 1 and -1, or one treatment with weight 1"
            )

    @property
    def treatments(self) -> tuple[Treatment, ...]:
        return tuple(self.weights)


def alone(treatment: Treatment) -> Contrast:
    """The value of one treatment."""
    return Contrast({treatment: 1.0})


def between(one: Treatment, other: Treatment) -> Contrast:
    """How far the first is above the second."""
    return Contrast({one: 1.0, other: -1.0})


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval at `level` and standard error. `degrees` are Student's, infinite for a bootstrap."""

    value: float
    low: float
    high: float
    error: float
    level: float
    way: Way
    degrees: float = float("inf")


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the variance of a contrast comes from, as variances of its estimate: reruns, items, and both together.

    `runs` are the seeds, `clusters` the items that are resampled together; of unequal sides they are the smaller
    number.
    """

    seeds: float
    items: float
    interaction: float
    runs: int
    clusters: int

    @property
    def sd_seeds(self) -> float:
        """The standard deviation over seeds of the contrast on these items."""
        return math.sqrt(self.seeds * self.runs)

    @property
    def error_items(self) -> float:
        """The standard error that these items leave with any number of seeds."""
        return math.sqrt(max(0.0, self.items - self.interaction))


TOLERANCE = 1e-9
