"""Errors under perturbation beside those of a named reference, as ImageNet-C has them (Hendrycks & Dietterich, 2019).

Dividing by the errors of a reference makes easy and hard kinds of perturbation count alike. There the reference is
AlexNet; here it is one treatment of the same study, averaged over its seeds. Ours are formed for each language, then
averaged over languages.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from crosswind.stats.estimands import Diverged, Estimand, Undefined
from crosswind.stats.estimates import Floats, Treatment
from crosswind.stats.grids import Grid, mean

LEAST_DROP = 1.0


@dataclass(frozen=True, slots=True)
class CorruptionError(Estimand):
    """Mean over kinds of 100 times the errors over all severities by those of the reference: 100 is as many."""

    reference: Treatment

    def needs(self) -> tuple[Treatment, ...]:
        return (self.reference,)

    def values(self, grid: Grid) -> Floats:
        errors_BARLKV = 100 - grid.levels
        return over_kinds(errors_BARLKV, of_reference(errors_BARLKV, grid, self.reference))


@dataclass(frozen=True, slots=True)
class RelativeCorruptionError(Estimand):
    """The same with the errors that perturbation adds: errors on perturbed text less those on clean text.

    Kinds that cost the reference less than one point in a language are left out there: dividing by nearly nothing would
    let them drown all else. `kept_LK`, which are in, is decided once.
    """

    reference: Treatment
    kept_LK: tuple[tuple[bool, ...], ...] = ()
    diverged: ClassVar[Diverged] = "left out"

    def needs(self) -> tuple[Treatment, ...]:
        return (self.reference,)

    def settled(self, grid: Grid) -> Self:
        added_BARLKV = self.added(grid)
        kept_LK = mean(of_reference(added_BARLKV, grid, self.reference), -1)[0, 0, 0] >= LEAST_DROP
        if not kept_LK.any():
            raise Undefined(
                f"no perturbation costs the reference {self.reference.arm} {LEAST_DROP:g} point in any language, so "
                "nothing can be divided by what it costs; look at the drop"
            )
        return replace(self, kept_LK=tuple(map(tuple, kept_LK.tolist())))

    def values(self, grid: Grid) -> Floats:
        added_BARLKV = self.added(grid)
        left = np.where(np.array(self.kept_LK)[..., None], added_BARLKV, np.nan)
        return over_kinds(left, of_reference(left, grid, self.reference))

    @staticmethod
    def added(grid: Grid) -> Floats:
        return np.asarray(grid.clean[..., None, None] - grid.levels)


def of_reference(values_BARLKV: Floats, grid: Grid, reference: Treatment) -> Floats:
    """The reference's own, means over its seeds, with places of length 1 for treatments and seeds."""
    place = grid.axes.treatments.index(reference)
    return mean(values_BARLKV[:, place : place + 1], 2)[:, :, None]


def over_kinds(values_BARLKV: Floats, reference_B11LKV: Floats) -> Floats:
    """Sums over severities by those of the reference, means over kinds, then over languages."""
    there = ~(np.isnan(values_BARLKV) | np.isnan(reference_B11LKV))
    over, under = (np.where(there, each, 0.0).sum(-1) for each in (values_BARLKV, reference_B11LKV))
    ratios = np.divide(over, under, out=np.full(over.shape, np.nan), where=there.any(-1) & (under != 0))
    return 100 * mean(mean(ratios, -1), -1)
