"""The chains of trainings that an arm asks for: which data, which recipe, which start. Nothing is in a plan yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from crosswind import catalog, recipes
from crosswind.arms import Arm, Link, Regime, tasks_of
from crosswind.augments import Augment, narrowed
from crosswind.controls.base import Chain
from crosswind.distances import Distances
from crosswind.methods.base import Method
from crosswind.methods.madx import Madx
from crosswind.objectives.erm import Erm
from crosswind.recipe import Recipe, joint
from crosswind.sets import Sets
from crosswind.stages import Base, Dataset, Perturb, Train, label, together
from crosswind.study import Study
from crosswind.tasks.base import Split, Task
from crosswind.text.words import segmenter
from crosswind.tongues import Tongues
from crosswind.workload import rows_taught, smaller

SOURCE = Regime()


class Turn(NamedTuple):
    """For what a model is trained: an arm and a seed, and the language that it is to read, where that matters."""

    arm: Arm
    seed: int
    reads: str = ""


@dataclass(frozen=True, slots=True)
class Chains:
    """Makes the chains of a study's arms."""

    study: Study
    base: Base
    sets: Sets

    def turns(self, arm: Arm, target: Task, seed: int) -> list[tuple[Turn, tuple[str, ...]]]:
        """The models that an arm needs for a target, and the languages that each is asked in."""
        codes = self.study.codes(target)
        if arm.language_adapters is None or not arm.language_adapters.is_for_each:
            return [(Turn(arm, seed), codes)]
        return [(Turn(arm, seed, code), (code,)) for code in codes]

    def chain(self, turn: Turn, sequence: tuple[Link, ...], target: Task, sizes: tuple[int, ...] = ()) -> Chain:
        """The trainings of one arm, sequence, target and seed.

        A target without training is asked of the last intermediate stage, or of the base if there is none. One that
        learns from other tasks' data does so by its own recipe: theirs are for their place in a sequence.
        """
        arm, target = turn.arm, self.study.place(target)
        before = self.before(turn, sequence)
        if arm.equal_size and sizes:
            before = [smaller(each, min(sizes)) for each in before]
            sizes = (min(sizes),)
        last: list[Train] = []
        for task in map(self.study.place, self.sets.learned(target)):
            change = arm.change(is_target=True)
            stage = self.train((task,), turn, self.recipe(target, arm), arm.method, augment=change)
            if arm.mask:
                stage = stage.model_copy(update={"mask": arm.mask, "segmenter": segmenter(self.study.segmenter).id})
            last.append(stage.model_copy(update={"head": "carried"}) if last else stage)
        return Chain(self.base, (), (), target, sizes, arm.carry, arm.carry_between).of(before, last)

    def before(self, turn: Turn, sequence: tuple[Link, ...]) -> list[Train]:
        """The intermediate trainings of a sequence, each as if it were alone."""
        arm, found = turn.arm, []
        for link in sequence:
            tasks = tuple(map(self.study.place, tasks_of(link)))
            recipe = self.recipe_of(tasks, arm, arm.intermediate_recipe)
            change = arm.change(is_target=False)
            found.append(self.train(tasks, turn, recipe, arm.first_method, arm.regime, change))
        return found

    def sizes(self, arm: Arm) -> tuple[int, ...]:
        """The rows of every intermediate training set of an arm."""
        return tuple(map(rows_taught, self.intermediate(arm)))

    def intermediate(self, arm: Arm) -> list[Train]:
        """One training on every intermediate task of an arm."""
        turn = Turn(arm, self.study.seeds[0])
        stages = [stage for sequence in arm.every_sequence for stage in self.before(turn, sequence)]
        return list({together(tuple(stage.tasks.values())): stage for stage in stages}.values())

    def unequal(self, arm: Arm) -> Iterator[str]:
        """What is to be said where training sets should be equal and cannot be."""
        stages = self.intermediate(arm) if arm.equal_size else []
        smallest = min(map(rows_taught, stages), default=0)
        left = {together(tuple(stage.tasks.values())): rows_taught(smaller(stage, smallest)) for stage in stages}
        if {*left.values()} - {smallest}:
            told = ", ".join(f"{name} {count:,}" for name, count in left.items())
            yield (
                f"equal_size cannot make its training sets equal in these languages ({told} rows); "
                "name languages that all of them have, or another regime"
            )

    def train(
        self,
        tasks: tuple[Task, ...],
        turn: Turn,
        recipe: Recipe,
        method: Method,
        regime: Regime = SOURCE,
        augment: Augment | None = None,
    ) -> Train:
        """One training of an arm from the pre-trained encoder, of one task or of several that take turns; a chain lets
        it start from others. An objective that compares is plain where there is nothing to compare with."""
        dev = tuple(self.dataset(task, task.source, "dev") for task in tasks if task.has(task.source, "dev"))
        data = tuple(data for task in tasks for data in self.training_data(task, regime))
        changed = tuple(each for task in tasks for each in self.altered(task, regime, augment)) if augment else ()
        mode, objective = augment.mode if augment else "", turn.arm.objective
        stage = Train(
            start=self.base,
            data=changed if mode == "offline" else data,
            dev=dev if recipe.selection == "dev" else (),
            method=method,
            objective=objective if mode == "view" or not objective.compares else Erm(),
            recipe=recipe,
            seed=turn.seed,
            sampler=turn.arm.sampler.only([label(task) for task in tasks]) if len(tasks) > 1 else None,
            distances=self.distances(tasks[0]) if turn.arm.objective.needs_translations else None,
            redrawn=changed if mode == "online" else (),
            views=changed if mode == "view" else (),
        )
        if isinstance(method, Madx) and (tongues := self.tongues(turn)):
            above = tongues.learned_above(tasks[0].source, turn.reads)
            stage = stage.model_copy(update={"language_adapters": above})
        return stage

    def distances(self, task: Task) -> Distances:
        """Which translations say how long a radius is where a task is learned."""
        found = self.study.distances
        assert found, "refusals.py has seen to it"
        return found.from_(task.source)

    def altered(self, task: Task, regime: Regime, augment: Augment) -> Iterator[Perturb]:
        """Training sets with their text changed: copies that are kept, or what stands for changes drawn ever anew."""
        for data in self.training_data(task, regime):
            change = narrowed(augment.perturbation, task, data.language)
            for copy in range(1, augment.copies + 1):
                yield self.sets.perturbed(task, data, change, augment.level, copy)

    def tongues(self, turn: Turn) -> Tongues | None:
        """The language adapters of an arm, if it makes some."""
        wanted = turn.arm.language_adapters
        return Tongues(wanted, turn.seed, self) if wanted else None

    def spoken(self, turn: Turn, model: Train | Base, language: str) -> tuple[str, Train | None]:
        """What a model speaks where it reads a language, and the adapter; nothing to tell where it knows of none."""
        if isinstance(model, Train) and isinstance(model.method, Madx) and (tongues := self.tongues(turn)):
            return tongues.spoken(language, next(iter(model.tasks.values())).source)
        return "", None

    def dataset(self, task: Task, language: str, split: Split) -> Dataset:
        return self.sets.dataset(task, language, split)

    def training_data(self, task: Task, regime: Regime) -> tuple[Dataset, ...]:
        """The training sets of a task in the languages that the regime asks for, `mixed` ones dealt out in turn."""
        dataset, codes = self.sets.dataset, regime.of(task)
        if regime.kind != "mixed":
            return tuple(dataset(task, code, "train") for code in codes)
        return tuple(dataset(task, code, "train", (turn, len(codes))) for turn, code in enumerate(codes))

    def recipe_of(self, tasks: tuple[Task, ...], arm: Arm, *further: Recipe) -> Recipe:
        """The recipe of a stage: its task's, or what its tasks have in common, changed by what the study says of them
        together and by the arm."""
        if len(tasks) == 1:
            return self.recipe(tasks[0], arm, *further)
        name = together(tasks)
        told = (self.study.recipes.get(name, Recipe()), arm.recipe, *further)
        said = Recipe(**{field: getattr(each, field) for each in told for field in each.model_fields_set})
        try:
            return joint({label(task): self.recipe(task, arm, *further) for task in tasks}, name, said)
        except ValueError as error:
            place = ("arm", self.study.arms.index(arm), "sequences")
            raise self.study.refusal([(place, str(error))]) from error

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
