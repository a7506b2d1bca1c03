"""The language adapters of one arm and seed, added to a plan as they are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from crosswind.language_adapters import LanguageAdapters
from crosswind.objectives.erm import Erm
from crosswind.recipe import Recipe
from crosswind.stages import Base, Dataset, Train
from crosswind.study import Study
from crosswind.tasks.base import Split, Task


class Expansion(Protocol):
    """What is needed of a plan in the making."""

    study: Study
    base: Base

    def dataset(self, task: Task, language: str, split: Split) -> Dataset: ...

    def changed(self, task: Task, *changes: Recipe) -> Recipe: ...

    def add(self, stage: Train) -> Train: ...


def adapters_of(model: Train | Base) -> Iterator[Train]:
    """The language adapters above which a model was trained, and those before it."""
    while isinstance(model, Train):
        yield from model.language_adapters
        model = model.start


@dataclass(frozen=True, slots=True)
class Tongues:
    """Adapters as `wanted`, for models of one seed."""

    wanted: LanguageAdapters
    seed: int
    plan: Expansion

    @property
    def text(self) -> Task:
        """The raw text, as it is in the study's laboratory."""
        return self.plan.study.place(self.wanted.text)

    def learned_above(self, source: str, target: str) -> tuple[Train, ...]:
        """What a task adapter learns above."""
        return tuple(self.adapter(code, source) for code in self.wanted.learned_above(source, target))

    def spoken(self, code: str, source: str) -> tuple[str, Train | None]:
        """Which language is spoken where a text is read, and its adapter; "none" where nothing is."""
        found = self.wanted.spoken(code, source)
        return (found, self.adapter(found, source)) if found else ("none", None)

    def adapter(self, code: str, source: str) -> Train:
        """The adapter of a language that has text; of two languages at once where it also reads the source's."""
        text = self.text
        both = (code, source) if self.wanted.reads == "own-and-source" else (code,)
        read = [each for each in dict.fromkeys(both) if text.has(each, "train")]
        recipe = self.plan.changed(text, self.wanted.recipe)
        chooses = recipe.selection == "dev"
        stage = Train(
            start=self.plan.base,
            data=tuple(self.plan.dataset(text, each, "train") for each in read),
            dev=tuple(self.plan.dataset(text, each, "dev") for each in read if chooses and text.has(each, "dev")),
            method=self.wanted.method,
            objective=Erm(),
            recipe=recipe,
            seed=self.seed if self.wanted.seed == "each" else self.wanted.seed,
        )
        return self.plan.add(stage)
