"""Almost stochastic order: how far one method's scores over seeds are from being the higher ones at every quantile.

After Dror, Shlomov & Reichart (2019), who follow del Barrio, Cuesta-Albertos & Matrán (2018). The integral over
quantiles is exact: between the steps of two samples nothing changes. A description, not a test at a level: among equal
methods the bound is below 0.5 in about every fifth comparison, so look for 0.2 or less. It knows nothing of items.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crosswind.randomness import stream
from crosswind.stats.estimates import Floats

LEAST_RUNS = 5
RESAMPLES = 1000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Order:
    """The first against the second: `violation` is the share of the squared distance that is the wrong way round, and
    `bound` what it is at most, at the level of all comparisons together."""

    violation: float
    bound: float


def violation(one: Sequence[float], other: Sequence[float]) -> float:
    """The violation ratio of "the first is higher": 0 where it is so at every quantile, 0.5 of equal samples."""
    return float(violations(sorted_rows(one), sorted_rows(other))[0])


def orders(
    samples: Mapping[str, Sequence[float]], *, seed: int, level: float = LEVEL, resamples: int = RESAMPLES
) -> dict[tuple[str, str], Order]:
    """Every method against every other, the level shared among all of these comparisons (Bonferroni).

    Raises ValueError for fewer than five runs: two samples of two or three are ordered by luck.
    """
    from scipy.special import ndtri

    for name, values in samples.items():
        if len(values) < LEAST_RUNS:
            raise ValueError(f"{name} has {len(values)} runs; an order over seeds needs at least {LEAST_RUNS} of each")
    drawn = {name: resampled(values, stream(seed, "order", place), resamples)
             for place, (name, values) in enumerate(samples.items())}  # fmt: skip
    count = len(samples) * (len(samples) - 1)
    reach = -float(ndtri((1 - level) / max(1, count)))
    found = {}
    for first, one in samples.items():
        for second, other in samples.items():
            if first != second:
                here = violation(one, other)
                error = float((violations(drawn[first], drawn[second]) - here).std(ddof=1))
                found[first, second] = Order(here, min(1.0, max(0.0, here + reach * error)))
    return found


def resampled(values: Sequence[float], seed: int, count: int) -> Floats:
    """Sorted samples of as many values drawn from the values, as (B, n)."""
    own = np.asarray(values, float)
    return np.sort(np.random.default_rng(seed).choice(own, (count, len(own))), axis=1)


def sorted_rows(values: Sequence[float]) -> Floats:
    return np.sort(np.asarray(values, float))[None]


def violations(one_BN: Floats, other_BM: Floats) -> Floats:
    """Violation ratios of sorted samples, row by row."""
    sizes = one_BN.shape[1], other_BM.shape[1]
    steps = np.unique(np.concatenate([np.arange(size + 1) * sizes[1 - place] for place, size in enumerate(sizes)]))
    middles, widths = (steps[1:] + steps[:-1]) / 2, np.diff(steps)
    apart = one_BN[:, (middles // sizes[1]).astype(int)] - other_BM[:, (middles // sizes[0]).astype(int)]
    whole = (widths * apart**2).sum(1)
    wrong = (widths * np.minimum(apart, 0) ** 2).sum(1)
    return np.asarray(np.divide(wrong, whole, out=np.full(len(whole), 0.5), where=whole > 0))
