"""Files of the field as rows: tables, JSON, SQuAD's JSON, columns of words, CoNLL-U, parallel lines."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from crosswind.catalog import suggestion
from crosswind.sources.base import Reader
from crosswind.sources.opening import decoded, load_json, plain_lines, strictly_open
from crosswind.sources.rows import Row, Unreadable
from crosswind.sources.word_lines import Columns, Conllu

csv.field_size_limit(2**31 - 1)  # contexts are longer than the module's default allows
QUOTING: Mapping[str, Literal[0, 3]] = {"csv": csv.QUOTE_MINIMAL, "raw": csv.QUOTE_NONE}


@dataclass(frozen=True, slots=True)
class Delimited(Reader):
    """A table with one row a line. `names` are its columns; without them the first line holds their names.

    `quoting` is "csv" where a field with the delimiter or a line end in it stands in double quotes, which are doubled
    inside it, and "raw" where quotes are characters like any other.
    """

    delimiter: str
    names: tuple[str, ...] = ()
    quoting: Literal["csv", "raw"] = "csv"

    def read(self, *paths: Path) -> Iterator[Row]:
        (path,) = paths
        with strictly_open(path, newline="") as file:
            lines = csv.reader(file, delimiter=self.delimiter, quoting=QUOTING[self.quoting], strict=True)
            names = list(self.names)
            number = 0
            for line, fields in numbered(path, lines):
                if not names:
                    names = heading(path, line, fields)
                elif fields:
                    yield tabular(path, line, number, names, fields)
                    number += 1


@dataclass(frozen=True, slots=True)
class JsonLines(Reader):
    """One JSON object a line."""

    def read(self, *paths: Path) -> Iterator[Row]:
        (path,) = paths
        number = 0
        with strictly_open(path) as file:
            for line, text in enumerate(decoded(path, file), 1):
                if text.strip():
                    yield parsed(path, line, number, text)
                    number += 1


@dataclass(frozen=True, slots=True)
class Json(Reader):
    """One JSON list of objects."""

    def read(self, *paths: Path) -> Iterator[Row]:
        (path,) = paths
        whole = load_json(path)
        if not isinstance(whole, list):
            raise Unreadable(f"{path}: holds a JSON {type(whole).__name__}; expected a list of objects")
        for number, cells in enumerate(whole):
            yield of_object(cells, f"{path}: item {number}", path, number)


@dataclass(frozen=True, slots=True)
class SquadJson(Reader):
    """SQuAD's JSON: one row for every question, with its `context`, `title` and the number of its `paragraph`.

    Other keys of a question come along as they are; a paragraph's own, such as LAReQA's `sentence_breaks`, too.
    """

    def read(self, *paths: Path) -> Iterator[Row]:
        (path,) = paths
        whole = load_json(path)
        number = 0
        for counted, (where, title, paragraph) in enumerate(paragraphs(path, whole)):
            shared = {name: value for name, value in paragraph.items() if name != "qas"}
            for index, question in enumerate(listed(path, where, paragraph, "qas")):
                place = f"{path}: {where}.qas[{index}]"
                if isinstance(question, dict):
                    cells = shared | {"title": title, "paragraph": counted} | question
                    yield Row(cells, place, str(path), number)
                else:
                    yield of_object(question, place, path, number)
                number += 1


@dataclass(frozen=True, slots=True)
class Lines(Reader):
    """Raw text: a row for every line with a `text`; blank lines are none."""

    def read(self, *paths: Path) -> Iterator[Row]:
        (path,) = paths
        number = 0
        for line, text in enumerate(plain_lines(path), 1):
            if text.strip():
                yield Row({"text": text.strip()}, f"{path}:{line}", str(path), number)
                number += 1


@dataclass(frozen=True, slots=True)
class Parallel(Reader):
    """Two files whose lines belong together: a row for every line, with both sides under `names`."""

    names: tuple[str, str]

    num_paths: ClassVar[int] = 2

    def read(self, *paths: Path) -> Iterator[Row]:
        sides = [list(plain_lines(path)) for path in paths]
        if len(sides[0]) != len(sides[1]):
            raise Unreadable(
                f"{paths[0]} has {len(sides[0])} lines and {paths[1]} has {len(sides[1])}; expected as many, because "
                "line i of one belongs to line i of the other"
            )
        for number, pair in enumerate(zip(*sides, strict=True)):
            row = Row(dict(zip(self.names, pair, strict=True)), f"{paths[0]}:{number + 1}", str(paths[0]), number)
            yield row.having(beside=(str(paths[1]),))


@dataclass(frozen=True, slots=True)
class Parquet(Reader):
    """A parquet file."""

    def read(self, *paths: Path) -> Iterator[Row]:
        import polars

        (path,) = paths
        try:
            table = polars.read_parquet(path)
        except (polars.exceptions.PolarsError, OSError) as error:
            raise Unreadable(f"{path}: is no parquet file ({error})") from error
        for number, cells in enumerate(table.iter_rows(named=True)):
            yield Row(cells, f"row {number + 1} of {path}", str(path), number)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "csv": Delimited(","),
        "tsv": Delimited("\t"),
        "jsonl": JsonLines(),
        "json": Json(),
        "squad": SquadJson(),
        "parquet": Parquet(),
        "conllu": Conllu(),
        "conll": Columns(("tokens", "tags")),
        "txt": Lines(),
    }
)


def labels_in(path: Path) -> tuple[str, ...]:
    """The labels that a file lists, one a line, in their order, which is the order of a model's outputs."""
    found: dict[str, int] = {}
    for line, text in enumerate(plain_lines(path), 1):
        label = text.strip()
        if label in found:
            raise Unreadable(f"{path}:{line}: has the label {label!r} of line {found[label]} again; expected others")
        if label:
            found[label] = line
    if len(found) < 2:
        raise Unreadable(f"{path}: lists {len(found)} labels; expected at least two, one a line")
    return tuple(found)


def reader_for(path: Path | str) -> str:
    """The name of the reader for a file, by its ending; raises ValueError listing the endings that are known."""
    ending = Path(path).suffix.removeprefix(".").lower()
    if ending not in READERS:
        raise ValueError(f"{path} ends in {ending!r}, which says nothing about its kind{suggestion(ending, READERS)}")
    return ending


def numbered(path: Path, lines: Any) -> Iterator[tuple[int, list[str]]]:
    """Fields of a delimited file with the number of the line at which each row ends."""
    stream = decoded(path, lines)
    while True:
        try:
            fields = next(stream)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(
                f"{path}:{lines.line_num}: cannot be split into fields ({error}); if quotes are plain characters in "
                'this file, it has to be read with quoting = "raw"'
            ) from error
        yield lines.line_num, fields


def heading(path: Path, line: int, fields: list[str]) -> list[str]:
    """Column names; raises Unreadable where two are the same."""
    if len(set(fields)) != len(fields):
        raise Unreadable(f"{path}:{line}: names a column twice ({', '.join(fields)}); expected different names")
    return fields


def tabular(path: Path, line: int, number: int, names: Sequence[str], fields: Sequence[str]) -> Row:
    place = f"{path}:{line}"
    if len(fields) != len(names):
        problem = f"has {len(fields)} fields; expected {len(names)}: {', '.join(names)}"
        return Row({}, place, str(path), number, problem)
    return Row(dict(zip(names, fields, strict=True)), place, str(path), number)


def parsed(path: Path, line: int, number: int, text: str) -> Row:
    """One line of JSON as a row."""
    place = f"{path}:{line}"
    try:
        return of_object(json.loads(text), place, path, number)
    except ValueError as error:
        return Row({}, place, str(path), number, f"is no JSON: {error}")


def of_object(cells: Any, place: str, path: Path, number: int) -> Row:
    if isinstance(cells, dict):
        return Row(cells, place, str(path), number)
    return Row({}, place, str(path), number, f"is {cells!r}; expected a JSON object with a value for every column")


def paragraphs(path: Path, whole: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every paragraph of SQuAD's JSON with its path and its article's title."""
    for a, article in enumerate(listed(path, "the file", whole, "data")):
        for p, paragraph in enumerate(listed(path, f"data[{a}]", article, "paragraphs")):
            if not isinstance(paragraph, dict) or "context" not in paragraph:
                raise Unreadable(f"{path}: data[{a}].paragraphs[{p}] has no 'context'; expected SQuAD's JSON")
            yield f"data[{a}].paragraphs[{p}]", str(article.get("title", "")), paragraph


def listed(path: Path, where: str, table: Any, name: str) -> list[Any]:
    """A list inside SQuAD's JSON; raises Unreadable where it is missing."""
    found = table.get(name) if isinstance(table, dict) else None
    if not isinstance(found, list):
        raise Unreadable(f"{path}: {where} has no list {name!r}; expected SQuAD's JSON (data, paragraphs, qas)")
    return found
