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


def of_share(hits: int, count: int, level: float = LEVEL) -> Interval:
    """Wilson's interval of a share (1927): the shares from which so many hits are not surprising. It stays within 0 and
    1 and has a width also where nothing or everything is a hit; of nothing it is everything."""
    from scipy.special import ndtri

    if not count:
        return Interval(math.nan, 0.0, 1.0, 0)
    square = float(ndtri((1 + level) / 2)) ** 2
    middle = (hits + square / 2) / (count + square)
    half = math.sqrt(square * (hits * (count - hits) / count + square / 4)) / (count + square)
    return Interval(hits / count, max(0.0, middle - half), min(1.0, middle + half), count)


@cache
def quantile(level: float, degrees: int) -> float:
    """The two-sided quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + level) / 2))
