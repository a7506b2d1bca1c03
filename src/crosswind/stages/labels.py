"""What catalogued records are called: in plans, tables and reports, never in ids."""

from collections.abc import Mapping, Sequence
from typing import Any

from crosswind import catalog
from crosswind.identity import Record
from crosswind.perturbations.base import Perturbation
from crosswind.tasks.base import Task


def together(tasks: Sequence[Task]) -> str:
    """What tasks that are learned at once are called."""
    return "+".join(map(label, tasks))


def label(record: Record) -> str:
    """A catalogued record in one word: its name, and its settings where they are not the default."""
    if isinstance(record, Task) and record.own_name:
        return record.own_name
    name, variant, where = catalog.name_of(type(record)).rpartition(":")[2], "", ""
    silent = {"kind", "VERSION"} | (record.unnamed if isinstance(record, Task) else frozenset())
    if isinstance(record, Perturbation):
        name, variant = record.label, record.variant
        silent |= {"fields"} | record.unnamed
        where = f"[{','.join(record.fields)}]" if record.fields else ""
    own = {key: value for key, value in record.payload.items() if key not in silent and value != variant}
    for key in own:
        inner = getattr(record, key)
        if isinstance(inner, Task):
            own[key] = {"kind": label(inner)}
    return called(name, own) + where


def called(name: str, settings: Mapping[str, Any]) -> str:
    """A name with its settings behind it; a record among them goes by its own name."""
    told = []
    for key, value in settings.items():
        if isinstance(value, dict) and "kind" not in value:
            told.append(f"{key}={called('', value)}")
        elif isinstance(value, dict):
            inner = {field: setting for field, setting in value.items() if field not in {"kind", "VERSION"}}
            told.append(called(value["kind"], inner))
        else:
            told.append(f"{key}={value}")
    return f"{name}({','.join(told)})" if told else name
