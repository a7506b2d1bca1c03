"""Another task under labels that say nothing about its text: the control for what an intermediate task teaches."""

from collections.abc import Iterator
from random import Random
from typing import Any

from pydantic import SerializeAsAny, field_validator

from crosswind import catalog
from crosswind.formats import Example
from crosswind.randomness import stream
from crosswind.tasks.base import Row, Split, Task

COPIED = tuple(name for name in Task.__annotations__ if name != "trains_on")


class Shuffled(Task):
    """A task whose examples have exchanged their labels, in the way that its format says. All else is the task's own.

    Labels are exchanged among the rows that a limit leaves, so their frequencies are those of the rows in use.
    """

    task: SerializeAsAny[Task]
    seed: int = 1

    @field_validator("task", mode="before")
    @classmethod
    def by_name(cls, value: Any) -> Any:
        """A task may be given as in a study: by its name, or as a table with a `kind`."""
        if isinstance(value, Task):
            return value
        settings = {"kind": value} if isinstance(value, str) else dict(value)
        return catalog.load("tasks", settings.pop("kind"))(**settings)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.task, name) if name in COPIED else super().__getattr__(name)  # type: ignore[misc]

    @property
    def recipe_of(self) -> Task:
        return self.task.recipe_of

    def rows(self, language: str, split: Split) -> Iterator[Row]:
        return self.task.rows(language, split)

    def parse(self, row: Row) -> Example:
        return self.task.parse(row)

    def examples(self, language: str, split: Split, limit: int | None) -> Iterator[Example]:
        draws = Random(stream(self.seed, f"labels {split}"))
        examples: list[Example] = list(self.task.examples(language, split, limit))
        return iter(self.task.format.relabel(examples, draws))
