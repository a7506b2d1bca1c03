"""What is read from a file to be changed, and what comes back to be written in its place."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from crosswind.sources.rows import Broken
from crosswind.text.edits import Span

IDS = ("id", "uid", "idx", "guid", "pairID")
TEXTS = ("text", "sentence")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of a file is meant: columns with text, and the columns that name a row and its language.

    Without `fields` the one column that is called text or sentence is meant, without `uid` a column that is called id
    or the like, else the row's number. `language` holds where no column tells it.
    """

    language: str = ""
    fields: tuple[str, ...] = ()
    uid: str = ""
    language_field: str = ""


@dataclass(frozen=True, slots=True)
class Portion:
    """Texts that are changed together: fields by name as the file has them, or the tokens of one sentence.

    `spans` are places in the fields that must be found again, answers above all. `place` tells people where it stands.
    """

    uid: str
    place: str
    language: str
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=lambda: MappingProxyType({}))
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A portion after its change: the new texts and where its spans lie in them, or as many new tokens as before."""

    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=lambda: MappingProxyType({}))
    tokens: tuple[str, ...] = ()


Change = Callable[[Portion], Changed]


class Document(ABC):
    """A kind of file."""

    @abstractmethod
    def rewritten(self, lines: Iterator[str], source: str, selection: Selection, change: Change) -> Iterator[str]:
        """The text of the file with all portions changed, piece by piece, as it is read.

        Raises Broken with `source` and the line for whatever cannot be read; nothing is skipped in silence.
        """


def chosen(there: Mapping[str, Any], selection: Selection, place: str) -> tuple[str, ...]:
    """The fields that hold the text; raises Broken where they are missing or not said."""
    if not selection.fields:
        found = tuple(name for name in TEXTS if name in there)
        if len(found) != 1:
            raise Broken(
                f"{place}: which field holds the text? Say it with --field, once for each; there are {', '.join(there)}"
            )
        return found
    for name in selection.fields:
        if name not in there:
            raise Broken(f"{place}: has no field {name!r}; it has {', '.join(there) or 'none'}")
    return selection.fields


def uid_of(row: Mapping[str, Any], selection: Selection, number: int, place: str) -> str:
    """What a row is called: by the column that was named, by one that is made for it, or by its number."""
    if selection.uid and selection.uid not in row:
        raise Broken(f"{place}: has no field {selection.uid!r} for its id; it has {', '.join(row)}")
    name = selection.uid or next((each for each in IDS if each in row), "")
    return str(row[name]) if name else str(number)


def language_of(row: Mapping[str, Any], selection: Selection, place: str) -> str:
    """The language of a row: its own, or the one for all."""
    if not selection.language_field:
        return selection.language
    found = row.get(selection.language_field)
    if not isinstance(found, str) or not found:
        raise Broken(f"{place}: has no language in field {selection.language_field!r}; found {found!r}")
    return found
