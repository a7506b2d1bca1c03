"""Every treatment against the study's first one: what a reader looks for next to the declared claims.

Nobody has declared these, so they are labelled exploratory, and no verdict is written beside them. Intervals count
seeds and items, as those of claims do (stats/two_way.py). A study so large that its single answers would not fit has
intervals over seeds alone. Runs that diverged count as they do in claims.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars

from crosswind import results
from crosswind.failures import lost_of
from crosswind.plan import Plan
from crosswind.report.summary import is_pair, treatment
from crosswind.stages import label
from crosswind.stats import averages
from crosswind.stats.averages import CLEAN
from crosswind.stats.estimates import Treatment, between
from crosswind.stats.inference import estimated
from crosswind.stats.intervals import over_seeds
from crosswind.stats.items import CONDITION
from crosswind.stats.named import estimand
from crosswind.stats.tallies import Lost, Tally, tally
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
    answers, lost = found["examples"].sum() or 0, lost_of(scores)
    made: list[Difference] = []
    for task in plan.study.targets:
        own = found.filter((polars.col("target") == label(task)) & (polars.col("language") != task.source))
        gone = [each for each in lost.get(label(task), ()) if each.language != task.source]
        order = ordered(
            scores, label(task), {*own.select("arm", "sequence").rows(), *(each.treatment for each in gone)}
        )
        if own.height and len(order) > 1:
            by_items = answers <= MOST_ANSWERS
            made += of_items(plan, store, task, own, order, gone) if by_items else of_seeds(task, own, order, gone)
    return made


def comparable(scores: polars.DataFrame) -> polars.DataFrame:
    """The scores by which treatments can be compared: clean text, and changes that every script knows and none met."""
    known = averages.countable(scores.with_columns(averages.is_met().alias("met"))).filter(~polars.col("met"))
    return known.filter(~is_pair() & ((polars.col("condition") == CLEAN) | polars.col("core")))


def ordered(scores: polars.DataFrame, target: str, there: Collection[tuple[Any, ...]]) -> list[Treatment]:
    """The treatments of a target that are there, in the order of the study."""
    own = scores.filter(polars.col("target") == target).select("arm", "sequence").unique(maintain_order=True)
    return [Treatment(*each) for each in own.rows() if each in there]


def of_items(
    plan: Plan, store: Store, task: Task, scores: polars.DataFrame, order: Sequence[Treatment], lost: Sequence[Lost]
) -> Iterator[Difference]:
    """Differences whose intervals count seeds and items."""
    outcomes = results.outcomes(plan, store, scores["stage"].unique())
    whole = tally(outcomes, task.metric, chance=100 * task.chance)
    guessed = whole.with_guessing(lost)
    first, *others = order
    compared = [other for other in others if {first, other} & {*whole.axes.treatments}]  # two that guess are no news
    for name, told in ASKED.items():
        for other in compared:
            gone = {each.seed for each in lost if each.treatment in (first, other)}
            own = guessed if estimand(name).diverged == "guesses" else whole.without_seeds(gone)
            difference = asked(own, name, first, other)
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


def with_guessing(scores: polars.DataFrame, lost: Sequence[Lost], chance: float) -> polars.DataFrame:
    """Scores with those of lost runs as if they had guessed, in all conditions that any run has in their languages."""
    if not lost:
        return scores
    runs = polars.DataFrame(
        [{"arm": arm, "sequence": sequence, "seed": seed, "language": code} for (arm, sequence), seed, code in lost]
    )
    cells = scores.unique(["language", *CONDITION], maintain_order=True).drop("arm", "sequence", "seed")
    guesses = cells.with_columns(value=polars.lit(chance)).join(runs, on="language").select(scores.columns)
    return polars.concat([scores, guesses])


def of_seeds(
    task: Task, scores: polars.DataFrame, order: Sequence[Treatment], lost: Sequence[Lost]
) -> Iterator[Difference]:
    """Differences whose intervals count seeds alone."""
    text = polars.when(polars.col("condition") == CLEAN).then(polars.lit("clean")).otherwise(polars.lit("robust"))
    whole = with_guessing(scores, lost, 100 * task.chance)
    means = averages.means(whole.with_columns(text.alias("kind")), ("kind", "arm", "sequence"))
    first, *others = order
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
