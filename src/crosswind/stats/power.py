"""What a study could find, before it is run: from how much seeds and items vary to the differences it can detect.

The variance of a paired difference is that over seeds, by their number, and that over the items, which no number of
seeds makes smaller. Its test is Student's with the degrees of freedom that the seeds have (two_way.py). All in points.
"""

from dataclasses import dataclass

import numpy as np

from crosswind.stats.intervals import ALPHA

WANTED = 0.8
MOST_RUNS = 1000
MOST_DEGREES = 1e6
FARTHEST = 200.0  # standard errors within which a detectable difference is looked for


@dataclass(frozen=True, slots=True)
class Components:
    """Standard deviations of a difference: of reruns, of items, and of both together.

    One item's is in its own score, where an answer that turns right is 100 points.
    """

    seeds: float
    items: float
    both: float = 0.0

    def sd_seeds(self, clusters: int) -> float:
        """The standard deviation over seeds of the difference on so many clusters."""
        return float(np.sqrt(self.seeds**2 + self.both**2 / clusters))

    def error_items(self, clusters: int) -> float:
        """The standard error that is left with any number of seeds."""
        return float(self.items / np.sqrt(clusters))


def error_of_accuracy(disagreeing: float, clusters: int, *, languages: int = 1, correlation: float = 0.0) -> float:
    """The standard error of a difference of accuracies: from the share of items that one arm alone has right.

    The average over parallel languages has it smaller, the less so the more an item's differences go together.
    """
    shared = (1 + (languages - 1) * correlation) / languages
    return float(100 * np.sqrt(disagreeing * shared / clusters))


def power(effect: float, runs: int, sd_seeds: float, error_items: float, *, alpha: float = ALPHA) -> float:
    """The probability that the two-sided test finds a true difference, on its own side."""
    from scipy.special import nctdtr, stdtrit

    if runs < 2:
        raise ValueError(f"{runs} seed says nothing about how much seeds vary; plan at least 2")
    by_seed, by_item = sd_seeds**2 / runs, error_items**2
    total = by_seed + by_item
    if total == 0:
        return float(effect != 0)
    degrees = min((runs - 1) * (total / by_seed) ** 2, MOST_DEGREES) if by_seed else MOST_DEGREES
    return float(1 - nctdtr(degrees, abs(effect) / np.sqrt(total), stdtrit(degrees, 1 - alpha / 2)))


def detectable(
    runs: int, sd_seeds: float, error_items: float, *, wanted: float = WANTED, alpha: float = ALPHA
) -> float:
    """The smallest difference that is found with the wanted probability."""
    low, high = 0.0, FARTHEST * float(np.hypot(sd_seeds, error_items))
    while high - low > PRECISION * high:
        middle = (low + high) / 2
        if power(middle, runs, sd_seeds, error_items, alpha=alpha) < wanted:
            low = middle
        else:
            high = middle
    return high


def not_ruled_out(sd_seeds: float, runs: int, *, sure: float = WANTED) -> float:
    """How large the standard deviation over seeds may be in truth, where a pilot of so many has found this one: the
    upper end of its one-sided interval, with which plans do not fall short as often as with the value itself (Browne,
    1995)."""
    from scipy.special import chdtri

    return sd_seeds * float(np.sqrt((runs - 1) / chdtri(runs - 1, sure)))


def seeds_needed(
    effect: float, sd_seeds: float, error_items: float, *, wanted: float = WANTED, alpha: float = ALPHA
) -> int | None:
    """The smallest number of seeds that finds a difference with the wanted probability; None where none does."""
    for runs in range(2, MOST_RUNS + 1):
        if power(effect, runs, sd_seeds, error_items, alpha=alpha) >= wanted:
            return runs
    return None


PRECISION = 1e-7
