"""Scores of one target in a grid: resamples, treatments, seeds, languages, conditions; and means over them in turn.

Letters of shapes: B resamples, A treatments, R seeds, L languages, K kinds of perturbation, V severities, D draws; C
are clean text and then all of K, V, D in a row. What does not exist is NaN and enters no mean; a mean over nothing is
NaN.
"""

from dataclasses import dataclass

import numpy as np

from crosswind.stats.estimates import Floats, Treatment


@dataclass(frozen=True, slots=True)
class Axes:
    """What the places of a grid stand for."""

    treatments: tuple[Treatment, ...]
    seeds: tuple[int, ...]
    languages: tuple[str, ...]
    kinds: tuple[str, ...]
    severities: tuple[int, ...]
    draws: tuple[int, ...]

    @property
    def conditions(self) -> int:
        """Clean text, and all that may be done to it."""
        return 1 + len(self.kinds) * len(self.severities) * len(self.draws)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return len(self.treatments), len(self.seeds), len(self.languages), self.conditions


@dataclass(frozen=True, slots=True)
class Grid:
    """Scores in points at every place; `chance` is what guessing scores."""

    axes: Axes
    chance: float
    values_BARLC: Floats

    @property
    def clean(self) -> Floats:
        """Scores on clean text, as (B, A, R, L)."""
        return self.values_BARLC[..., 0]

    @property
    def perturbed(self) -> Floats:
        """Scores on perturbed text, as (B, A, R, L, K, V, D)."""
        axes, values = self.axes, self.values_BARLC[..., 1:]
        sizes = len(axes.kinds), len(axes.severities), len(axes.draws)
        return values.reshape(*values.shape[:-1], *sizes)

    @property
    def levels(self) -> Floats:
        """Scores by kind and severity, means over draws, as (B, A, R, L, K, V)."""
        return mean(self.perturbed, -1)

    @property
    def robust(self) -> Floats:
        """Scores on perturbed text: means over draws, then severities, then kinds."""
        return mean(mean(self.levels, -1), -1)

    @property
    def matched(self) -> Floats:
        """Clean scores of the languages that have perturbed ones, for comparisons of like with like."""
        return np.where(np.isnan(self.robust), np.nan, self.clean)

    @property
    def both(self) -> Floats:
        """Perturbed scores of the languages that have clean ones."""
        return np.where(np.isnan(self.clean), np.nan, self.robust)

    def seeds_of(self, treatment: Treatment) -> tuple[int, ...]:
        """Which places among the seeds a treatment has scores at."""
        own = self.values_BARLC[0, self.axes.treatments.index(treatment)]
        return tuple(int(place) for place in np.flatnonzero(~np.isnan(own).all((-1, -2))))


def mean(values: Floats, axis: int) -> Floats:
    """The mean over what is there."""
    there = ~np.isnan(values)
    if there.all() and values.shape[axis]:
        return np.asarray(values.mean(axis))
    count = there.sum(axis)
    total = np.where(there, values, 0.0).sum(axis)
    return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))


def least(values: Floats, axis: int | tuple[int, ...]) -> Floats:
    """The minimum over what is there."""
    lowest = np.where(np.isnan(values), np.inf, values).min(axis, initial=np.inf)
    return np.where(np.isinf(lowest), np.nan, lowest)
