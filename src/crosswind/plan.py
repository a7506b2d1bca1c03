"""From a study to its stages: expand what multiplies, merge what is equal, put parents before children."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from crosswind import catalog, recipes
from crosswind.choices import ALL, of_task
from crosswind.conditions import CLEAN, Case, cases
from crosswind.distances import Distances
from crosswind.formats import MINE
from crosswind.identity import Stage
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.recorded import Recorded
from crosswind.perturbations.xling_pair import XlingPair
from crosswind.polls import fitted
from crosswind.recipe import Recipe
from crosswind.refusals import refuse_untrainable
from crosswind.stages import Align, Base, Dataset, Evaluate, Perturb, Train, Vote, clean, kind, label
from crosswind.study import Arm, Regime, Study
from crosswind.tasks.base import POOL, Split, Task
from crosswind.text.words import BUILTIN, segmenter

S = TypeVar("S", bound=Stage)


class Cell(NamedTuple):
    """One number of the study: which arm, sequence, target, seed, language and condition it belongs to.

    `stage` is the id of its Evaluate stage, empty where the condition does not apply; `reason` says why it does not.
    Many cells may share a stage: all seeds and arms do that ask the pre-trained encoder itself.

    `validity` is the class of the condition there (applicability.py), `family` its kind of change, `track` which texts
    of a question it changes, `core` whether it belongs to headline means. Of clean text they are empty.
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
    validity: str = ""
    family: str = ""
    track: str = ""
    core: bool = False


class Ballot(NamedTuple):
    """A cell of which the vote is asked that is named; its `stage` is the id of a Vote."""

    vote: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Plan:
    """The stages of a study in an order in which parents come first, and what each evaluation stands for."""

    study: Study
    stages: Mapping[str, Stage]
    cells: tuple[Cell, ...]
    one_by_one: int
    folders: Mapping[str, str]
    ballots: tuple[Ballot, ...] = ()

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
    return Plan(study, planner.stages, tuple(planner.cells), planner.one_by_one, folders, tuple(planner.ballots))


@dataclass
class Planner:
    """The state of one expansion: stages so far, in order, and records that are used again."""

    study: Study
    base: Base
    stages: dict[str, Stage] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    ballots: list[Ballot] = field(default_factory=list)
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
            model = self.train(model, task, arm, seed, Regime(), recipe, carries=task is not last[0], mask=arm.mask)
        self.one_by_one += len(sequence) + len(last)
        name = " > ".join(label(task) for task in sequence)
        pool = self.pool(target)
        for language in self.study.codes(target):
            dev = self.dataset(target, language, "dev") if target.format is MINE else None
            for case, data in self.conditions(target, language):
                stage = self.add(Evaluate(model=model, data=data, pool=pool, dev=dev)).id if data else ""
                found = cell(arm.name, name, label(target), seed, language, stage, case)
                self.cells.append(found)
                if data is not None and isinstance(model, Train):
                    self.ballots.extend(self.votes(found, model, target, data, case))

    def votes(
        self, cell: Cell, model: Train, target: Task, data: Dataset | Perturb, case: Case | None
    ) -> Iterator[Ballot]:
        """The votes that the study wants held on what a cell is of."""
        for poll in self.study.polls:
            if poll.asks(cell.arm, cell.target) and poll.on(case):
                voting, reason = fitted(poll.voting, target, cell.language, self.study.codes(target))
                stage = Vote(
                    model=model,
                    data=data,
                    voting=voting,
                    distances=self.distances(model.task) if voting.needs_translations else None,
                    segmenter=segmenter(self.study.segmenter).id,
                )
                own = "" if reason else self.add(stage).id
                yield Ballot(label(poll.voting), cell._replace(stage=own, reason=reason))

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
        mask: float = 0.0,
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
            distances=self.distances(task) if arm.objective.needs_translations else None,
            mask=mask,
            segmenter=segmenter(self.study.segmenter).id if mask else BUILTIN.id,
        )
        return self.add(stage)

    def distances(self, task: Task) -> Distances:
        """Which translations say how long a radius is where a task is learned."""
        found = self.study.distances
        assert found, "refusals.py has seen to it"
        return found.from_(task.source)

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

    def conditions(self, target: Task, language: str) -> Iterator[tuple[Case | None, Dataset | Perturb | None]]:
        """Clean text, which is no case, then every condition at every severity and draw; no data where none applies."""
        data = self.dataset(target, language, "test")
        yield None, data
        for condition in self.study.every_condition:
            for case in cases(condition, target, language, self.study.codes(target)):
                yield case, None if case.reason else self.perturb(target, data, case)

    def perturb(self, target: Task, data: Dataset, case: Case) -> Perturb:
        key = (data.id, case.name, case.severity, case.draw)
        if key not in self.records:
            change = case.perturbation
            if isinstance(change, Recorded):
                change = change.only(data.language)
            other = self.dataset(target, change.variant, "test") if isinstance(change, XlingPair) else None
            wanted = change.wanted(target, data.language, data.split)
            made = Perturb(
                data=data,
                perturbation=change,
                severity=case.severity,
                draw=case.draw,
                other=other,
                pools=tuple(self.dataset(target, language, split) for language, split in wanted),
                scale=case.scale,
                answer_mode=case.answer_mode,
                segmenter=segmenter(self.study.segmenter).id,
            )
            if isinstance(change, Codemix):
                made = made.model_copy(update=self.mixture(target, data, change))
            self.records[key] = self.add(made)
        return self.records[key]  # type: ignore[return-value]

    def mixture(self, target: Task, data: Dataset, perturbation: Codemix) -> dict[str, Any]:
        """What a mixed dataset draws from: its items in other languages, and which words of theirs are which of its."""
        sources = {
            guest: perturbation.usable(target, data.language, guest)
            for guest in perturbation.guests(target, data.language)
        }
        pools = {guest: self.version(target, guest) for guest, own in sources.items() if set(own) - {"dictionary"}}
        aligned = (
            Align(
                data=data,
                other=pools[guest],
                base=self.base,
                layer=perturbation.layer,
                fields=perturbation.fields,
                segmenter=segmenter(self.study.segmenter).id,
            )
            for guest, own in sources.items()
            if "aligned" in own
        )
        return {
            "perturbation": perturbation.only(target, data.language),
            "pools": tuple(pools.values()),
            "aligned": tuple(map(self.add, aligned)),
        }

    def version(self, target: Task, language: str) -> Dataset:
        """The test items of a target in another language, or what they were translated from."""
        if language in target.languages:
            return self.dataset(target, language, "test")
        return self.dataset(self.study.place(self.teacher(target.originals[language], target)), language, "test")

    def add(self, stage: S) -> S:
        """The stage itself, or the equal one that is there already."""
        return self.stages.setdefault(stage.id, stage)  # type: ignore[return-value]


def cell(arm: str, sequence: str, target: str, seed: int, language: str, stage: str, case: Case | None) -> Cell:
    """A cell of clean text, or of a case."""
    if case is None:
        return Cell(arm, sequence, target, seed, language, CLEAN, 0, 0, stage, "")
    return Cell(
        arm,
        sequence,
        target,
        seed,
        language,
        case.name,
        case.severity,
        case.draw,
        stage,
        case.reason,
        case.validity,
        case.perturbation.family,
        case.track,
        case.is_core,
    )


def trainings(stages: Mapping[str, Stage]) -> Iterator[Train]:
    """The training stages of a plan, parents first."""
    return (stage for stage in stages.values() if isinstance(stage, Train))


def work_units(stage: Stage) -> int:
    """How many examples pass through a stage, as far as it can be told before it runs."""
    match stage:
        case Dataset():
            return rows(stage)
        case Vote():
            return rows(clean(stage.data)) * stage.voting.readings
        case Align() | Perturb() | Evaluate():
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
