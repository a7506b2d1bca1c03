"""A study as its author declares it: a strict TOML file, or the same fields in Python.

Only `seeds`, `sequences`, `targets`, `languages`, `severities` and `draws` multiply. There are no templates, no
includes and no overrides from the command line: the file is the study.
"""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, NoReturn

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from crosswind import catalog, languages, pocket
from crosswind.complaints import Complaint
from crosswind.described import Described
from crosswind.encoders import Encoder, Part
from crosswind.holdings import Holdings
from crosswind.laboratories import Laboratory
from crosswind.methods.base import Method
from crosswind.objectives.base import Objective
from crosswind.perturbations.base import Perturbation
from crosswind.recipe import Recipe
from crosswind.sources.published import Library
from crosswind.stages import label
from crosswind.tasks.base import Task
from crosswind.tasks.shuffled import Shuffled

ALL = "all"


class StudyError(ValueError):
    """A study that cannot be run as it stands. Prints all its mistakes, one a line."""

    def __init__(self, found: list[Complaint]):
        super().__init__("\n".join(map(str, found)))
        self.complaints = found


def chosen(family: str) -> Callable[[Any, ValidationInfo], Any]:
    """A validator that turns a name, or a table with a `kind`, into the catalogued record it stands for."""

    def choose(value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str | dict):
            return value
        own = (info.context or {}).get("own", {}) if family == "tasks" else {}
        if isinstance(value, str) and value in own:
            return own[value] or refuse(f"{value!r} is described wrongly, see its [[task]] table")
        settings = {"kind": value} if isinstance(value, str) else dict(value)
        kind = settings.pop("kind", None)
        if not isinstance(kind, str):
            allowed = ", ".join(sorted(catalog.FAMILIES[family]))
            raise PydanticCustomError(
                "kind", "needs a kind, one of the {family}: {allowed}", {"family": family, "allowed": allowed}
            )
        try:
            found: Any = catalog.load(family, kind)
            return found.model_validate_json(json.dumps(settings), strict=True, context=info.context)
        except catalog.UnknownName as error:
            hint = catalog.suggestion(kind, {*own, *catalog.FAMILIES[family]})
            refuse(f"{kind!r} is not one of the {family}{hint}" if own else str(error))
        except ValidationError as error:
            raise PydanticCustomError("inner", "wrong settings", {"inner": error.errors(), "model": found}) from error

    return choose


def refuse(reason: str) -> NoReturn:
    raise PydanticCustomError("kind", "{reason}", {"reason": reason})


def as_table(value: Any) -> Any:
    """A name alone stands for the table that has it as its kind."""
    return {"kind": value} if isinstance(value, str) else value


def as_names(value: Any) -> Any:
    """One name stands for the list that has it alone."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


LanguageNames = Annotated[tuple[str, ...], BeforeValidator(as_names), Field(min_length=1)]
TaskChoice = Annotated[Task, BeforeValidator(chosen("tasks"))]
MethodChoice = Annotated[Method, BeforeValidator(chosen("methods"))]
ObjectiveChoice = Annotated[Objective, BeforeValidator(chosen("objectives"))]
PerturbationChoice = Annotated[Perturbation, BeforeValidator(chosen("perturbations"))]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$", max_length=60)]


class Limit(Part):
    """At most so many rows of each split, from the start; the whole split where nothing is said."""

    train: int | None = Field(None, ge=1)
    dev: int | None = Field(None, ge=1)
    test: int | None = Field(None, ge=1)


class Regime(Part):
    """The languages of intermediate training sets: the source alone, or more of them.

    `mixed` has as many examples as the source has, each in one of the languages; `multiplied` has each in every one.
    """

    kind: Literal["source", "mixed", "multiplied"] = "source"
    languages: LanguageNames = (ALL,)


class Arm(Part):
    """One way of training, for every sequence of intermediate tasks."""

    name: Name
    sequences: tuple[tuple[TaskChoice, ...], ...] = ((),)
    regime: Annotated[Regime, BeforeValidator(as_table)] = Regime()
    method: MethodChoice = Field(default={"kind": "full"}, validate_default=True)
    objective: ObjectiveChoice = Field(default={"kind": "erm"}, validate_default=True)
    recipe: Recipe = Recipe()

    @field_validator("sequences")
    @classmethod
    def are_different(cls, sequences: tuple[tuple[Task, ...], ...]) -> tuple[tuple[Task, ...], ...]:
        names = [" > ".join(map(label, sequence)) or "[]" for sequence in sequences]
        refuse_repeats(names, "sequence")
        return sequences


class Condition(Part):
    """One perturbation at one or more severities; clean text is always evaluated as well."""

    perturbation: PerturbationChoice
    severities: tuple[int, ...] | None = Field(None, min_length=1)
    draws: tuple[Annotated[int, Field(ge=1)], ...] = Field((1,), min_length=1)

    @model_validator(mode="after")
    def exist(self) -> "Condition":
        allowed = self.perturbation.levels.severities
        for severity in self.severities or ():
            if severity not in allowed:
                raise PydanticCustomError(
                    "severity",
                    "severity {found} does not exist for {name} (allowed: {allowed})",
                    {"found": severity, "name": label(self.perturbation), "allowed": ", ".join(map(str, allowed))},
                )
        return self

    @property
    def levels(self) -> tuple[int, ...]:
        return self.severities or self.perturbation.levels.core


class Study(Part):
    """Everything that a study declares."""

    name: Name
    question: str = ""
    seeds: tuple[Annotated[int, Field(ge=0)], ...] = Field(min_length=1)
    base: Encoder
    described: tuple[Described, ...] = Field((), alias="task")
    targets: tuple[TaskChoice, ...] = Field(min_length=1)
    languages: LanguageNames = (ALL,)
    limit: Limit = Limit()
    recipe: Recipe = Recipe()
    recipes: Mapping[str, Recipe] = Field(default_factory=dict)
    arms: tuple[Arm, ...] = Field(alias="arm", min_length=1)
    conditions: tuple[Condition, ...] = Field((), alias="condition")
    pocket: Laboratory = Laboratory()
    data: Holdings = Holdings()

    @field_validator("seeds")
    @classmethod
    def seeds_differ(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        refuse_repeats(list(map(str, seeds)), "seed")
        return seeds

    @field_validator("targets")
    @classmethod
    def targets_differ(cls, targets: tuple[Task, ...]) -> tuple[Task, ...]:
        refuse_repeats([label(task) for task in targets], "target")
        return targets

    @field_validator("arms")
    @classmethod
    def arms_differ(cls, arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
        refuse_repeats([arm.name for arm in arms], "arm")
        return arms

    @field_validator("conditions")
    @classmethod
    def conditions_differ(cls, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        refuse_repeats([label(condition.perturbation) for condition in conditions], "condition")
        return conditions

    @property
    def tasks(self) -> dict[str, Task]:
        """Every task of the study by name."""
        trained = [task for arm in self.arms for sequence in arm.sequences for task in sequence]
        return {label(task): task for task in (*self.targets, *trained)}

    @property
    def library(self) -> Library:
        """Where the data of this study lie."""
        return self.data.library({digest: path for own in self.described for digest, path in own.contents.items()})

    def task_called(self, name: str) -> Task:
        """A task that this study describes, or one of the catalogue."""
        own = next((each for each in self.described if each.name == name), None)
        found: Task = own.task() if own else catalog.load("tasks", name)()
        return found

    def place(self, task: Task) -> Task:
        """A task as it is in this study's laboratory, read as this study reads."""
        if isinstance(task, Shuffled):
            return task.model_copy(update={"task": self.place(task.task)})
        return self.data.place(self.pocket.place(task))

    @property
    def every_task(self) -> list[Task]:
        """Every task that the study reads, those that targets learn from among them."""
        mine = list(self.tasks.values())
        taught = [self.task_called(name) for task in mine for name in task.teachers]
        return [*(task.recipe_of for task in mine), *taught]

    def codes(self, task: Task) -> tuple[str, ...]:
        """The languages in which a target is evaluated, in the task's own order."""
        own = tuple(task.languages) if ALL in self.languages else of_task(task, self.languages)
        return tuple(dict.fromkeys((*own, *(code for code in self.pocket.codes if code in task.languages))))

    def recipe_for(self, task: Task) -> Recipe:
        """What the study changes in a task's own recipe; a control follows the task that it is a control for."""
        names = (label(task), label(task.recipe_of), catalog.name_of(type(task.recipe_of)))
        return next((self.recipes[name] for name in names if name in self.recipes), Recipe())


def of_task(task: Task, names: tuple[str, ...]) -> tuple[str, ...]:
    """The languages of a task that are named alone or in a group, in its own order, described ones last."""
    wanted = {code: None for name in names for code in languages.GROUPS.get(name, (name,))}
    listed = tuple(code for code in task.languages if code in wanted)
    return (*listed, *(pocket.canonical(code) for code in wanted if code not in listed and code in task.languages))


def refuse_repeats(names: list[str], what: str) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise PydanticCustomError(
            "repeated", "{what} {names} stands here twice", {"what": what, "names": ", ".join(repeated)}
        )
