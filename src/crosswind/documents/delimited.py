"""Tables with one row a line: CSV with quotes as usual, TSV in which quotes are characters like any other."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from crosswind.documents.base import Change, Document, Portion, Selection, chosen, language_of, uid_of
from crosswind.sources.readers import QUOTING
from crosswind.sources.rows import Broken

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Delimited(Document):
    """The first line names the columns, unless the fields are given as numbers: then there is no such line.

    In a raw file a text cannot hold the delimiter, so one that a change has put there is refused.
    """

    delimiter: str
    quoting: Literal["csv", "raw"]

    def rewritten(self, lines: Iterator[str], source: str, selection: Selection, change: Change) -> Iterator[str]:
        numbered = bool(selection.fields) and all(name.isdigit() for name in selection.fields)
        names: Sequence[str] = ()
        for number, (line, cells) in enumerate(self.rows(lines, source)):
            place = f"{source}:{line}"
            if not number and not numbered:
                names = cells
                yield self.written(cells, place)
                continue
            names = names or [str(column) for column in range(1, len(cells) + 1)]
            if len(cells) != len(names):
                raise Broken(f"{place}: has {len(cells)} fields; expected {len(names)}: {', '.join(names)}")
            row = dict(zip(names, cells, strict=True))
            texts = {name: row[name] for name in chosen(row, selection, place)}
            uid = uid_of(row, selection, number + numbered, place)
            portion = Portion(uid, place, language_of(row, selection, place), texts)
            yield self.written([*(row | dict(change(portion).texts)).values()], place)

    def rows(self, lines: Iterator[str], source: str) -> Iterator[tuple[int, list[str]]]:
        """The cells of every row with the line at which it ends."""
        reader = csv.reader(
            (line.removeprefix(BYTE_ORDER_MARK) for line in lines),
            delimiter=self.delimiter,
            quoting=QUOTING[self.quoting],
            strict=True,
        )
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise Broken(f"{source}:{reader.line_num}: cannot be split into fields ({error})") from error
            if cells:
                yield reader.line_num, cells

    def written(self, cells: Sequence[str], place: str) -> str:
        if self.quoting == "raw":
            if any(self.delimiter in cell for cell in cells):
                raise Broken(f"{place}: a changed text holds the delimiter, which this kind of file cannot; use csv")
            return self.delimiter.join(cells) + "\n"
        held = io.StringIO()
        csv.writer(held, delimiter=self.delimiter, lineterminator="\n").writerow(cells)
        return held.getvalue()
