"""A study as its author declares it: a strict TOML file, or the same fields in Python.

Only `seeds`, `sequences`, `targets`, `languages`, `severities` and `draws` multiply. There are no templates, no
includes and no overrides from the command line: the file is the study.
"""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from crosswind import catalog, languages, pocket
from crosswind.complaints import Complaint, Place, complaints, line_of, spelled
from crosswind.encoders import Encoder, Part
from crosswind.laboratories import Laboratory
from crosswind.methods.base import Method
from crosswind.objectives.base import Objective
from crosswind.perturbations.base import Perturbation
from crosswind.recipe import Recipe
from crosswind.stages import label
from crosswind.tasks.base import Task

ALL = "all"


class StudyError(ValueError):
    """A study that cannot be run as it stands. Prints all its mistakes, one a line."""

    def __init__(self, found: list[Complaint]):
        super().__init__("\n".join(map(str, found)))
        self.complaints = found


def chosen(family: str) -> Callable[[Any], Any]:
    """A validator that turns a name, or a table with a `kind`, into the catalogued record it stands for."""

    def choose(value: Any) -> Any:
        if not isinstance(value, str | dict):
            return value
        settings = {"kind": value} if isinstance(value, str) else dict(value)
        kind = settings.pop("kind", None)
        if not isinstance(kind, str):
            allowed = ", ".join(sorted(catalog.FAMILIES[family]))
            raise PydanticCustomError(
                "kind", "needs a kind, one of the {family}: {allowed}", {"family": family, "allowed": allowed}
            )
        try:
            found: Any = catalog.load(family, kind)
            return found.model_validate_json(json.dumps(settings), strict=True)
        except catalog.UnknownName as error:
            raise PydanticCustomError("kind", "{reason}", {"reason": str(error)}) from error
        except ValidationError as error:
            raise PydanticCustomError("inner", "wrong settings", {"inner": error.errors(), "model": found}) from error

    return choose


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
    targets: tuple[TaskChoice, ...] = Field(min_length=1)
    languages: LanguageNames = (ALL,)
    limit: Limit = Limit()
    recipe: Recipe = Recipe()
    recipes: Mapping[str, Recipe] = Field(default_factory=dict)
    arms: tuple[Arm, ...] = Field(alias="arm", min_length=1)
    conditions: tuple[Condition, ...] = Field((), alias="condition")
    pocket: Laboratory = Laboratory()

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


def load_study(path: Path | str) -> Study:
    """Read a study file; raises StudyError with every mistake in it."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = tomllib.loads(text)
    except FileNotFoundError as error:
        raise StudyError([Complaint(str(path), None, "", "there is no such file")]) from error
    except (IsADirectoryError, PermissionError) as error:
        raise StudyError([Complaint(str(path), None, "", f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise StudyError(
            [Complaint(str(path), None, "", f"is not UTF-8 text: {error.reason} at byte {error.start}")]
        ) from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise StudyError([Complaint(str(path), int(line[1]) if line else None, "", f"is not TOML: {error}")]) from error
    try:
        encoded = json.dumps(raw, default=refuse_date)
        study = Study.model_validate_json(encoded, strict=True, context={"folder": str(path.parent)})
    except ValidationError as error:
        raise StudyError(complaints(error.errors(), Study, str(path), text)) from error
    except TypeError as error:
        raise StudyError([Complaint(str(path), None, "", str(error))]) from error
    check(study, str(path), text)
    return study


def refuse_date(value: Any) -> Any:
    raise TypeError(f"dates and times have no place in a study, found {value}; put text in quotes")


def check(study: Study, path: str, text: str) -> None:
    """What no single field shows: names that refer to other parts of the study."""
    found = [
        Complaint(path, line_of(text, where), spelled(where), message)
        for where, message in (*unknown_recipes(study), *unknown_languages(study), *unknown_regimes(study))
    ]
    if found:
        raise StudyError(found)


def unknown_recipes(study: Study) -> list[tuple[Place, str]]:
    """Recipes for tasks that the study does not train on."""
    known = {name for task in study.tasks.values() for name in (label(task), label(task.recipe_of))}
    known |= {catalog.name_of(type(task.recipe_of)) for task in study.tasks.values()}
    return [
        (("recipes", name), f"the study has no task {name!r}{catalog.suggestion(name, known)}")
        for name in study.recipes
        if name not in known
    ]


def unknown_regimes(study: Study) -> list[tuple[Place, str]]:
    """Languages of training sets that the tasks of an arm's sequences do not have."""
    return [
        (
            ("arm", number, "regime", "languages"),
            f"{label(task)} has no language or group {name!r}{catalog.suggestion(name, task.languages)}",
        )
        for number, arm in enumerate(study.arms)
        for task in {label(task): task for sequence in arm.sequences for task in sequence}.values()
        for name in arm.regime.languages
        if name != ALL and not of_task(task, (name,))
    ]


def unknown_languages(study: Study) -> list[tuple[Place, str]]:
    """Languages that no target has, and targets that have none of the languages."""
    if ALL in study.languages:
        return []
    known = {code for task in study.targets for code in task.languages}

    def has(name: str) -> bool:
        return any(name in task.languages for task in study.targets)

    found: list[tuple[Place, str]] = [
        (
            ("languages",),
            f"no target has a language or group {name!r}{catalog.suggestion(name, known | set(languages.GROUPS))}",
        )
        for name in study.languages
        if not has(name) and not known & set(languages.GROUPS.get(name, ()))
    ]
    empty = [label(task) for task in study.targets if not study.codes(task)]
    if empty and not found:
        found.append((("targets",), f"{', '.join(empty)} has none of the languages {', '.join(study.languages)}"))
    return found
