"""The same contrast between runs in the middle: medians over seeds, which a few runs that fail cannot move far.

A secondary number without an interval: of a handful of seeds a median knows little.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from crosswind.stats.estimands import Estimand, Undefined
from crosswind.stats.estimates import Contrast
from crosswind.stats.inference import Asked
from crosswind.stats.tallies import Tally


def of_medians(tallies: Sequence[Tally], estimand: Estimand, contrast: Contrast) -> float:
    """The contrast of every treatment's median over its seeds, each seed's value a mean over the targets.

    Raises Undefined (a ValueError) where there is none, and for what is asked of the lowest seed alone.
    """
    if estimand.over_seeds != "mean":
        raise Undefined(f"{type(estimand).__name__} is about the lowest seed, and the median is about the one between")
    asked = Asked.of(tallies, estimand, contrast, seed=0)
    apart = replace(asked, weights=tuple(contrast.weights.values()))
    value = sum(
        weight * np.median(own[0]) for weight, own in zip(apart.weights, apart.strands(apart.whole), strict=True)
    )
    if not np.isfinite(value):
        raise Undefined(f"{type(estimand).__name__} has no value here")
    return float(value)
