"""The hierarchical bootstrap: items drawn anew in every resample, and seeds above them.

Drawing both in the usual way counts three times what items and seeds have together: it is in the items, in the seeds as
they were run, and again in each run's items. So here items move the mean of all runs, seeds move it by the runs' own
values on the whole sample, and the sum is scaled to the two-way variance (two_way.py), whose parts the resamples give
themselves. That works for minima as well, which have no derivative. With few seeds, percentiles are stretched as
Student's t is beside the normal (Hesterberg, 2015).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosswind.randomness import stream
from crosswind.stats.estimates import Estimate, Floats
from crosswind.stats.two_way import Component, Strand, Variance, added, spread


@dataclass(frozen=True, slots=True)
class Resampled:
    """The resampled values of a contrast, and the variance that they are scaled to."""

    drawn: Floats
    variance: Variance


def resampled(
    strands: Sequence[Strand], items_BR: Sequence[Floats], seed: int, units: int, clusters: int, *, paired: bool
) -> Resampled:
    """A contrast when items and seeds are drawn anew; `items_BR` are its strands' values for other items."""
    observed = sum(strand.weight * float(strand.values_R.mean()) for strand in strands)
    moved_B = np.sum([strand.weight * own.mean(1) for strand, own in zip(strands, items_BR, strict=True)], 0) - observed
    found = decomposed(strands, items_BR, moved_B, units, clusters)
    for number, strand in enumerate(strands):
        weights_BR = seeds_drawn(strand.runs, len(moved_B), seed, 0 if paired else number)
        moved_B = moved_B + strand.weight * apart(strand.values_R, weights_BR)
    plain = found.parts.seeds + found.parts.items
    return Resampled(observed + moved_B * np.sqrt(found.total / plain if plain else 1.0), found)


def decomposed(
    strands: Sequence[Strand], items_BR: Sequence[Floats], moved_B: Floats, units: int, clusters: int
) -> Variance:
    """The parts of the variance as the resamples of items show them."""
    both = []
    for strand, own_BR in zip(strands, items_BR, strict=True):
        if strand.runs > 1:
            alone = (own_BR - own_BR.mean(1, keepdims=True)).var(0, ddof=1).sum()
            size = strand.weight**2 * float(alone) / (strand.runs * (strand.runs - 1))
            both.append(Component(size, (units - 1) * (strand.runs - 1)))
    return added(strands, [Component(spread(moved_B), units - 1)], both, clusters)


def seeds_drawn(runs: int, count: int, seed: int, turn: int) -> Floats:
    """How often each seed comes when as many are drawn as there are, `count` times."""
    generator = np.random.default_rng(stream(seed, "seeds", turn))
    return generator.multinomial(runs, np.full(runs, 1 / runs), count).astype(float)


def apart(values_R: Floats, weights_BR: Floats) -> Floats:
    """How far drawn seeds are from the mean of all.

    Few seeds spread less around their own mean than reruns around the truth; the square root makes up for it.
    """
    runs = len(values_R)
    if runs == 1:
        return np.zeros(len(weights_BR))
    return np.asarray(np.sqrt(runs / (runs - 1)) * (weights_BR @ (values_R - values_R.mean())) / runs)


def least_of_seeds(strands: Sequence[Strand], items_BR: Sequence[Floats], seed: int, *, paired: bool) -> Floats:
    """The contrast of the lowest of the drawn seeds, in every resample."""
    total = np.zeros(len(items_BR[0]))
    for number, (strand, own_BR) in enumerate(zip(strands, items_BR, strict=True)):
        weights_BR = seeds_drawn(strand.runs, len(own_BR), seed, 0 if paired else number)
        total += strand.weight * np.where(weights_BR > 0, own_BR, np.inf).min(1)
    return total


def percentiles(value: float, drawn: Floats, degrees: float, level: float) -> Estimate:
    """The middle of resampled values, stretched as Student's t is beside the normal."""
    from scipy.special import ndtri, stdtrit

    stretch = float(stdtrit(degrees, (1 + level) / 2) / ndtri((1 + level) / 2))
    low, high = value + stretch * (np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]) - value)
    return Estimate(value, float(low), float(high), float(drawn.std(ddof=1)), level, "bootstrap", degrees)


def tail(drawn: Floats, threshold: float, degrees: float) -> float:
    """The probability of so high a value if the truth were at the threshold, stretched alike; at least one draw's."""
    from scipy.special import ndtri, stdtr

    count = len(drawn)
    share = (float((drawn < threshold).sum()) + 0.5 * float((drawn == threshold).sum())) / count
    return float(stdtr(degrees, ndtri(np.clip(share, 1 / count, 1 - 1 / count))))
