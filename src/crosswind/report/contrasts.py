"""Every treatment against the study's first one: what a reader looks for next to the declared claims.

Nobody has declared these, so they are labelled exploratory, and no verdict is written beside them. Intervals count
seeds and items, as those of claims do (stats/two_way.py). A study so large that its single answers would not fit has
intervals over seeds alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars

from crosswind import results
from crosswind.plan import Plan
from crosswind.report.summary import TREATMENT, is_pair, treatment
from crosswind.stages import label
from crosswind.stats import averages
from crosswind.stats.averages import CLEAN
from crosswind.stats.estimates import Treatment, between
from crosswind.stats.inference import estimated
from crosswind.stats.intervals import over_seeds
from crosswind.stats.named import estimand
from crosswind.stats.tallies import Tally, tally
from crosswind.store import Store
from crosswind.tasks.base import Task

ASKED: Mapping[str, str] = {
    "clean": "on clean text",
    "robust": "on perturbed text",
    "gain_interaction": "on perturbed text beyond clean text",
}
MOST_ANSWERS = 20_000_000


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a treatment is above the reference in one respect, the mean over languages other than the source."""

    target: str
    treatment: str
    reference: str
    asked: str
    value: float
    low: float
    high: float
    over: str


def differences(plan: Plan, store: Store, scores: polars.DataFrame) -> list[Difference]:
    """Those of every target in the order of the study."""
    found = comparable(scores)
    answers = found["examples"].sum() or 0
    made: list[Difference] = []
    for task in plan.study.targets:
        own = found.filter((polars.col("target") == label(task)) & (polars.col("language") != task.source))
        if own.select(TREATMENT).n_unique() > 1:
            by_items = answers <= MOST_ANSWERS
            made += of_items(plan, store, task, own) if by_items else of_seeds(task, own)
    return made


def comparable(scores: polars.DataFrame) -> polars.DataFrame:
    """The scores by which treatments can be compared: clean text, and changes that every script knows and none met."""
    known = averages.countable(scores.with_columns(averages.is_met().alias("met"))).filter(~polars.col("met"))
    return known.filter(~is_pair() & ((polars.col("condition") == CLEAN) | polars.col("core")))


def of_items(plan: Plan, store: Store, task: Task, scores: polars.DataFrame) -> Iterator[Difference]:
    """Differences whose intervals count seeds and items."""
    outcomes = results.outcomes(plan, store, scores["stage"].unique())
    whole = tally(outcomes, task.metric, chance=100 * task.chance)
    first, *others = [Treatment(*each) for each in scores.select("arm", "sequence").unique(maintain_order=True).rows()]
    for name, told in ASKED.items():
        for other in others:
            difference = asked(whole, name, first, other)
            if difference is not None:
                yield Difference(
                    label(task), treatment(*other), treatment(*first), told, *difference, "seeds and items"
                )


def asked(whole: Tally, name: str, first: Treatment, other: Treatment) -> tuple[float, float, float] | None:
    """The difference in one respect; None where the two have nothing in common that it could be asked of."""
    try:
        found = estimated([whole], estimand(name), between(other, first))
    except ValueError:
        return None
    return found.value, found.low, found.high


def of_seeds(task: Task, scores: polars.DataFrame) -> Iterator[Difference]:
    """Differences whose intervals count seeds alone."""
    text = polars.when(polars.col("condition") == CLEAN).then(polars.lit("clean")).otherwise(polars.lit("robust"))
    means = averages.means(scores.with_columns(text.alias("kind")), ("kind", "arm", "sequence"))
    first, *others = scores.select("arm", "sequence").unique(maintain_order=True).rows()
    for kind in ("clean", "robust"):
        own = means.filter(polars.col("kind") == kind)
        values = {(arm, sequence, seed): value for arm, sequence, seed, value in
                  own.select("arm", "sequence", "seed", "value").iter_rows()}  # fmt: skip
        for other in others:
            seeds = [seed for arm, sequence, seed in values if (arm, sequence) == other and (*first, seed) in values]
            if seeds:
                found = over_seeds([values[*other, seed] - values[*first, seed] for seed in seeds])
                names = treatment(*other), treatment(*first)
                yield Difference(label(task), *names, ASKED[kind], found.mean, found.low, found.high, "seeds")
