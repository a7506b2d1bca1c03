"""What tasks have in common that are another task seen differently: all that they do not say themselves is its own."""

from collections.abc import Iterator
from typing import Any

from pydantic import SerializeAsAny, ValidationInfo, field_validator

from crosswind import catalog
from crosswind.formats import Example
from crosswind.formats.probe import Probe
from crosswind.sources.published import Library
from crosswind.sources.rows import Row
from crosswind.tasks.base import Split, Task

COPIED = tuple(name for name in Task.__annotations__ if name != "trains_on")


class Wrapped(Task):
    """Another task, given as in a study: by its name, or as a table with a `kind`."""

    task: SerializeAsAny[Task]

    @field_validator("task", mode="before")
    @classmethod
    def by_name(cls, value: Any, info: ValidationInfo) -> Any:
        """The task that a name or a table stands for, a study's own before those of the catalogue."""
        if isinstance(value, Task):
            return value
        if isinstance(value, str) and (own := (info.context or {}).get("own", {}).get(value)):
            return own
        settings = {"kind": value} if isinstance(value, str) else dict(value)
        return catalog.load("tasks", settings.pop("kind"))(**settings)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.task, name) if name in COPIED else super().__getattr__(name)  # type: ignore[misc]

    @property
    def recipe_of(self) -> Task:
        return self.task.recipe_of

    @property
    def probe(self) -> Probe:
        return self.task.probe

    @property
    def skips_broken(self) -> bool:
        return self.task.skips_broken

    def has(self, language: str, split: Split) -> bool:
        return self.task.has(language, split)

    def num_rows(self, language: str, split: Split) -> int:
        return self.task.num_rows(language, split)

    def only(self, language: str, split: Split) -> Task:
        return self.model_copy(update={"task": self.task.only(language, split)})

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        return self.task.rows(language, split, library)

    def parse(self, row: Row) -> Example:
        return self.task.parse(row)
