"""Other ways to look at the same results, none of which decides a claim: a model of all cells, orders over seeds, and
how alike the answers in two languages are."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars

from crosswind.plan import Plan
from crosswind.report import odds, orders, rankings
from crosswind.report.contrasts import comparable
from crosswind.store import Store


@dataclass(frozen=True, slots=True)
class Opinions:
    """All of a study; what means nothing there is empty."""

    odds: Sequence[odds.Odds]
    orders: Sequence[orders.Matrix]
    likenesses: Sequence[rankings.Likeness]

    @property
    def are_any(self) -> bool:
        """Whether there is anything to see."""
        return bool(self.orders or self.likenesses or any(each.lines for each in self.odds))


def opinions(plan: Plan, store: Store, scores: polars.DataFrame) -> Opinions:
    """Whatever the scores, and the answers behind them, allow to say."""
    compared = comparable(scores)
    return Opinions(
        odds.odds(plan.study, compared),
        orders.matrices(scores),
        rankings.likenesses_of(plan, store, compared),
    )
