"""The worst of several scores. A minimum of noisy values is too low, so its value is corrected by the bootstrap and its
interval comes from there alone (inference.py)."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from crosswind.stats.estimands import Estimand, Text, scores_of
from crosswind.stats.estimates import Floats
from crosswind.stats.grids import Grid, least, mean


@dataclass(frozen=True, slots=True)
class WorstCondition(Estimand):
    """The lowest score of any kind at any severity, means over draws and languages."""

    is_smooth: ClassVar[bool] = False

    def values(self, grid: Grid) -> Floats:
        return least(mean(grid.levels, 3), (-1, -2))


@dataclass(frozen=True, slots=True)
class WorstLanguage(Estimand):
    """The lowest score of any language."""

    text: Text = "perturbed"
    is_smooth: ClassVar[bool] = False

    def values(self, grid: Grid) -> Floats:
        return least(scores_of(grid, self.text), -1)


@dataclass(frozen=True, slots=True)
class WorstSeed(Estimand):
    """The lowest score of any seed: what one unlucky run gives. More seeds make it lower, so compare equal numbers."""

    text: Text = "perturbed"
    is_smooth: ClassVar[bool] = False
    over_seeds: ClassVar[Literal["mean", "least"]] = "least"

    def values(self, grid: Grid) -> Floats:
        return mean(scores_of(grid, self.text), -1)
