"""Tests that assume nothing about shapes: what the difference would be if labels or signs were dealt at random.

All arrangements are counted where there are few, else a random sample that includes the one that was observed, which
keeps the level exact (Phipson & Smyth, 2010).
"""

from collections.abc import Sequence
from itertools import combinations
from math import comb

import numpy as np

from crosswind.randomness import stream
from crosswind.stats.estimates import Floats
from crosswind.stats.inference import Finding

MOST = 20_000
LEAST_PAIRS = 8
BLOCK = 2**22


def between_runs(one: Sequence[float], other: Sequence[float], *, seed: int) -> float:
    """Two-sided p of the difference of means of two groups of runs: which run is whose is dealt anew.

    With 3 runs each it cannot be below 0.1, with 4 0.029, with 5 0.0079.
    """
    values, size = np.array([*one, *other]), len(one)
    if comb(len(values), size) <= MOST:
        chosen = np.array([*combinations(range(len(values)), size)])
        return share(values[chosen].mean(1) - rest(values, chosen), difference(values, size))
    generator = np.random.default_rng(stream(seed, "labels"))
    chosen = np.argsort(generator.random((MOST - 1, len(values))), axis=1)[:, :size]
    return share(
        np.append(values[chosen].mean(1) - rest(values, chosen), difference(values, size)), difference(values, size)
    )


def sign_flips(differences: Sequence[float] | Floats, *, seed: int) -> float:
    """Two-sided p of a sum of differences whose signs might as well be others.

    Of n differences it cannot be below 2 to the power of 1 - n, so five paired seeds never reach 0.05.
    """
    values = np.asarray(differences, float)
    if 2 ** min(len(values), 64) <= MOST:
        places = np.arange(2 ** len(values))[:, None] >> np.arange(len(values)) & 1
        return share((1 - 2 * places) @ values, float(values.sum()))
    generator = np.random.default_rng(stream(seed, "signs"))
    step = max(1, BLOCK // len(values))
    sums = [np.array([values.sum()])]
    for first in range(1, MOST, step):
        count = min(step, MOST - first)
        bits = np.unpackbits(
            generator.integers(0, 256, (count, -(-len(values) // 8)), np.uint8), axis=1, count=len(values)
        )
        sums.append(values.sum() - 2 * (bits.astype(float) @ values))
    return share(np.concatenate(sums), float(values.sum()))


def difference(values: Floats, size: int) -> float:
    return float(values[:size].mean() - values[size:].mean())


def rest(values: Floats, chosen: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> Floats:
    """The means of those that were not chosen."""
    return np.asarray((values.sum() - values[chosen].sum(1)) / (len(values) - chosen.shape[1]))


def share(found: Floats, observed: float) -> float:
    """How many arrangements are as far from 0 as the observed one; equal sums may differ in their last digits."""
    near = TOLERANCE * max(1.0, abs(observed))
    return float((np.abs(found) >= abs(observed) - near).mean())


TOLERANCE = 1e-9


def of_seeds(finding: Finding) -> float | None:
    """How often runs with their signs drawn by lot differ as much as these do; None with too few for it to say much."""
    if not finding.is_paired or finding.runs < LEAST_PAIRS:
        return None
    return sign_flips([*finding.by_seed.values()], seed=finding.seed)
