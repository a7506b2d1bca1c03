"""How far a mean may be from the truth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean, stdev

LEVEL = 0.95
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its confidence interval; one value alone has none, so its ends are the value itself."""

    mean: float
    low: float
    high: float
    count: int


def over_seeds(values: Sequence[float], level: float = LEVEL) -> Interval:
    """Student's interval of the mean over training seeds: what another set of seeds would plausibly give."""
    mean, count = fmean(values), len(values)
    if count < 2:
        return Interval(mean, mean, mean, count)
    half = quantile(level, count - 1) * stdev(values) / math.sqrt(count)
    return Interval(mean, mean - half, mean + half, count)


@cache
def quantile(level: float, degrees: int) -> float:
    """The two-sided quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + level) / 2))
