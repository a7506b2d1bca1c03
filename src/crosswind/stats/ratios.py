"""Every task's main score as a ratio of two sums over items, so that any resampling of items has its exact score.

A metric says what its totals amount to, one set of totals at a time (evaluate.metrics); here the same is said in a form
that ten thousand resamples take at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars


@dataclass(frozen=True, slots=True)
class Ratio:
    """100 times a weighted sum of a metric's sums over another one."""

    over: Mapping[str, float]
    under: Mapping[str, float]

    def columns(self) -> tuple[polars.Expr, polars.Expr]:
        """What each row of an outcome table adds to both sides, as columns `over` and `under`."""
        return weighted(self.over).alias("over"), weighted(self.under).alias("under")


def weighted(weights: Mapping[str, float]) -> polars.Expr:
    return polars.sum_horizontal(polars.col(name).cast(polars.Float64) * weight for name, weight in weights.items())


def share(name: str) -> Ratio:
    return Ratio({name: 1.0}, {"n": 1.0})


F1 = Ratio({"hits": 2.0}, {"found": 1.0, "golden": 1.0})
RATIOS: Mapping[str, Ratio] = MappingProxyType(
    {
        "accuracy": share("right"),
        "accuracy_f1": share("right"),
        "tag_accuracy": share("right"),
        "entity_f1": F1,
        "run_f1": F1,
        "pairs_f1": F1,
        "squad": share("overlap"),
        "mlqa": share("overlap"),
        "map20": share("precision"),
        "rr20": share("reciprocal"),
        "first_hit": share("right"),
        "cases_passed": share("passed"),
        "hidden_words": share("right"),
    }
)
