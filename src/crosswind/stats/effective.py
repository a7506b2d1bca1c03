"""Effective robustness: what a treatment has beyond what its clean score lets expect (Taori et al., 2020).

Better models are sturdier too. A line through the logits of a pool of baseline runs says what perturbed score goes with
which clean score; the distance from it is what is left. Unlike them we fit the line anew in every resample of items, so
the interval knows how well the items fix the line; it does not know that another pool would give another line.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from crosswind.stats.estimands import Diverged, Estimand, Undefined
from crosswind.stats.estimates import Floats, Treatment
from crosswind.stats.grids import Grid, mean

LEAST_RUNS = 8
EDGE = 0.05


@dataclass(frozen=True, slots=True)
class Effective(Estimand):
    """Logits above the line through the runs of `pool`; undefined for a clean score outside theirs."""

    pool: tuple[Treatment, ...]
    diverged: ClassVar[Diverged] = "left out"

    def needs(self) -> tuple[Treatment, ...]:
        return self.pool

    def settled(self, grid: Grid) -> Self:
        clean_BAR, _ = logits(grid)
        pool = clean_BAR[0, self.places(grid)]
        if (count := int((~np.isnan(pool)).sum())) < LEAST_RUNS:
            raise Undefined(f"a line through {count} runs says little; name a pool with at least {LEAST_RUNS}")
        for treatment, own in zip(grid.axes.treatments, mean(clean_BAR[0], -1), strict=True):
            if not np.nanmin(pool) <= own <= np.nanmax(pool):
                raise Undefined(
                    f"{treatment.arm}: its clean score is outside those of the pool, where the line is a guess; "
                    "add runs to the pool that span it, such as earlier checkpoints"
                )
        return self

    def values(self, grid: Grid) -> Floats:
        clean_BAR, robust_BAR = logits(grid)
        places = self.places(grid)
        x_BP, y_BP = (each[:, places].reshape(len(each), -1) for each in (clean_BAR, robust_BAR))
        slope_B, height_B = line(x_BP, y_BP)
        return np.asarray(robust_BAR - height_B[:, None, None] - slope_B[:, None, None] * clean_BAR)

    def places(self, grid: Grid) -> list[int]:
        return [grid.axes.treatments.index(each) for each in self.pool]


def logits(grid: Grid) -> tuple[Floats, Floats]:
    """Clean and perturbed scores as log odds; 0 and 100 points count as a twentieth of a point away from there."""
    shares = (mean(each, -1).clip(EDGE, 100 - EDGE) / 100 for each in (grid.matched, grid.both))
    clean, robust = (np.log(share / (1 - share)) for share in shares)
    return clean, robust


def line(x_BP: Floats, y_BP: Floats) -> tuple[Floats, Floats]:
    """Slopes and heights at 0 of least squares, over the points that are there."""
    there = ~(np.isnan(x_BP) | np.isnan(y_BP))
    x_BP, y_BP = np.where(there, x_BP, np.nan), np.where(there, y_BP, np.nan)
    x_B, y_B = mean(x_BP, -1), mean(y_BP, -1)
    dx_BP = x_BP - x_B[:, None]
    slope_B = np.nansum(dx_BP * (y_BP - y_B[:, None]), -1) / np.nansum(dx_BP**2, -1)
    return slope_B, y_B - slope_B * x_B
