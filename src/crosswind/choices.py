"""What names in a study file stand for: records of the catalogue, and languages of a task."""

import json
from collections.abc import Callable
from typing import Annotated, Any, NoReturn

from pydantic import BeforeValidator, Field, ValidationError, ValidationInfo
from pydantic_core import PydanticCustomError

from crosswind import catalog, languages, pocket
from crosswind.controls.base import Control
from crosswind.identity import Record
from crosswind.methods.base import Method
from crosswind.objectives.base import Objective
from crosswind.perturbations.base import Perturbation
from crosswind.samplers.base import Sampler
from crosswind.tasks.base import Task
from crosswind.votes.base import Voting

ALL = "all"


def chosen(family: str) -> Callable[[Any, ValidationInfo], Any]:
    """A validator that turns a name, or a table with a `kind`, into the catalogued record it stands for."""

    def choose(value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, Record):
            return value
        if not isinstance(value, str | dict):
            raise PydanticCustomError("is_instance_of", "expected a name or a table with a kind")
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
    """What is wrong with a name, in words."""
    raise PydanticCustomError("kind", "{reason}", {"reason": reason})


def refuse_repeats(names: list[str], what: str) -> None:
    """Say which names stand twice in a list where each may stand once."""
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise PydanticCustomError(
            "repeated", "{what} {names} stands here twice", {"what": what, "names": ", ".join(repeated)}
        )


def as_table(value: Any) -> Any:
    """A name alone stands for the table that has it as its kind."""
    return {"kind": value} if isinstance(value, str) else value


def of_task(task: Task, names: tuple[str, ...]) -> tuple[str, ...]:
    """The languages of a task that are named alone or in a group, in its own order, described ones last."""
    wanted = {code: None for name in names for code in languages.GROUPS.get(name, (name,))}
    listed = tuple(code for code in task.languages if code in wanted)
    return (*listed, *(pocket.canonical(code) for code in wanted if code not in listed and code in task.languages))


LanguageNames = Annotated[tuple[str, ...], BeforeValidator(catalog.as_names), Field(min_length=1)]
TaskChoice = Annotated[Task, BeforeValidator(chosen("tasks"))]
MethodChoice = Annotated[Method, BeforeValidator(chosen("methods"))]
ObjectiveChoice = Annotated[Objective, BeforeValidator(chosen("objectives"))]
SamplerChoice = Annotated[Sampler, BeforeValidator(chosen("samplers"))]
ControlChoice = Annotated[Control, BeforeValidator(chosen("controls"))]
PerturbationChoice = Annotated[Perturbation, BeforeValidator(chosen("perturbations"))]
VotingChoice = Annotated[Voting, BeforeValidator(chosen("votes"))]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$", max_length=60)]
