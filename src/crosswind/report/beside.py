"""A study beside another one, or beside the same one in another store: what both have, and how far they are apart."""

from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, stdev

import polars

from crosswind import results
from crosswind.plan import Plan
from crosswind.report import summary
from crosswind.stages import Dataset, label
from crosswind.stats.intervals import quantile
from crosswind.store import Store


@dataclass(frozen=True, slots=True)
class Twin:
    """A mean over languages in both; `low` and `high` are of their difference, over the seeds of both.

    `is_same_text` says whether both were asked the same items.
    """

    target: str
    treatment: str
    text: str
    here: float
    there: float
    low: float | None
    high: float | None
    is_same_text: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What two studies have in common; treatments that only one has are named."""

    name: str
    twins: tuple[Twin, ...]
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]


def beside(plan: Plan, store: Store, other: Plan, elsewhere: Store, name: str) -> Beside:
    """Both studies' headline means, treatment by treatment of the same name."""
    here, there = (by_seed(*each) for each in ((plan, store), (other, elsewhere)))
    same = tests(plan) & tests(other)
    twins = tuple(
        twin(key, here[key], there[key], is_same_text=all(each in same for each in tests_of(plan, key[0])))
        for key in here
        if key in there
    )
    return Beside(name, twins, missing(here, there), missing(there, here))


def by_seed(plan: Plan, store: Store) -> dict[tuple[str, str, str], list[float]]:
    """The mean over languages of each seed, by target, treatment and kind of text."""
    scores = results.scores(plan, store).filter(~summary.is_pair())
    means = summary.averaged(scores).group_by("target", "arm", "sequence", "text", maintain_order=True).agg("value")
    return {
        (target, summary.treatment(arm, sequence), text): values for target, arm, sequence, text, values in means.rows()
    }


def twin(key: tuple[str, str, str], here: list[float], there: list[float], *, is_same_text: bool) -> Twin:
    low, high = welch(here, there)
    return Twin(*key, fmean(here), fmean(there), low, high, is_same_text)


def welch(one: list[float], other: list[float]) -> tuple[float | None, float | None]:
    """The 95 % interval of a difference of means of runs that are not paired (Welch); none with a single run."""
    if min(len(one), len(other)) < 2:
        return None, None
    parts = [stdev(values) ** 2 / len(values) for values in (one, other)]
    apart, spread = fmean(one) - fmean(other), sum(parts)
    if spread == 0:
        return apart, apart
    degrees = spread**2 / sum(part**2 / (len(values) - 1) for part, values in zip(parts, (one, other), strict=True))
    half = quantile(0.95, degrees) * spread**0.5
    return apart - half, apart + half


def tests(plan: Plan) -> set[str]:
    """The ids of all test sets."""
    return {stage.id for stage in plan.stages.values() if isinstance(stage, Dataset) and stage.split == "test"}


def tests_of(plan: Plan, target: str) -> set[str]:
    """The ids of a target's test sets."""
    datasets = (stage for stage in plan.stages.values() if isinstance(stage, Dataset) and stage.split == "test")
    return {stage.id for stage in datasets if label(stage.task) == target}


def missing(
    one: dict[tuple[str, str, str], list[float]], other: dict[tuple[str, str, str], list[float]]
) -> tuple[str, ...]:
    """The treatments of one that the other lacks."""
    return tuple(dict.fromkeys(f"{target}, {name}" for target, name, text in one if (target, name, text) not in other))


def opened(plan: Plan, store: Store, other: Path) -> Beside:
    """A study file, with results in the same store, or the folder of another store, with results of the same study."""
    from crosswind.plan import make_plan
    from crosswind.study_file import load_study

    if other.is_dir():
        if not (there := Store(other)).held() & plan.stages.keys():
            raise ValueError(
                f"{other} holds no results of {plan.study.name}; name the folder of another store in which the study "
                "was run, or the file of another study"
            )
        return beside(plan, store, plan, there, str(other))
    found = make_plan(load_study(other))
    return beside(plan, store, found, store, found.study.name)


def frame(found: Beside) -> polars.DataFrame:
    """The comparison as a table."""
    return polars.DataFrame([asdict(each) for each in found.twins], infer_schema_length=None)
