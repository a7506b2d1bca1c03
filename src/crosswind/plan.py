"""From a study to its stages: expand what multiplies, merge what is equal, put parents before children."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeVar

from crosswind import catalog, recipes
from crosswind.conditions import CLEAN, Case, cases
from crosswind.formats import MINE
from crosswind.identity import Stage
from crosswind.methods.base import Method
from crosswind.methods.carry import Carry
from crosswind.methods.madx import Madx
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.recorded import Recorded
from crosswind.perturbations.xling_pair import XlingPair
from crosswind.recipe import Recipe, joint
from crosswind.refusals import refuse_pointless, refuse_untrainable
from crosswind.stages import Align, Base, Dataset, Evaluate, Perturb, Train, clean, kind, label, together
from crosswind.study import Arm, Link, Regime, Study, spelled, tasks_of
from crosswind.tasks.base import POOL, Split, Task
from crosswind.text.words import segmenter
from crosswind.tongues import Tongues, adapters_of

S = TypeVar("S", bound=Stage)


SOURCE = Regime()


class Handover(NamedTuple):
    """What a training takes over from what it starts from."""

    carry: Carry = "continue"
    head: Literal["fresh", "carried"] = "fresh"


class Cell(NamedTuple):
    """One number of the study: which arm, sequence, target, seed, language and condition it belongs to.

    `stage` is the id of its Evaluate stage, empty where the condition does not apply; `reason` says why it does not.
    Many cells may share a stage: all seeds and arms do that ask the pre-trained encoder itself.

    `adapter` is the language whose adapter is spoken, "none" where none is though the arm has some: then, and where it
    is another than the cell's own, it stands in for one that could not be made.

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
    adapter: str = ""


class Turn(NamedTuple):
    """For what a model is trained: an arm and a seed, and the language that it is to read, where that matters."""

    arm: Arm
    seed: int
    reads: str = ""


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
    refuse_pointless(study.name, trainings(planner.stages))
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

    def expand(self, arm: Arm, sequence: tuple[Link, ...], target: Task, seed: int) -> None:
        """The chain of one arm, sequence, target and seed, and its evaluations.

        A target without training is asked of the last intermediate stage, or of the base if there is none. One that
        learns from other tasks' data does so by its own recipe: theirs are for their place in a sequence.
        """
        target = self.study.place(target)
        name = spelled(sequence)
        is_for_each = arm.language_adapters is not None and arm.language_adapters.is_for_each
        models: dict[str, Train | Base] = {}
        adapters: set[str] = set()
        for language in self.study.codes(target):
            turn = Turn(arm, seed, language if is_for_each else "")
            if turn.reads not in models:
                models[turn.reads] = self.model(turn, sequence, target)
            adapter = self.ask(models[turn.reads], turn, name, target, language)
            adapters |= {each.id for each in (*adapters_of(models[turn.reads]), adapter) if each}
        self.one_by_one += len(adapters)

    def ask(self, model: Train | Base, turn: Turn, sequence: str, target: Task, language: str) -> Train | None:
        """The evaluations of a model in a language, clean and under every condition; gives the adapter it speaks."""
        pool = self.pool(target)
        dev = self.dataset(target, language, "dev") if target.format is MINE else None
        spoken, adapter = self.spoken(turn, model, language)
        for case, data in self.conditions(target, language):
            asked = Evaluate(model=model, data=data, pool=pool, dev=dev, language_adapter=adapter) if data else None
            stage = self.add(asked).id if asked else ""
            made = cell(turn.arm.name, sequence, label(target), turn.seed, language, stage, case)
            self.cells.append(made._replace(adapter=spoken))
        return adapter

    def model(self, turn: Turn, sequence: tuple[Link, ...], target: Task) -> Train | Base:
        """The end of a chain, or the base where nothing is trained."""
        starts = self.intermediate(turn, sequence)
        last = [self.study.place(task) for task in self.learned(target)]
        for number, task in enumerate(last):
            handover = Handover(turn.arm.carry) if number == 0 else Handover(head="carried")
            starts = (self.train(starts, (task,), turn, handover, self.recipe(target, turn.arm)),)
        self.one_by_one += len(sequence) + len(last)
        (model,) = starts
        return model

    def intermediate(self, turn: Turn, sequence: tuple[Link, ...]) -> tuple[Train | Base, ...]:
        """What a target's training starts from: the end of a chain, or models side by side that are to be fused."""
        found: list[Train | Base] = []
        arm = turn.arm
        for link in sequence:
            tasks = tuple(map(self.study.place, tasks_of(link)))
            start = self.base if arm.carry == "fuse" or not found else found[-1]
            recipe = self.recipe_of(tasks, arm, arm.intermediate_recipe)
            handover = Handover(arm.carry_between)
            found.append(self.train((start,), tasks, turn, handover, recipe, arm.first_method, arm.regime))
        return tuple(found if arm.carry == "fuse" else found[-1:]) or (self.base,)

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
        starts: tuple[Train | Base, ...],
        tasks: tuple[Task, ...],
        turn: Turn,
        handover: Handover,
        recipe: Recipe,
        method: Method | None = None,
        regime: Regime = SOURCE,
    ) -> Train:
        """One training of an arm, by the arm's method unless another is named: of one task, or of several that take
        turns. A base leaves nothing to carry."""
        start, *beside = starts
        sets = (self.dataset(task, task.source, "dev") for task in tasks if task.has(task.source, "dev"))
        dev = tuple(sets) if recipe.selection == "dev" else ()
        stage = Train(
            start=start,
            data=tuple(data for task in tasks for data in self.training_data(task, regime)),
            dev=dev,
            method=method or turn.arm.method,
            objective=turn.arm.objective,
            recipe=recipe,
            seed=turn.seed,
            head=handover.head,
            carry=handover.carry if isinstance(start, Train) else "continue",
            beside=tuple(beside),
            sampler=turn.arm.sampler.only([label(task) for task in tasks]) if len(tasks) > 1 else None,
        )
        if isinstance(stage.method, Madx) and (tongues := self.tongues(turn)):
            above = tongues.learned_above(tasks[0].source, turn.reads)
            stage = stage.model_copy(update={"language_adapters": above})
        return self.add(stage)

    def tongues(self, turn: Turn) -> Tongues | None:
        """The language adapters of an arm, if it makes some."""
        wanted = turn.arm.language_adapters
        return Tongues(wanted, turn.seed, self) if wanted else None

    def spoken(self, turn: Turn, model: Train | Base, language: str) -> tuple[str, Train | None]:
        """What a model speaks where it reads a language, and the adapter; nothing to tell where it knows of none."""
        if isinstance(model, Train) and isinstance(model.method, Madx) and (tongues := self.tongues(turn)):
            return tongues.spoken(language, model.task.source)
        return "", None

    def training_data(self, task: Task, regime: Regime) -> tuple[Dataset, ...]:
        """The training sets of a task in the languages that the regime asks for, `mixed` ones dealt out in turn."""
        if regime.kind == "source":
            return (self.dataset(task, task.source, "train"),)
        codes = regime.of(task)
        if regime.kind == "multiplied":
            return tuple(self.dataset(task, code, "train") for code in codes)
        return tuple(self.dataset(task, code, "train", (turn, len(codes))) for turn, code in enumerate(codes))

    def recipe_of(self, tasks: tuple[Task, ...], arm: Arm, *further: Recipe) -> Recipe:
        """The recipe of a stage: its task's, or what its tasks have in common, changed by what the study says of them
        together and by the arm."""
        if len(tasks) == 1:
            return self.recipe(tasks[0], arm, *further)
        name = together(tasks)
        told = (self.study.recipes.get(name, Recipe()), arm.recipe, *further)
        said = Recipe(**{field: getattr(each, field) for each in told for field in each.model_fields_set})
        return joint({label(task): self.recipe(task, arm, *further) for task in tasks}, name, said)

    def recipe(self, task: Task, arm: Arm, *further: Recipe) -> Recipe:
        """The recipe of a task in an arm."""
        return self.changed(task, arm.recipe, *further)

    def changed(self, task: Task, *changes: Recipe) -> Recipe:
        """The task's own recipe, changed by the study for all tasks, for this task, and by others, in that order.

        A change that names a published recipe begins with what that one changes.
        """
        recipe = task.recipe
        for change in (self.study.recipe, self.study.recipe_for(task), *changes):
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
        case Align() | Perturb() | Evaluate():
            return rows(clean(stage.data))
        case Train():
            return stage.recipe.updates(counted(stage)) * stage.recipe.batch
    return 0


def counted(stage: Train) -> int:
    """How many rows make a pass over what a stage learns, as far as it can be told before it runs."""
    if stage.sampler is None:
        return sum(rows(clean(data)) for data in stage.data)
    sizes = (sum(rows(clean(data)) for data in stage.data_of(name)) for name in stage.tasks)
    return sum(map(stage.sampler.counted, sizes))


def rows(data: Dataset) -> int:
    size = data.task.pool_size if data.language == POOL else data.task.num_rows(data.language, data.split)
    if data.limit is not None:
        size = min(size, data.limit)
    return size if data.part is None else len(range(data.part[0], size, data.part[1]))
