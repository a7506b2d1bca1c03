"""A whole gauntlet in one table of a study: the conditions of a suite, at the same severities and draws."""

from functools import cached_property

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from crosswind.catalog import suggestion
from crosswind.conditions import Condition, Draw
from crosswind.encoders import Part
from crosswind.perturbations import suites
from crosswind.perturbations.sampling import SUITE


class Gauntlet(Part):
    """The conditions of a suite. What does not apply to a target or a language is no mistake here, only a cell less.

    Without `severities` every perturbation has its core levels; of those given each takes what it has. `leave_out`
    names perturbations that are not wanted.
    """

    suite: str = SUITE
    severities: tuple[int, ...] | None = Field(None, min_length=1)
    draws: tuple[Draw, ...] = Field((1,), min_length=1)
    leave_out: tuple[str, ...] = ()

    @field_validator("suite")
    @classmethod
    def exists(cls, name: str) -> str:
        try:
            return suites.suite(name).name
        except ValueError as error:
            raise PydanticCustomError("suite", "{told}", {"told": str(error)}) from error

    @model_validator(mode="after")
    def leaves_something(self) -> "Gauntlet":
        there = {str(table["kind"]) for table in suites.suite(self.suite).perturbations}
        for name in self.leave_out:
            if name not in there:
                told = f"leave_out: {name!r} is not in {self.suite}{suggestion(name, there)}"
                raise PydanticCustomError("suite", "{told}", {"told": told})
        if there <= set(self.leave_out) or not self.conditions:
            raise PydanticCustomError("suite", "nothing is left of {suite}; leave out less", {"suite": self.suite})
        return self

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions, in the order of the suite."""
        made = []
        for table in suites.suite(self.suite).perturbations:
            if table["kind"] not in self.leave_out:
                plain = Condition.model_validate({"perturbation": dict(table), "draws": self.draws})
                levels = plain.levels if self.severities is None else self.severities
                own = tuple(level for level in levels if level in plain.perturbation.levels.severities)
                made += [plain.model_copy(update={"severities": own})] if own else []
        return tuple(made)
