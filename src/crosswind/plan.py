"""From a study to its stages: expand what multiplies, merge what is equal, put parents before children."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from crosswind import catalog, recipes
from crosswind.formats import MINE, RETRIEVE
from crosswind.identity import Stage
from crosswind.perturbations import applicability
from crosswind.perturbations.base import Perturbation
from crosswind.perturbations.xling_pair import XlingPair
from crosswind.recipe import Recipe
from crosswind.stages import Base, Dataset, Evaluate, Perturb, Train, clean, kind, label
from crosswind.study import ALL, Arm, Regime, Study, of_task
from crosswind.tasks.base import POOL, Split, Task

S = TypeVar("S", bound=Stage)


class Cell(NamedTuple):
    """One number of the study: which arm, sequence, target, seed, language and condition it belongs to.

    `stage` is the id of its Evaluate stage, empty where the condition does not apply; `reason` says why it does not.
    Many cells may share a stage: all seeds and arms do that ask the pre-trained encoder itself.
    """

    arm: str
    sequence: str
    target: str
    seed: int
    language: str
    condition: str
    severity: int
    draw: int
    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The stages of a study in an order in which parents come first, and what each evaluation stands for."""

    study: Study
    stages: Mapping[str, Stage]
    cells: tuple[Cell, ...]
    one_by_one: int
    folders: Mapping[str, str]

    def count(self, name: str) -> int:
        """How many stages of one kind there are."""
        return sum(kind(stage) == name for stage in self.stages.values())


def make_plan(study: Study) -> Plan:
    """Expand a study. Nothing is read or run; equal stages, from whatever arms, are one.

    Raises ValueError where the study asks for training that a task does not have.
    """
    refuse_untrainable(study)
    base, folder = study.base.base()
    planner = Planner(study, base)
    for arm in study.arms:
        for sequence in arm.sequences:
            for target in study.targets:
                for seed in study.seeds:
                    planner.expand(arm, sequence, target, seed)
    folders = {base.revision: folder} if folder else {}
    return Plan(study, planner.stages, tuple(planner.cells), planner.one_by_one, folders)


@dataclass
class Planner:
    """The state of one expansion: stages so far, in order, and records that are used again."""

    study: Study
    base: Base
    stages: dict[str, Stage] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    one_by_one: int = 0
    records: dict[Any, Stage] = field(default_factory=dict)
    learned_from: dict[str, Task] = field(default_factory=dict)

    def expand(self, arm: Arm, sequence: tuple[Task, ...], target: Task, seed: int) -> None:
        """The chain of one arm, sequence, target and seed, and its evaluations.

        A target without training is asked of the last intermediate stage, or of the base if there is none. One that
        learns from other tasks' data does so by its own recipe: theirs are for their place in a sequence.
        """
        target = self.study.place(target)
        model: Train | Base = self.base
        for task in map(self.study.place, sequence):
            model = self.train(model, task, arm, seed, arm.regime, self.recipe(task, arm))
        last = [self.study.place(task) for task in self.learned(target)]
        for task in last:
            recipe = self.recipe(target, arm)
            model = self.train(model, task, arm, seed, Regime(), recipe, carries=task is not last[0])
        self.one_by_one += len(sequence) + len(last)
        name = " > ".join(label(task) for task in sequence)
        pool = self.pool(target)
        for language in self.study.codes(target):
            dev = self.dataset(target, language, "dev") if target.format is MINE else None
            for condition, severity, draw, data, reason in self.conditions(target, language):
                stage = self.add(Evaluate(model=model, data=data, pool=pool, dev=dev)).id if data else ""
                self.cells.append(
                    Cell(arm.name, name, label(target), seed, language, condition, severity, draw, stage, reason)
                )

    def learned(self, target: Task) -> list[Task]:
        """The tasks from whose training sets a target learns, one after the other."""
        if not target.teachers:
            return [target] if target.has_training else []
        return [self.teacher(name, target) for name in target.teachers]

    def teacher(self, name: str, target: Task) -> Task:
        """A task that a target learns from, with those of the target's settings that it shares."""
        if name not in self.learned_from:
            self.learned_from[name] = self.study.task_called(name)
        found = self.learned_from[name]
        shared = set(target.taught_with) & type(found).model_fields.keys()
        return found.model_copy(update={each: getattr(target, each) for each in shared}) if shared else found

    def train(
        self,
        start: Train | Base,
        task: Task,
        arm: Arm,
        seed: int,
        regime: Regime,
        recipe: Recipe,
        *,
        carries: bool = False,
    ) -> Train:
        dev = (self.dataset(task, task.source, "dev"),) if recipe.selection == "dev" else ()
        stage = Train(
            start=start,
            data=self.training_data(task, regime),
            dev=dev,
            method=arm.method,
            objective=arm.objective,
            recipe=recipe,
            seed=seed,
            head="carried" if carries else "fresh",
        )
        return self.add(stage)

    def training_data(self, task: Task, regime: Regime) -> tuple[Dataset, ...]:
        """The training sets of a task in the languages that the regime asks for, `mixed` ones dealt out in turn."""
        if regime.kind == "source":
            return (self.dataset(task, task.source, "train"),)
        codes = tuple(task.languages) if ALL in regime.languages else of_task(task, regime.languages)
        if regime.kind == "multiplied":
            return tuple(self.dataset(task, code, "train") for code in codes)
        return tuple(self.dataset(task, code, "train", (turn, len(codes))) for turn, code in enumerate(codes))

    def recipe(self, task: Task, arm: Arm) -> Recipe:
        """The task's own recipe, changed by the study for all tasks, for this task, and by the arm, in that order.

        A change that names a published recipe begins with what that one changes.
        """
        recipe = task.recipe
        for change in (self.study.recipe, self.study.recipe_for(task), arm.recipe):
            if change.like is not None:
                recipe = recipe.override(recipes.published(change.like, catalog.name_of(type(task.recipe_of))))
            recipe = recipe.override(change)
        return recipe

    def dataset(self, task: Task, language: str, split: Split, part: tuple[int, int] | None = None) -> Dataset:
        key = (label(task), language, split, part)
        if key not in self.records:
            limit = getattr(self.study.limit, split)
            self.records[key] = self.add(
                Dataset(task=task.only(language, split), language=language, split=split, limit=limit, part=part)
            )
        return self.records[key]  # type: ignore[return-value]

    def pool(self, target: Task) -> Dataset | None:
        """The pool of a target that has one of its own: always whole, since a limit would leave out right answers."""
        if not target.pool_size:
            return None
        key = (label(target.unprobed), POOL)
        if key not in self.records:
            self.records[key] = self.add(Dataset(task=target.unprobed, language=POOL, split="test"))
        return self.records[key]  # type: ignore[return-value]

    def conditions(self, target: Task, language: str) -> Iterator[tuple[str, int, int, Dataset | Perturb | None, str]]:
        """Clean text, then every condition at every severity and draw; without data where it does not apply."""
        data = self.dataset(target, language, "test")
        yield "clean", 0, 0, data, ""
        for condition in self.study.conditions:
            for perturbation in self.variants(condition.perturbation, target, language):
                name = label(perturbation)
                for severity in condition.levels:
                    reason = not_applicable(perturbation, target, language, severity)
                    for draw in condition.draws:
                        found = None if reason else self.perturb(target, data, perturbation, severity, draw)
                        yield name, severity, draw, found, reason

    def variants(self, perturbation: Perturbation, target: Task, language: str) -> list[Perturbation]:
        """The perturbation itself, or for pairs of languages one for each other language that the study means."""
        if not isinstance(perturbation, XlingPair):
            return [perturbation]
        asked = perturbation.language
        codes = self.study.codes(target) if asked == ALL else of_task(target, (asked,))
        return [XlingPair(language=code) for code in codes if code != language]

    def perturb(self, target: Task, data: Dataset, perturbation: Perturbation, severity: int, draw: int) -> Perturb:
        key = (data.id, label(perturbation), severity, draw)
        if key not in self.records:
            paired = isinstance(perturbation, XlingPair)
            other = self.dataset(target, perturbation.variant, "test") if paired else None
            wanted = perturbation.wanted(target, data.language, data.split)
            pools = tuple(self.dataset(target, language, split) for language, split in wanted)
            made = Perturb(data=data, perturbation=perturbation, severity=severity, draw=draw, other=other, pools=pools)
            self.records[key] = self.add(made)
        return self.records[key]  # type: ignore[return-value]

    def add(self, stage: S) -> S:
        """The stage itself, or the equal one that is there already."""
        return self.stages.setdefault(stage.id, stage)  # type: ignore[return-value]


def refuse_untrainable(study: Study) -> None:
    """Say everything that a study wants trained and that cannot be."""
    found = [
        f"arm {arm.name}: {label(task)} has no training set, so it cannot stand in a sequence"
        for arm in study.arms
        for task in {label(task): task for sequence in arm.sequences for task in sequence}.values()
        if "train" not in task.sizes
    ]
    found += [
        f"target {label(target)}: has no test set with labels, so it can only be trained on: name it in a sequence"
        for target in study.targets
        if "test" not in target.sizes
    ]
    for target in (target for target in study.targets if not target.has_training):
        if target.format not in (RETRIEVE, MINE):
            found.append(
                f"target {label(target)}: has no training set, which only retrieval and mining can do without; its "
                f"format is {target.format.name}, so give it a training set or name the task that it trains_on"
            )
        if target.format is MINE and "dev" not in target.sizes:
            found.append(
                f"target {label(target)}: pairs are mined from the score on that a dev set shows to be best, and it "
                "has none; give it one"
            )
        found += too_deep(target, study.base.depth)
        if label(target) in study.recipes:
            found.append(f"recipes.{label(target)}: the task is not trained and keeps its own recipe; remove this one")
    if found:
        raise ValueError("\n".join(f"{study.name}: {each}" for each in found))


def repeated_data(study: Study) -> Iterator[str]:
    """Warnings of what a sequence teaches although a target learns it anyway: such a gain is no transfer."""
    pairs = {
        (label(task), label(target)): (task, target)
        for arm in study.arms
        for sequence in arm.sequences
        for task in sequence
        for target in study.targets
    }
    for (before, after), (task, target) in pairs.items():
        name = catalog.name_of(type(task))
        if name in target.teachers or {catalog.name_of(type(target)), *target.teachers} & {*task.shares}:
            yield f"warning: {before} before {after}: both learn from the same data, so a gain is no transfer"


def too_deep(target: Task, depth: int | None) -> Iterator[str]:
    """A layer that the encoder does not have, if its depth is known by now; else the evaluation will say so."""
    try:
        if depth is not None:
            target.probe.layer_of(depth)
    except ValueError as error:
        yield f"target {label(target)}: {error}"


def not_applicable(perturbation: Perturbation, target: Task, language: str, severity: int) -> str:
    """Why a perturbation says nothing about a target in a language; empty where it applies."""
    script = target.languages[language].script
    name = catalog.name_of(type(perturbation))
    if applicability.validity(name, target.role, script, severity) is None:
        return f"{label(perturbation)} does not apply to {label(target)} in {language} ({script})"
    if reason := target.unperturbed or perturbation.unsuited(target, language):
        return f"{label(perturbation)} does not apply to {label(target)}: {reason}"
    return ""


def trainings(stages: Mapping[str, Stage]) -> Iterator[Train]:
    """The training stages of a plan, parents first."""
    return (stage for stage in stages.values() if isinstance(stage, Train))


def work_units(stage: Stage) -> int:
    """How many examples pass through a stage, as far as it can be told before it runs."""
    match stage:
        case Dataset():
            return rows(stage)
        case Perturb() | Evaluate():
            return rows(clean(stage.data))
        case Train():
            num_rows = sum(rows(clean(data)) for data in stage.data)
            return stage.recipe.updates(num_rows) * stage.recipe.batch
    return 0


def rows(data: Dataset) -> int:
    size = data.task.pool_size if data.language == POOL else data.task.num_rows(data.language, data.split)
    if data.limit is not None:
        size = min(size, data.limit)
    return size if data.part is None else len(range(data.part[0], size, data.part[1]))
