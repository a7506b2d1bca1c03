"""Many tests at once: what each p-value is worth among the others of its family.

A family is declared before results exist. Holm (1979) keeps the probability of any false claim at its level under any
dependence; Benjamini & Hochberg (1995) keep the share of false ones among all, for what is only explored.
"""

from collections.abc import Mapping
from itertools import accumulate


def holm(family: Mapping[str, float]) -> dict[str, float]:
    """Adjusted p-values by claim: the smallest counts as often as there are claims, the next one time less."""
    order = sorted(family, key=family.__getitem__)
    raised = (family[name] * (len(order) - rank) for rank, name in enumerate(order))
    adjusted = dict(zip(order, accumulate(raised, max), strict=True))
    return {name: min(1.0, adjusted[name]) for name in family}


def benjamini_hochberg(family: Mapping[str, float]) -> dict[str, float]:
    """Adjusted p-values by claim: the smallest share of false findings at which each would be among them."""
    order = sorted(family, key=family.__getitem__, reverse=True)
    raised = (family[name] * len(order) / (len(order) - rank) for rank, name in enumerate(order))
    adjusted = dict(zip(order, accumulate(raised, min), strict=True))
    return {name: min(1.0, adjusted[name]) for name in family}


def bonferroni_level(level: float, count: int) -> float:
    """The level at which so many intervals hold together at least at `level`."""
    return 1 - (1 - level) / max(1, count)
