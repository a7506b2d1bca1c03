"""The runs that failed, by target and treatment, with how often such runs fail: an effect that a method may have."""

from collections.abc import Sequence
from typing import Any

import polars

from crosswind.failures import Toll, judge, tolls
from crosswind.plan import Plan
from crosswind.report.summary import treatment
from crosswind.stages import label
from crosswind.stats.intervals import Interval, of_share
from crosswind.store import Store


def rows(plan: Plan, store: Store, scores: polars.DataFrame) -> list[Toll]:
    """Every treatment that has a run of which it is known how it went, target by target."""
    order = [label(task) for task in plan.study.targets]
    found = [toll for toll in tolls(scores, judge(plan, store, scores)) if toll.finished]
    return sorted(found, key=lambda toll: order.index(toll.target))


def together(rows: Sequence[Toll]) -> Interval:
    """How often runs of a study fail, whichever they are."""
    return of_share(sum(row.failed for row in rows), sum(row.finished for row in rows))


def row(toll: Toll) -> dict[str, Any]:
    """One row of the table in files; shares in per cent."""
    share = toll.interval
    return {
        "target": toll.target,
        "treatment": treatment(*toll.treatment),
        "runs": toll.finished,
        "diverged": toll.diverged,
        "collapsed": toll.collapsed,
        "failed %": 100 * share.mean,
        "low": 100 * share.low,
        "high": 100 * share.high,
        "no dev score": toll.unscored,
    }
