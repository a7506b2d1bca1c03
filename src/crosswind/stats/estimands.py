"""What a number says about a treatment: scores, drops, and ratios of them, one value for every treatment and seed.

Every estimand forms means over draws, severities, kinds and languages in this order, then its own difference or ratio,
so never a mean of ratios over languages; the mean over seeds comes after it (inference.py). A perturbed score and the
clean score that it is held against are of the same languages.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

import numpy as np

from crosswind.stats.estimates import Floats, Treatment
from crosswind.stats.grids import Grid, mean
from crosswind.stats.items import Counts

Text = Literal["clean", "perturbed"]
Diverged = Literal["guesses", "left out"]


class Undefined(ValueError):
    """An estimand that means nothing for these outcomes."""


class Estimand(ABC):
    """`is_smooth` where small changes of weights change the value little, so that Student's t may be used.

    `over_seeds` is how seeds become one value. `diverged` is what a run without any answers counts as: where guessing
    scores as low as it deserves, as guessing. What asks how much a model loses would take that for perfect, and what
    asks what became of answers has none to ask about, so there it is left out.
    """

    counts: Counts = "score"
    is_smooth: ClassVar[bool] = True
    over_seeds: ClassVar[Literal["mean", "least"]] = "mean"
    diverged: ClassVar[Diverged] = "guesses"

    @abstractmethod
    def values(self, grid: Grid) -> Floats:
        """The value of every treatment and seed, as (B, A, R)."""

    def needs(self) -> tuple[Treatment, ...]:
        """The treatments without which no value of any other can be told."""
        return ()

    def settled(self, grid: Grid) -> Self:  # noqa: ARG002
        """The estimand with what is decided once, on the whole sample, and not anew in each resample.

        Raises Undefined where it means nothing.
        """
        return self


def scores_of(grid: Grid, text: Text) -> Floats:
    """Scores by language on one kind of text."""
    return grid.clean if text == "clean" else grid.robust


@dataclass(frozen=True, slots=True)
class Score(Estimand):
    """The score itself, on clean or on perturbed text."""

    text: Text = "clean"

    def values(self, grid: Grid) -> Floats:
        return mean(scores_of(grid, self.text), -1)


@dataclass(frozen=True, slots=True)
class Share(Estimand):
    """The share of items of which something is so (items.py), in points, over perturbed conditions unless said."""

    counts: Counts = "flips"
    text: Text = "perturbed"
    diverged: ClassVar[Diverged] = "left out"

    def values(self, grid: Grid) -> Floats:
        return mean(scores_of(grid, self.text), -1)


@dataclass(frozen=True, slots=True)
class Drop(Estimand):
    """Points that perturbed text costs. Of accuracy it is the share of right answers turned wrong less that of wrong
    ones turned right."""

    diverged: ClassVar[Diverged] = "left out"

    def values(self, grid: Grid) -> Floats:
        return mean(grid.matched - grid.both, -1)


@dataclass(frozen=True, slots=True)
class GainInteraction(Estimand):
    """As a contrast, what a treatment adds on perturbed text beyond what it adds on clean text; of one treatment alone,
    its drop with the other sign."""

    diverged: ClassVar[Diverged] = "left out"

    def values(self, grid: Grid) -> Floats:
        return mean(grid.both - grid.matched, -1)


@dataclass(frozen=True, slots=True)
class Relative(Estimand):
    """Per cent of the clean score that is left. Near chance it flatters: guessing keeps all of guessing.

    Undefined where a run's clean score is not `floor` points.
    """

    floor: float = 5.0
    diverged: ClassVar[Diverged] = "left out"

    def settled(self, grid: Grid) -> Self:
        refuse_low(grid, 0.0, self.floor, "points")
        return self

    def values(self, grid: Grid) -> Floats:
        return percent(mean(grid.both, -1), mean(grid.matched, -1))


@dataclass(frozen=True, slots=True)
class RelativeChance(Estimand):
    """Per cent of what the clean score has beyond guessing that is left; below 0 where worse than guessing.

    Undefined where a run's clean score is not `floor` points above guessing: one such run would have a share of nearly
    nothing, which may be any number, and the mean over seeds with it.
    """

    floor: float = 5.0
    diverged: ClassVar[Diverged] = "left out"

    def settled(self, grid: Grid) -> Self:
        refuse_low(grid, grid.chance, self.floor, f"above the {grid.chance:.1f} of guessing")
        return self

    def values(self, grid: Grid) -> Floats:
        return percent(mean(grid.both, -1) - grid.chance, mean(grid.matched, -1) - grid.chance)


@dataclass(frozen=True, slots=True)
class SeverityArea(Estimand):
    """The mean height of the curve of scores over severity, straight between the measured severities, clean text at 0.

    Each kind's curve ends at its own highest severity. Then the mean over kinds, and over languages.
    """

    def values(self, grid: Grid) -> Floats:
        levels_BARLKV = grid.levels
        areas = [self.area(grid.clean, levels_BARLKV[..., k, :], grid) for k in range(levels_BARLKV.shape[-2])]
        return mean(mean(np.stack(areas, -1), -1), -1)

    @staticmethod
    def area(clean_BARL: Floats, levels_BARLV: Floats, grid: Grid) -> Floats:
        own = np.flatnonzero(~np.isnan(levels_BARLV).all((0, 1, 2, 3)))
        points = np.array([0, *(grid.axes.severities[place] for place in own)], float)
        curve = np.concatenate([clean_BARL[..., None], levels_BARLV[..., own]], -1)
        return np.asarray(np.trapezoid(curve, points, axis=-1) / points[-1] if len(own) else np.nan * clean_BARL)


@dataclass(frozen=True, slots=True)
class TransferGap(Estimand):
    """How far the source language is above the mean of the others."""

    source: str
    text: Text = "clean"
    diverged: ClassVar[Diverged] = "left out"

    def values(self, grid: Grid) -> Floats:
        scores = scores_of(grid, self.text)
        if self.source not in grid.axes.languages:
            raise Undefined(f"no outcomes in the source {self.source!r}, only in {', '.join(grid.axes.languages)}")
        place = grid.axes.languages.index(self.source)
        return np.asarray(scores[..., place] - mean(np.delete(scores, place, -1), -1))


def refuse_low(grid: Grid, from_where: float, floor: float, told: str) -> None:
    """Raise Undefined where a run has too little on clean text for a share of it to mean something."""
    clean_AR = mean(grid.matched, -1)[0]
    for (arm, run), clean in np.ndenumerate(clean_AR):
        if clean - from_where < floor:
            whose = f"{grid.axes.treatments[arm].arm}, seed {grid.axes.seeds[run]}"
            raise Undefined(
                f"{whose}: {clean:.1f} points on clean text are less than {floor:g} {told}, so no share of them can be "
                "kept; look at the drop"
            )


def percent(part: Floats, whole: Floats) -> Floats:
    """Parts in per cent of wholes; NaN of nothing."""
    return np.asarray(100 * np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0))
