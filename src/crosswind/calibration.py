"""Severities that are equally hard in every language: the shares of edited units that leave a given part of the text.

A typo in every fifth word takes far more from Chinese text than from German, because words are short here and long
there. Scale "iso" asks the other way round: which share leaves a mean chrF of 95, 90, 85, 80 and 72? It is found by
bisection on the dataset itself, from its texts alone and with one fixed seed, before any model exists.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from statistics import fmean
from typing import Any

from crosswind.perturbations.base import Perturbation, Perturbed, Rated
from crosswind.perturbations.draws import rank
from crosswind.perturbations.sampling import Rates, Sampler
from crosswind.text.item import Item
from crosswind.text.similarity import chrf_after

TARGETS = (95.0, 90.0, 85.0, 80.0, 72.0)
ITEMS = 200
STEPS = 9
SEED = 1
MIDDLE = 3  # the level whose kinds of unit are those that a perturbation is about

# Whose severity is a share of words, so that another share means the same thing: more of it, or less.
WORD_RATE = frozenset(
    {"typo_key", "typo_edit", "typo_native", "homoglyph", "invisible", "space", "romanize", "codemix"}
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The rates of levels 1 to 5 by kind of unit, and the mean chrF that each leaves.

    `least` is what is left where every unit is edited, `items` is how many items were asked.
    """

    rates: Rates
    reached: tuple[float, ...]
    least: float
    items: int

    def saturated(self, level: int) -> str:
        """Why a level cannot be had; empty where it can."""
        target = TARGETS[level - 1]
        if self.least <= target:
            return ""
        return (
            f"saturated: mean chrF is {self.least:.1f} with all that can be edited, and level {level} means {target:g}"
        )

    @property
    def facts(self) -> dict[str, Any]:
        """What a record says."""
        return {"rates": dict(self.rates), "targets": TARGETS, "reached": self.reached, "asked": self.items}


def calibrated(change: Rated, items: Iterable[Item]) -> Calibration:
    """The rates for a perturbation of a dataset, over its items of lowest rank."""
    asked = sorted(items, key=lambda item: (rank(item.dataset, item.split, item.uid), item.uid))[:ITEMS]
    weights = weights_of_kinds(change)

    @cache
    def left(rate: float) -> float:
        sampler = Sampler(change, 1, SEED, rates={kind: (rate * weight,) for kind, weight in weights.items()})
        found = [likeness(change, sampler(item)) for item in asked]
        return fmean([fmean(each) for each in found if each] or [100.0])

    # chrF need not fall with every further edit, and severities must be nested
    rates = list(accumulate((rate_for(target, left, change.highest_rate) for target in TARGETS), max))
    by_kind = {kind: tuple(rate * weight for rate in rates) for kind, weight in weights.items()}
    return Calibration(by_kind, tuple(map(left, rates)), left(change.highest_rate), len(asked))


def weights_of_kinds(change: Rated) -> Mapping[str, float]:
    """How much of the rate each kind of unit gets: as at level 3, where the kind with most gets all of it."""
    middle = {kind: shares[MIDDLE - 1] for kind, shares in change.levels.rates.items()}
    most = max(middle.values())
    return {kind: share / most for kind, share in middle.items()}


def rate_for(target: float, left: Callable[[float], float], highest: float) -> float:
    """The rate that leaves the target, or the highest one where more is left even then."""
    low, high = 0.0, highest
    if left(high) > target:
        return high
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if left(middle) > target else (low, middle)
    return (low + high) / 2


def likeness(change: Perturbation, perturbed: Perturbed) -> Sequence[float]:
    """chrF of every text that may change, before and after; nothing of empty texts."""
    return [
        chrf_after(text.text, edits) if (edits := perturbed.edits[name]) else 100.0
        for name, text in change.targets(perturbed.item)
        if text.text
    ]
