"""The chains of trainings that an arm asks for: which data, which recipe, which start. Nothing is in a plan yet."""

from collections.abc import Iterator
from dataclasses import dataclass

from crosswind import catalog, recipes
from crosswind.controls.base import Chain
from crosswind.methods.base import Method
from crosswind.recipe import Recipe
from crosswind.sets import Sets
from crosswind.stages import Base, Dataset, Train, label
from crosswind.study import Arm, Regime, Study, of_regime
from crosswind.tasks.base import Task
from crosswind.workload import rows_taught, smaller

SOURCE = Regime()


@dataclass(frozen=True, slots=True)
class Chains:
    """Makes the chains of a study's arms."""

    study: Study
    base: Base
    sets: Sets

    def chain(
        self, arm: Arm, sequence: tuple[Task, ...], target: Task, seed: int, sizes: tuple[int, ...] = ()
    ) -> Chain:
        """The trainings of one arm, sequence, target and seed.

        A target without training is asked of the last intermediate stage, or of the base if there is none. One that
        learns from other tasks' data does so by its own recipe: theirs are for their place in a sequence.
        """
        target = self.study.place(target)
        before = self.before(arm, sequence, seed)
        if arm.equal_size and sizes:
            before = [smaller(each, min(sizes)) for each in before]
            sizes = (min(sizes),)
        last: list[Train] = []
        for task in map(self.study.place, self.sets.learned(target)):
            stage = self.train(task, arm, seed, self.recipe(target, arm), arm.method)
            last.append(stage.model_copy(update={"head": "carried"}) if last else stage)
        return Chain(self.base, (), (), target, sizes, arm.carry, arm.carry_between).of(before, last)

    def before(self, arm: Arm, sequence: tuple[Task, ...], seed: int) -> list[Train]:
        """The intermediate trainings of a sequence, each as if it were alone."""
        return [
            self.train(task, arm, seed, self.recipe(task, arm, arm.intermediate_recipe), arm.first_method, arm.regime)
            for task in map(self.study.place, sequence)
        ]

    def sizes(self, arm: Arm) -> tuple[int, ...]:
        """The rows of every intermediate training set of an arm."""
        return tuple(map(rows_taught, self.intermediate(arm)))

    def intermediate(self, arm: Arm) -> list[Train]:
        """One training on every intermediate task of an arm."""
        seed = self.study.seeds[0]
        stages = [stage for sequence in arm.every_sequence for stage in self.before(arm, sequence, seed)]
        return list({label(stage.task): stage for stage in stages}.values())

    def unequal(self, arm: Arm) -> Iterator[str]:
        """What is to be said where training sets should be equal and cannot be."""
        stages = self.intermediate(arm) if arm.equal_size else []
        smallest = min(map(rows_taught, stages), default=0)
        left = {label(stage.task): rows_taught(smaller(stage, smallest)) for stage in stages}
        if {*left.values()} - {smallest}:
            told = ", ".join(f"{name} {count:,}" for name, count in left.items())
            yield (
                f"arm {arm.name}: equal_size cannot make its training sets equal in these languages ({told} rows); "
                "name languages that all of them have, or another regime"
            )

    def train(self, task: Task, arm: Arm, seed: int, recipe: Recipe, method: Method, regime: Regime = SOURCE) -> Train:
        """One training of an arm from the pre-trained encoder; a chain lets it start from others."""
        dev = (self.sets.dataset(task, task.source, "dev"),) if recipe.selection == "dev" else ()
        return Train(
            start=self.base,
            data=self.training_data(task, regime),
            dev=dev,
            method=method,
            objective=arm.objective,
            recipe=recipe,
            seed=seed,
        )

    def training_data(self, task: Task, regime: Regime) -> tuple[Dataset, ...]:
        """The training sets of a task in the languages that the regime asks for, `mixed` ones dealt out in turn."""
        dataset = self.sets.dataset
        if regime.kind == "source":
            return (dataset(task, task.source, "train"),)
        codes = of_regime(task, regime)
        if regime.kind == "multiplied":
            return tuple(dataset(task, code, "train") for code in codes)
        return tuple(dataset(task, code, "train", (turn, len(codes))) for turn, code in enumerate(codes))

    def recipe(self, task: Task, arm: Arm, *further: Recipe) -> Recipe:
        """The task's own recipe, changed by the study for all tasks, for this task, and by the arm, in that order.

        A change that names a published recipe begins with what that one changes.
        """
        recipe = task.recipe
        for change in (self.study.recipe, self.study.recipe_for(task), arm.recipe, *further):
            if change.like is not None:
                recipe = recipe.override(recipes.published(change.like, catalog.name_of(type(task.recipe_of))))
            recipe = recipe.override(change)
        return recipe
