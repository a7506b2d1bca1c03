"""Which runs of a study failed: a training behind them diverged, or theirs ended hardly above guessing.

A run is a treatment on a target with one seed. Whether it collapsed is judged by what its own training scored on its
dev sets, in the source language, beside the best treatment of the study. Failed runs are results: none is replaced by
another seed, and what is asked of a study allows for them (asked.py). That a method fails seldom may be its effect.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import NamedTuple

import polars

from crosswind.plan import Plan
from crosswind.quantities import counted_things
from crosswind.results import trainings
from crosswind.sets import Sets
from crosswind.stages import Evaluate, Train, label
from crosswind.stats.averages import CLEAN
from crosswind.stats.estimates import Treatment
from crosswind.stats.intervals import Interval, of_share
from crosswind.stats.items import CONDITION
from crosswind.stats.tallies import Lost
from crosswind.store import Store
from crosswind.workload import rows

LEAST_SHARE = 0.2  # of what the best treatment has learned, below which a run has collapsed
LEAST_LEARNED = 5.0  # per cent of the way from guessing to no mistake, below which no treatment tells what is normal
LUCKY = 2.0  # standard deviations of guessing on the dev sets, for the same


class Run(NamedTuple):
    """A treatment trained for a target with one seed."""

    target: str
    treatment: Treatment
    seed: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of the runs of a study: those that are `trained` at all, those among them that have a dev score of
    their own on the target, and those that collapsed. `bars` are the dev scores below which they have, by target, where
    guessing is 0 and no mistake is 100."""

    trained: frozenset[Run] = frozenset()
    scored: frozenset[Run] = frozenset()
    collapsed: frozenset[Run] = frozenset()
    bars: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Toll:
    """What became of the runs of one treatment on one target.

    `planned` are all of its runs, `finished` those of which it is known how they went. `unscored` ones among them did
    not diverge and have no dev score, so that nobody can say whether they collapsed.
    """

    target: str
    treatment: Treatment
    planned: int
    finished: int
    diverged: int
    collapsed: int
    unscored: int

    @property
    def failed(self) -> int:
        return self.diverged + self.collapsed

    @property
    def interval(self) -> Interval:
        """How often its runs fail, as shares."""
        return of_share(self.failed, self.finished)

    @property
    def told(self) -> str:
        """Its failures in words, if there are any."""
        parts = [(self.diverged, "diverged"), (self.collapsed, "collapsed")]
        counts = [f"{count} {name}" for count, name in parts if count]
        what = f"failed, {' and '.join(counts)}" if len(counts) > 1 else "diverged" if self.diverged else "collapsed"
        runs = counted_things(self.finished, "run")
        return f"{self.failed} of {runs} of {self.treatment.told} on {self.target} {what}"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How a question allows for runs that failed, by target: `lost` ones count as the estimand says (Tally.allowing),
    `removed` seeds are out for all treatments."""

    lost: Mapping[str, Sequence[Lost]] = field(default_factory=dict)
    removed: Mapping[str, Collection[int]] = field(default_factory=dict)

    def of(self, target: str) -> tuple[Sequence[Lost], Collection[int]]:
        """Both, for one target."""
        return self.lost.get(target, ()), self.removed.get(target, ())


def lost_of(scores: polars.DataFrame) -> dict[str, list[Lost]]:
    """The runs without answers among some scores, by target and language."""
    found: dict[str, list[Lost]] = {}
    failed = scores.filter((polars.col("condition") == CLEAN) & (polars.col("status") == "failed"))
    keys = failed.select("target", "arm", "sequence", "seed", "language").unique(maintain_order=True)
    for target, arm, sequence, seed, language in keys.iter_rows():
        found.setdefault(target, []).append(Lost(Treatment(arm, sequence), seed, language))
    return found


def guessed(planned: polars.DataFrame, usable: polars.DataFrame) -> int:
    """How many evaluations of runs that diverged are there as guesses: those of cells that other runs have."""
    lost = planned.filter(polars.col("status") == "failed")
    return lost.join(usable, on=["target", "language", *CONDITION], how="semi")["stage"].n_unique()


def tolls(scores: polars.DataFrame, judged: Judged) -> list[Toll]:
    """What became of the runs that some scores are of, by target and treatment. Where nothing was trained, none is."""
    by_treatment: dict[tuple[str, Treatment], list[tuple[Run, set[str]]]] = {}
    for run, states in states_of(scores).items():
        if run in judged.trained:
            by_treatment.setdefault((run.target, run.treatment), []).append((run, states))
    return [toll(target, treatment, runs, judged) for (target, treatment), runs in by_treatment.items()]


def toll(target: str, treatment: Treatment, runs: Sequence[tuple[Run, set[str]]], judged: Judged) -> Toll:
    diverged = [run for run, states in runs if "failed" in states]
    ended = [run for run, states in runs if states == {"done"}]
    return Toll(
        target,
        treatment,
        planned=len(runs),
        finished=len(diverged) + len(ended),
        diverged=len(diverged),
        collapsed=sum(run in judged.collapsed for run in ended),
        unscored=sum(run not in judged.scored for run in ended),
    )


def states_of(scores: polars.DataFrame) -> dict[Run, set[str]]:
    """How the cells of each run on clean text stand."""
    found: dict[Run, set[str]] = {}
    clean = scores.filter((polars.col("condition") == CLEAN) & (polars.col("status") != "n/a"))
    keys = clean.select("target", "arm", "sequence", "seed", "status").unique(maintain_order=True)
    for target, arm, sequence, seed, status in keys.iter_rows():
        found.setdefault(Run(target, Treatment(arm, sequence), seed), set()).add(status)
    return found


def judge(plan: Plan, store: Store, scores: polars.DataFrame) -> Judged:
    """Which runs of a study collapsed, by all that is finished of it."""
    models, states = models_of(plan, scores), states_of(scores)
    taught = taught_by(plan, models.values())
    own = {run: [*scored(store, found, taught[run.target])] for run, found in models.items()}
    devs = {run: [dev for dev, _ in found] for run, found in own.items() if found}
    diverged = {run for run in models if "failed" in states[run]}
    lucks: dict[str, float] = {}
    for run, found in own.items():
        lucks[run.target] = max([lucks.get(run.target, 0.0), *(luck(model) for _, model in found)])
    bars = bars_of({run: fmean(each) for run, each in devs.items()} | dict.fromkeys(diverged, 0.0), lucks)
    ended = {run: each for run, each in devs.items() if run not in diverged and run.target in bars}
    collapsed = frozenset(run for run, each in ended.items() if min(each) < bars[run.target])
    return Judged(frozenset(models), frozenset(devs), collapsed, bars)


def bars_of(devs: Mapping[Run, float], lucks: Mapping[str, float]) -> dict[str, float]:
    """The dev score below which runs have collapsed, by target: a share of the best treatment's median over seeds.

    Runs that diverged are in it as guesses. Where no treatment has learned more than some points, or than guessing may
    reach by luck, nothing is normal.
    """
    values: dict[str, dict[Treatment, list[float]]] = {}
    for run, dev in devs.items():
        values.setdefault(run.target, {}).setdefault(run.treatment, []).append(dev)
    best = {target: max(map(median, own.values())) for target, own in values.items()}
    return {
        target: LEAST_SHARE * height
        for target, height in best.items()
        if height >= max(LEAST_LEARNED, LUCKY * lucks.get(target, 0.0))
    }


def models_of(plan: Plan, scores: polars.DataFrame) -> dict[Run, list[Train]]:
    """The last trainings of every run: one, or one for each language that it reads. What was not trained is no run."""
    found: dict[Run, dict[str, Train]] = {}
    clean = scores.filter((polars.col("condition") == CLEAN) & (polars.col("stage") != ""))
    keys = clean.select("target", "arm", "sequence", "seed", "stage").unique(maintain_order=True)
    for target, arm, sequence, seed, stage_id in keys.iter_rows():
        stage = plan.stages[stage_id]
        assert isinstance(stage, Evaluate)
        if any(True for _ in trainings(stage)):
            own = found.setdefault(Run(target, Treatment(arm, sequence), seed), {})
            own |= {stage.model.id: stage.model} if isinstance(stage.model, Train) else {}
    return {run: [*own.values()] for run, own in found.items()}


def taught_by(plan: Plan, models: Iterable[Sequence[Train]]) -> dict[str, set[str]]:
    """By target, the tasks from whose training sets it is learned."""
    some = next((model for own in models for model in own), None)
    sets = Sets(plan.study, some.base) if some else None
    return {
        label(task): {label(each) for each in sets.learned(plan.study.place(task))} if sets else set()
        for task in plan.study.targets
    }


def scored(store: Store, models: Sequence[Train], taught: set[str]) -> Iterator[tuple[float, Train]]:
    """What a run's own trainings on its target scored in the end, where guessing is 0 and no mistake is 100.

    None of a model that was not trained on the target, had its weights selected by no dev set, or is not finished.
    """
    for model in models:
        if taught & model.tasks.keys() and store.has(model):
            told = store.record(model).facts.get("dev")
            if told is not None:
                yield scaled(model, told), model


def scaled(model: Train, dev: float) -> float:
    """A dev score where guessing is 0 and no mistake is 100, as that of tasks that take turns is already."""
    if model.sampler is not None or not model.dev:
        return dev
    return (dev - 100 * chance(model)) / (1 - chance(model))


def luck(model: Train) -> float:
    """How far guesses about its dev sets are from guessing in the mean, as a standard deviation on the same scale."""
    if not model.dev:
        return 0.0
    items = sum(map(rows, model.dev))
    return 100 * math.sqrt(chance(model) / (1 - chance(model)) / max(1, items))


def chance(model: Train) -> float:
    """The share that guessing scores on its dev sets."""
    return fmean(data.task.chance for data in model.dev)
