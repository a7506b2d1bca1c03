"""What a study changes in Pocket, its `[pocket]` table: further languages, other events, a smaller world."""

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from crosswind import pocket
from crosswind.encoders import Part
from crosswind.tasks.base import Task
from crosswind.tasks.pocket import PocketTask


class Family(Part):
    """Languages of Pocket that are like one of its own but for one dial."""

    like: str
    dial: str
    values: tuple[str | float | bool, ...] = Field(min_length=1)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(f"{self.like}{pocket.TURN}{self.dial}={str(value).lower()}" for value in self.values)


class Laboratory(Part):
    """The table: further languages by code or family, the seed of the events, the size of the world."""

    languages: tuple[str, ...] = ()
    families: tuple[Family, ...] = Field((), alias="family")
    seed: int = Field(pocket.SEED, ge=0)
    size: float = Field(1.0, gt=0.0, le=1.0)

    @model_validator(mode="after")
    def describe_languages(self) -> "Laboratory":
        for code in self.described:
            try:
                pocket.find(code)
            except ValueError as error:
                raise PydanticCustomError("language", "{reason}", {"reason": str(error)}) from error
        return self

    @property
    def described(self) -> tuple[str, ...]:
        return (*self.languages, *(code for family in self.families for code in family.codes))

    @property
    def codes(self) -> tuple[str, ...]:
        """The further languages, each once and in its one spelling."""
        return tuple(dict.fromkeys(map(pocket.canonical, self.described)))

    def place(self, task: Task) -> Task:
        """A task as it is in this laboratory; a task from elsewhere is as it was."""
        if not isinstance(task, PocketTask):
            return task
        changes = {name: getattr(self, name) for name in ("seed", "size") if name in self.model_fields_set}
        return task.model_copy(
            update={name: value for name, value in changes.items() if name not in task.model_fields_set}
        )
