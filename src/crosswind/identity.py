"""What a thing is: frozen records, their canonical JSON, and the id made from it.

A record holds only what changes the numbers. Two records with equal payloads are the same thing, wherever and whenever
they were made, so a finished stage is found again by its id alone. docs/identity.md gives the rules and their reasons.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from crosswind import catalog

ID_LENGTH = 12


class Record(BaseModel):
    """Frozen fields that bear identity; `VERSION` is raised whenever the same fields would give other numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    VERSION: ClassVar[int] = 1

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other fields, and so with an id of its own."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("id", None)
        return copied

    @cached_property
    def id(self) -> str:
        """The first twelve hex digits of the payload's sha256."""
        return hashlib.sha256(canonical(self.payload).encode()).hexdigest()[:ID_LENGTH]

    @property
    def payload(self) -> dict[str, Any]:
        """What the id is made from: kind, VERSION, and the fields that differ from their default, as JSON values."""
        own = {name: plain(value, f"{type(self).__name__}.{name}") for name, value in deviations(self)}
        return {"kind": catalog.name_of(type(self)), "VERSION": self.VERSION} | own


class Stage(Record):
    """A record whose result lives in a folder of the store; inside other payloads it stands as its id."""


def deviations(record: Record) -> Iterator[tuple[str, Any]]:
    """The fields of a record that differ from their default, in order of declaration."""
    for name, is_required, usual in defaults(type(record)):
        value = getattr(record, name)
        if is_required or value != usual:
            yield name, value


@cache
def defaults(kind: type[Record]) -> tuple[tuple[str, bool, Any], ...]:
    """The fields of a class: name, whether it is required, and its default. Asking pydantic anew for every record takes
    half the time of planning a large study."""
    fields = kind.model_fields.items()
    return tuple((name, own.is_required(), own.get_default(call_default_factory=True)) for name, own in fields)


def plain(value: Any, where: str) -> Any:
    """`value` as JSON values with one stable form; raises TypeError with advice where there is none."""
    match value:
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case Stage():
            return value.id
        case Record():
            return value.payload
        case tuple() | list():
            return [plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
        case Mapping() if all(isinstance(key, str) for key in value):
            return {key: plain(item, f"{where}.{key}") for key, item in value.items()}
    raise TypeError(
        f"{where} holds {value!r} ({type(value).__name__}), which has no stable form and so cannot be part of an id. "
        "Use strings, finite numbers, booleans, tuples, mappings with string keys, or a Record; "
        "name a file by its sha256 and keep its path out of the record."
    )


def canonical(payload: Mapping[str, Any]) -> str:
    """The one JSON text of a payload: keys sorted, no spaces, ASCII only."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
