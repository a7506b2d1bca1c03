"""Student's t with two random factors: another set of seeds, and other items of the same kind.

The estimate of the variance adds the two and takes off what both have counted, as for any two crossed factors (Cameron,
Gelbach & Miller, 2011, for clusters in two ways); degrees of freedom are Satterthwaite's (1946). An item's influence is
told by leaving it out, so scores that are no means of items have theirs too.

Where runs answer by chance, nearly all variance is in both factors at once and hardly any is left: then the variance
over seeds is its floor and its degrees of freedom are theirs, which keeps intervals at their level
(measurements/statistics_calibration.py; a floor at the items' variance as well makes them too wide there).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosswind.stats.estimates import Floats, Parts


@dataclass(frozen=True, slots=True)
class Strand:
    """Values whose seeds belong together, one for each seed, and what they count in a contrast.

    Treatments with the same seeds are one strand, the contrast itself; others are a strand each.
    """

    weight: float
    values_R: Floats

    @property
    def runs(self) -> int:
        return len(self.values_R)

    @property
    def by_seed(self) -> float:
        """The variance that other seeds would give its mean."""
        return self.weight**2 * spread(self.values_R) / self.runs


@dataclass(frozen=True, slots=True)
class Component:
    """One piece of a variance, with its degrees of freedom."""

    size: float
    degrees: float


@dataclass(frozen=True, slots=True)
class Variance:
    """The variance of an estimate, its Student's degrees of freedom, and what it is made of."""

    total: float
    degrees: float
    parts: Parts


def added(
    strands: Sequence[Strand], items: Sequence[Component], interactions: Sequence[Component], clusters: int
) -> Variance:
    """The whole variance of a contrast from what items and both factors together give it."""
    runs = min(strand.runs for strand in strands)
    seeds = [Component(strand.by_seed, strand.runs - 1) for strand in strands]
    by_seed, by_item, both = (sum(piece.size for piece in own) for own in (seeds, items, interactions))
    total = max(by_seed + by_item - both, by_seed)
    return Variance(total, degrees(seeds, items, interactions), Parts(by_seed, by_item, both, runs, clusters))


def degrees(seeds: Sequence[Component], items: Sequence[Component], interactions: Sequence[Component]) -> float:
    """Satterthwaite's degrees of freedom, at least those of the seeds.

    Where few seeds happen to lie close together, the plain formula finds a small variance and at once many degrees of
    freedom, and intervals come out short. So the seeds' part counts here for as much more as its square is too large in
    expectation, (n + 2) / n with n degrees.
    """
    careful = [Component(piece.size * (1 + 2 / max(1, piece.degrees)), piece.degrees) for piece in seeds]
    by_seed, by_item, both = (sum(piece.size for piece in own) for own in (careful, items, interactions))
    below = sum(piece.size**2 / piece.degrees for piece in (*careful, *items, *interactions) if piece.size > 0)
    least = min((piece.degrees for piece in seeds if piece.size > 0), default=0)
    return max(max(by_seed + by_item - both, by_seed) ** 2 / below, least) if below else float("inf")


def variance(strands: Sequence[Strand], influences: Sequence[Sequence[Floats]], clusters: int) -> Variance:
    """The variance of the contrast, from influences by space and strand, each as (I, R)."""
    items, both = [], []
    for space in influences:
        count = len(space[0])
        means_I = np.sum([strand.weight * own_IR.mean(1) for strand, own_IR in zip(strands, space, strict=True)], 0)
        items.append(Component(spread(means_I) / count, count - 1))
        for strand, own_IR in zip(strands, space, strict=True):
            size = strand.weight**2 * leftover(own_IR) / own_IR.size
            both.append(Component(size, (count - 1) * (strand.runs - 1)))
    return added(strands, items, both, clusters)


def spread(values: Floats) -> float:
    """The sample variance; of one value there is none to see."""
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def leftover(influence_IR: Floats) -> float:
    """The variance that neither items nor seeds account for by themselves."""
    count, runs = influence_IR.shape
    if count < 2 or runs < 2:
        return 0.0
    rest = influence_IR - influence_IR.mean(0) - influence_IR.mean(1, keepdims=True) + influence_IR.mean()
    return float((rest**2).sum() / ((count - 1) * (runs - 1)))
