"""What is wrong with a study file, said so that its author can mend it: place, what was found, what is allowed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from crosswind.catalog import suggestion

Place = tuple[str | int, ...]
Mistake = tuple[Place, str]
"""Where something is wrong in a study file, and what."""

EXPECTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a table",
    "mapping_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "finite_number": "a finite number",
    "is_instance_of": "a name or a table with a kind",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One mistake: file, line where it could be told, path inside the file, and the sentence."""

    file: str
    line: int | None
    path: str
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Written:
    """The file that a study was read from. It says nothing about what the study is, so all of them are equal."""

    path: str = field(default="", compare=False)
    text: str = field(default="", compare=False)

    def complaint(self, place: Place, message: str) -> Complaint:
        """A mistake at a place of it."""
        return Complaint(self.path, line_of(self.text, place), spelled(place), message)


def complaints(errors: Sequence[Any], model: type[BaseModel], file: str, text: str) -> list[Complaint]:
    """Pydantic's errors on a study as complaints, in the order of the file."""
    lifted = list(flat(errors, model, ()))
    found = [
        Complaint(file, line_of(text, place), spelled(place), sentence(error, owner))
        for error, owner, place in lifted
        if not is_echo(error, place, [other for _, _, other in lifted])
    ]
    return sorted(dict.fromkeys(found), key=lambda each: each.line or 0)


def flat(errors: Sequence[Any], model: type[BaseModel], prefix: Place) -> Iterator[tuple[Any, type[BaseModel], Place]]:
    """Errors with those of inner records lifted to their own place."""
    for error in errors:
        place = (*prefix, *(part for part in error["loc"] if not is_branch(part)))
        if error["type"] == "inner":
            yield from flat(error["ctx"]["inner"], error["ctx"]["model"], place)
        else:
            yield error, model, place


def is_echo(error: Any, place: Place, places: Sequence[Place]) -> bool:
    """Whether a list counts as empty only because its items are wrong, which is said already."""
    return error["type"] == "too_short" and any(
        len(other) > len(place) and other[: len(place)] == place for other in places
    )


def is_branch(part: str | int) -> bool:
    """Whether a step names a branch of a union rather than a key of the file."""
    return isinstance(part, str) and bool(re.search(r"[\[(]|^(constrained|literal|function|tuple|list)\b", part))


def sentence(error: Mapping[str, Any], model: type[BaseModel]) -> str:
    """One error in words."""
    kind, found, context = error["type"], error.get("input"), error.get("ctx", {})
    match kind:
        case "extra_forbidden":
            return f"unknown key{suggestion(str(error['loc'][-1]), keys_at(model, error['loc'][:-1]))}"
        case "missing":
            return "is required and missing"
        case "literal_error":
            return f"expected {context['expected']}, found {shown(found)}"
        case "string_pattern_mismatch":
            return f"expected letters, digits and . _ + - (first a letter or digit), found {shown(found)}"
        case "too_short":
            return "must not be empty"
        case "string_too_long":
            return f"is longer than {context['max_length']} characters"
        case (
            "kind"
            | "encoder"
            | "severity"
            | "scale"
            | "repeated"
            | "stand_in"
            | "augment"
            | "described"
            | "value_error"
        ):
            return str(error["msg"]).removeprefix("Value error, ")
    if kind in EXPECTED:
        return f"expected {EXPECTED[kind]}, found {shown(found)}"
    bounds = {"greater_than": "gt", "greater_than_equal": "ge", "less_than": "lt", "less_than_equal": "le"}
    if kind in bounds:
        relation = kind.replace("_", " ").replace("than equal", "than or equal to")
        return f"must be {relation} {context[bounds[kind]]:g}, found {shown(found)}"
    return f"{error['msg']}, found {shown(found)}"


def keys_at(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """The keys that the table at `place` may have."""
    current: Any = model
    for part in place:
        if isinstance(part, str) and not is_branch(part):
            fields = current.model_fields
            field = next((each for name, each in fields.items() if part in {name, each.alias}), None)
            inner = next(iter(models_in(field.annotation)), None) if field else None
            current = inner or current
    return [field.alias or name for name, field in current.model_fields.items()]


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The record types inside a field's annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from models_in(argument)


def shown(value: Any) -> str:
    """A found value as the author wrote it, bounded."""
    text = {True: "true", False: "false"}.get(value, repr(value)) if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def spelled(place: Place) -> str:
    """A place as `arm[2].objective.steps`; items are counted from 1, as people count."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place]
    return "".join(parts).removeprefix(".")


def line_of(text: str, place: Sequence[str | int]) -> int | None:
    """The line on which a place of a TOML text is written, as near as can be told; None where it is nowhere."""
    lines = dict(keyed_lines(text))
    for length in range(len(place), 0, -1):
        found = lines.get(tuple(place[:length]))
        if found is not None:
            return found
    return None


def keyed_lines(text: str) -> Iterator[tuple[Place, int]]:
    """Every table and key of a TOML text with its line; what stands inside inline tables goes by their key."""
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line)
        if header:
            table = resolved(keys_of(header[2]), counts)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            yield table, number
            continue
        key = re.match(
            r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*=", line
        )
        if key:
            yield (*table, *keys_of(key[1])), number


def keys_of(dotted: str) -> Place:
    return tuple(part.strip("\"'") for part in re.findall(r"[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'", dotted))


def resolved(keys: Place, counts: Mapping[Place, int]) -> Place:
    """Keys of a table header with the current item of every array of tables that they pass through."""
    place: Place = ()
    for position, key in enumerate(keys):
        place = (*place, key)
        if place in counts and position < len(keys) - 1:
            place = (*place, counts[place])
    return place
