"""Examples as parquet files: one column per field, nothing that another tool could not read."""

import typing
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

from crosswind.formats.base import Example, Format


def write_examples(path: Path, form: Format[Any], examples: Sequence[Example]) -> None:
    """Write examples in order; the columns are the fields of the format's example type."""
    import polars

    schema = {name: column_type(kind) for name, kind in typing.get_type_hints(form.example).items()}
    columns = {name: [plain(getattr(example, name)) for example in examples] for name in schema}
    polars.DataFrame(columns, schema=schema).write_parquet(path)


def read_examples(path: Path, form: Format[Any]) -> list[Any]:
    """The examples of a file that `write_examples` made."""
    import polars

    return examples_in(polars.read_parquet(path), form)


def read_slices(path: Path, form: Format[Any], size: int) -> Iterator[list[Any]]:
    """The same examples, `size` at a time and never more in memory."""
    import polars

    rows = polars.scan_parquet(path)
    for first in range(0, rows.select(polars.len()).collect().item(), size):
        yield examples_in(rows.slice(first, size).collect(), form)


def examples_in(frame: Any, form: Format[Any]) -> list[Any]:
    """The examples of a polars frame whose columns are their fields; a field that it lacks is at its default."""
    hints = typing.get_type_hints(form.example)
    columns = frame.to_dict(as_series=False)
    built = {name: [rebuild(value, hints[name]) for value in values] for name, values in columns.items()}
    # an older file knows nothing of fields that came later, which is why they have defaults
    names = [field.name for field in fields(form.example) if field.name in built or field.default is MISSING]
    return [
        form.example(**dict(zip(names, row, strict=True))) for row in zip(*(built[name] for name in names), strict=True)
    ]


def column_type(kind: Any) -> Any:
    """The polars type of a field: text, whole numbers, lists of them, lists of small records."""
    import polars

    simple = {str: polars.String, int: polars.Int64, float: polars.Float64, str | None: polars.String}
    if kind in simple:
        return simple[kind]
    if typing.get_origin(kind) is tuple:
        return polars.List(column_type(typing.get_args(kind)[0]))
    if is_dataclass(kind):
        return polars.Struct({name: column_type(part) for name, part in typing.get_type_hints(kind).items()})
    raise TypeError(f"an example field of type {kind} has no column type; use text, numbers, tuples or dataclasses")


def plain(value: Any) -> Any:
    """A field's value as parquet takes it."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def rebuild(value: Any, kind: Any) -> Any:
    """The inverse of `plain` for a field of type `kind`."""
    if typing.get_origin(kind) is tuple:
        return tuple(rebuild(item, typing.get_args(kind)[0]) for item in value)
    return kind(**value) if isinstance(value, dict) else value
