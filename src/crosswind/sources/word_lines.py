"""Files with one word a line and a blank line between sentences: columns of any kind, and CoNLL-U."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosswind.sources.base import Reader
from crosswind.sources.opening import plain_lines
from crosswind.sources.rows import Row

CONLLU = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")


@dataclass(frozen=True, slots=True)
class Columns(Reader):
    """One word a line with its columns, a blank line between sentences: a row for every sentence, a list per column.

    Sentences without the last columns (a test set whose tags are held back) have empty lists there.
    """

    names: tuple[str, ...]
    delimiter: str | None = None

    def read(self, *paths: Path) -> Iterator[Row]:
        (path,) = paths
        for number, (first, lines) in enumerate(blocks(path)):
            yield self.sentence(path, number, first, lines)

    def sentence(self, path: Path, number: int, first: int, lines: Sequence[str]) -> Row:
        split = [line.split(self.delimiter) for line in lines]
        for line, fields in enumerate(split, first):
            if len(fields) != len(split[0]) or len(fields) > len(self.names) or not fields[0]:
                problem = f"has {len(fields)} columns ({lines[line - first]!r}); expected {' and '.join(self.names)}"
                return Row({}, f"{path}:{line}", str(path), number, problem)
        columns = [list(column) for column in zip(*split, strict=True)]
        columns += [[]] * (len(self.names) - len(columns))
        return Row(dict(zip(self.names, columns, strict=True)), f"{path}:{first}", str(path), number)


@dataclass(frozen=True, slots=True)
class Conllu(Reader):
    """Universal Dependencies' CoNLL-U: a row for every sentence, a list per column, and its comments by name."""

    def read(self, *paths: Path) -> Iterator[Row]:
        (path,) = paths
        for number, (first, lines) in enumerate(blocks(path)):
            words = [line for line in lines if not line.startswith("#")]
            place = f"{path}:{first}"
            split = [line.split("\t") for line in words]
            wrong = next((line for line, fields in zip(words, split, strict=True) if len(fields) != len(CONLLU)), None)
            if wrong is not None or not words:
                problem = f"has the line {wrong!r}; expected {len(CONLLU)} columns parted by tabs"
                yield Row({}, place, str(path), number, problem)
                continue
            told = (line[1:].partition("=") for line in lines if line.startswith("#"))
            comments = {name.strip(): value.strip() for name, sign, value in told if sign}
            columns = {name: list(column) for name, column in zip(CONLLU, zip(*split, strict=True), strict=True)}
            yield Row({"comments": comments} | columns, place, str(path), number)


def blocks(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Groups of lines between blank ones, with the number of the first line of each."""
    held: list[str] = []
    first = 1
    for line, text in enumerate(plain_lines(path), 1):
        if text.strip():
            first = first if held else line
            held.append(text)
        elif held:
            yield first, held
            held = []
    if held:
        yield first, held
