"""A row as its file has it, and the ways in which it may be no good."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LONGEST = 160
MOST_LABELS = 60


class Unreadable(ValueError):
    """A file that cannot be read on: wrong encoding, broken syntax, nothing in it. Names the file and the line."""


class Broken(ValueError):
    """A row that says nothing: refused with its place, or left out and counted where the study says so."""


class Left(ValueError):
    """A sound row that the task leaves out by its own rule, always counted; the message is the rule."""


class Row(Mapping[str, Any]):
    """The cells of one row by column. `place` says where it stands, `source` the file or hub set that holds it.

    `number` counts the rows of a split from 0. A row that could not be read has a `problem` instead of cells. `names`
    are the file's own names of columns that a task calls otherwise, `beside` further files that it was made from.
    """

    __slots__ = ("beside", "cells", "names", "number", "place", "problem", "source")

    def __init__(
        self,
        cells: Mapping[str, Any],
        place: str,
        source: str,
        number: int,
        problem: str = "",
        names: Mapping[str, str] | None = None,
        beside: Sequence[str] = (),
    ):
        self.cells = cells
        self.place = place
        self.source = source
        self.number = number
        self.problem = problem
        self.names = names or {}
        self.beside = beside

    def __getitem__(self, name: str) -> Any:
        if self.problem:
            raise Broken(self.problem)
        if name not in self.cells:
            there = ", ".join(repr(self.names.get(each, each)) for each in self.cells)
            raise Broken(f"has no column {self.names.get(name, name)!r}; its columns are {there or 'none'}")
        return self.cells[name]

    def __contains__(self, name: object) -> bool:
        return name in self.cells

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def __repr__(self) -> str:
        whole = repr(dict(self.cells))
        return whole if len(whole) <= LONGEST else f"{whole[:LONGEST]}…"

    def text(self, name: str) -> str:
        """A cell that must hold text; it may be empty, but it must be there."""
        value = self[name]
        if not isinstance(value, str):
            raise Broken(f"has {value!r} in column {self.names.get(name, name)!r}; expected text")
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """A cell that must hold a list of texts."""
        value = self[name]
        if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(one, str) for one in value):
            raise Broken(f"has {value!r} in column {self.names.get(name, name)!r}; expected a list of texts")
        return tuple(value)

    def renamed(self, names: Mapping[str, str], number: int) -> "Row":
        """The row under `names` (ours to theirs) for columns that bear others, at another place in its split."""
        theirs = {their: our for our, their in names.items()}
        cells = {theirs.get(name, name): value for name, value in self.cells.items()}
        return Row(cells, self.place, self.source, number, self.problem, {**self.names, **names}, self.beside)

    def having(
        self, cells: Mapping[str, Any] | None = None, number: int | None = None, beside: Sequence[str] = ()
    ) -> "Row":
        """The row with further cells, another number, or further files beside its own."""
        own, place = {**self.cells, **(cells or {})}, self.number if number is None else number
        return Row(own, self.place, self.source, place, self.problem, self.names, (*self.beside, *beside))


def one_of(known: Sequence[str], found: Any, named: Mapping[str, str] | None = None) -> str:
    """A label of a row as one that the task knows; `named` translates labels that some copies spell otherwise."""
    label = (named or {}).get(str(found), str(found))
    if found is None or label not in known:
        more = f" and {len(known) - MOST_LABELS:,} others" if len(known) > MOST_LABELS else ""
        raise Broken(f"has label {found!r}; expected one of {', '.join(known[:MOST_LABELS])}{more}")
    return label
