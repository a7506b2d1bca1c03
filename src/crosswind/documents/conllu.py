"""Universal Dependencies' CoNLL-U: the words as they are written are changed, the analysis stays.

A word that several syntactic ones share is changed where it is written, on its line with a range of numbers; the parts
below it are an analysis and keep their forms. The comment `# text` is written anew.
"""

from collections.abc import Iterator, Sequence

from crosswind.documents.base import Change, Document, Portion, Selection
from crosswind.sources.rows import Broken

NUM_COLUMNS = 10
TEXT, UID = "# text =", "# sent_id ="
UNSPACED = "SpaceAfter=No"


class Conllu(Document):
    """Sentences are known by their sent_id, else by their number."""

    def rewritten(self, lines: Iterator[str], source: str, selection: Selection, change: Change) -> Iterator[str]:
        held: list[str] = []
        first = 1
        number = 0
        for line, text in enumerate(lines, 1):
            if text.strip():
                first = first if held else line
                held.append(text.rstrip("\r\n"))
                continue
            if held:
                number += 1
                yield from self.sentence(held, f"{source}:{first}", number, selection, change)
                held = []
            yield "\n"
        if held:
            yield from self.sentence(held, f"{source}:{first}", number + 1, selection, change)

    def sentence(
        self, lines: Sequence[str], place: str, number: int, selection: Selection, change: Change
    ) -> Iterator[str]:
        """One sentence with its written words changed."""
        rows = [line if line.startswith("#") else columns(line, place) for line in lines]
        written = surface([row for row in rows if isinstance(row, list)], place)
        named = next((line.removeprefix(UID).strip() for line in lines if line.startswith(UID)), str(number))
        tokens = tuple(row[1] for row in written)
        changed = change(Portion(named, place, selection.language, tokens=tokens)).tokens
        for row, token in zip(written, changed, strict=True):
            row[1] = token
        for line in rows:
            if isinstance(line, list):
                yield "\t".join(line) + "\n"
            else:
                yield (retold(line, tokens, written) if line.startswith(TEXT) else line) + "\n"


def columns(line: str, place: str) -> list[str]:
    """The ten columns of a word."""
    found = line.split("\t")
    if len(found) != NUM_COLUMNS or not found[1]:
        raise Broken(
            f"{place}: has the line {line!r}; expected {NUM_COLUMNS} columns parted by tabs, the second filled"
        )
    return found


def surface(rows: Sequence[list[str]], place: str) -> list[list[str]]:
    """The rows of words as they are written: ranges in place of their parts, no empty nodes."""
    found: list[list[str]] = []
    covered = 0
    for row in rows:
        first, dash, last = row[0].partition("-")
        if dash:
            if not (first + last).isdigit():
                raise Broken(f"{place}: has the number {row[0]!r}; expected a range such as 3-4")
            covered = int(last)
            found.append(row)
        elif "." not in row[0]:
            if not row[0].isdigit():
                raise Broken(f"{place}: has the number {row[0]!r}; expected 3, 3-4 or 3.1")
            if int(row[0]) > covered:
                found.append(row)
    return found


def retold(comment: str, before: Sequence[str], rows: Sequence[list[str]]) -> str:
    """The sentence as running text with every word in its old place; by the notes on spaces where one is not found."""
    told: list[str] = []
    place = len(TEXT)
    for old, row in zip(before, rows, strict=True):
        found = comment.find(old, place)
        if found < 0:
            return f"{TEXT} {running(rows)}"
        told += comment[place:found], row[1]
        place = found + len(old)
    return TEXT + "".join(told) + comment[place:]


def running(rows: Sequence[list[str]]) -> str:
    """The words as one text, spaces where there are any."""
    return "".join(row[1] + ("" if UNSPACED in row[9].split("|") else " ") for row in rows).rstrip()
