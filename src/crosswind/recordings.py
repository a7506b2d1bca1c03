"""Recorded text brought together with the clean items that it was made from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosswind.formats.base import Example
from crosswind.gauntlet.records import applied, read
from crosswind.perturbations.base import Perturbed
from crosswind.perturbations.recorded import Recorded
from crosswind.perturbations.units import Unit
from crosswind.sources.base import Reader
from crosswind.sources.readers import READERS, Delimited, reader_for
from crosswind.sources.rows import Broken, Row
from crosswind.text.edits import Edit, narrowed
from crosswind.text.item import Field, Item
from crosswind.text.normal import normalise
from crosswind.text.resemblance import BLOCK, weighted

LIKE = 0.6  # cosine of runs of characters: rewritten words leave two thirds of them, another sentence few
USUAL: Mapping[str, tuple[str, ...]] = {
    "first": ("premise", "sentence1", "text", "sentence"),
    "second": ("hypothesis", "sentence2"),
    "prompt": ("premise", "prompt", "question"),
    "query": ("query", "text", "sentence"),
    "tokens": ("tokens", "words"),
}
Texts = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """The recorded versions of items by the items' places, and how many rows are like none."""

    changes: Mapping[int, Perturbed]
    unlike: int


def recorded(change: Recorded, path: Path, items: Sequence[Item]) -> Found:
    """Every item that a file has a version of, as a change of the clean item."""
    if is_export(path):
        return exported(path, items)
    rows = list(rows_of(change, path, list(items[0].fields)))
    owners = matched([joined(row) for row in rows], [joined(clean(item)) for item in items])
    changes: dict[int, Perturbed] = {}
    for row, owner in zip(rows, owners, strict=True):
        if owner is not None and owner not in changes and fits(row, items[owner]):
            changes[owner] = version(items[owner], row)
    return Found(changes, len(rows) - len(changes))


def is_export(path: Path) -> bool:
    """Whether a file holds records that were exported before."""
    with path.open(encoding="utf-8") as file:
        first = file.readline()
    return path.suffix == ".jsonl" and '"sha"' in first and '"edits"' in first


def exported(path: Path, items: Sequence[Item]) -> Found:
    """Records put to the items of their ids; one whose text is another is refused."""
    places = {item.uid: place for place, item in enumerate(items)}
    changes: dict[int, Perturbed] = {}
    unlike = 0
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
        where = f"{path}:{number}"
        record = read(line, where)
        if record.id not in places:
            unlike += 1
            continue
        item = items[places[record.id]]
        edits: dict[str, tuple[Edit, ...]] = dict.fromkeys(item.fields, ())
        for name, script in record.fields.items():
            if script.order or name not in item.fields:
                raise ValueError(f"{where}: changes the order of words or a text {name!r}, which cannot be read back")
            applied(script, item.fields[name].text, where)
            edits[name] = script.edits
        changes[places[record.id]] = perturbed(item, edits)
    return Found(changes, unlike)


def rows_of(change: Recorded, path: Path, names: Sequence[str]) -> Iterator[Texts]:
    """The texts of every row, by the names that the task has for them."""
    for cells in reader_of(path).read(path):
        row: dict[str, str | list[str]] = {}
        for name in names:
            column = change.columns.get(name) or next(
                (each for each in (*USUAL.get(name, ()), name) if each in cells), ""
            )
            if not cells.problem and column not in cells:
                raise ValueError(
                    f"{cells.place}: no column holds the text {name!r}; name one, as columns = {{ {name} = ... }}, "
                    f"out of {', '.join(cells)}"
                )
            value = value_of(cells, column)
            row[name] = (
                [normalise(str(token)).text for token in value] if isinstance(value, list) else plain(change, value)
            )
        yield row


def value_of(row: Row, column: str) -> Any:
    """A cell; raises ValueError with its place where the row is broken."""
    try:
        return row[column]
    except Broken as error:
        raise ValueError(f"{row.place}: {error}") from error


def plain(change: Recorded, value: Any) -> str:
    """A text without what stands around it, in normal form."""
    text = str(value).strip()
    quote = change.quote
    if quote and len(text) > 1 and text.startswith(quote) and text.endswith(quote):
        text = text[1:-1]
    return normalise(text).text


def reader_of(path: Path) -> Reader:
    """How a file is read; in tables parted by tabs, quotes are characters like any other."""
    return Delimited("\t", quoting="raw") if path.suffix == ".tsv" else READERS[reader_for(path)]


def clean(item: Item) -> Texts:
    """The texts of an item."""
    return {name: field.text for name, field in item.fields.items()}


def joined(texts: Texts) -> str:
    """All texts of an item as one."""
    return "\n".join(text if isinstance(text, str) else " ".join(text) for text in texts.values())


def matched(rows: Sequence[str], items: Sequence[str]) -> list[int | None]:
    """For every row the place of the item that it is most like, None where it is like none."""
    row_RV, item_IV = weighted(rows, items)
    found: list[int | None] = []
    for start in range(0, len(rows), BLOCK):
        likeness_RI = (row_RV[start : start + BLOCK] @ item_IV.T).toarray()
        best_R = likeness_RI.argmax(1)
        found += [int(place) if likeness_RI[row, place] >= LIKE else None for row, place in enumerate(best_R)]
    return found


def fits(row: Texts, item: Item) -> bool:
    """Whether a row can be a version of an item: as many words where these are tagged, and no text lost."""
    for name, field in item.fields.items():
        text = row[name]
        if field.solid and (not isinstance(text, list) or len(text) != len(field.keep) or not all(text)):
            return False
    return True


def version(item: Item, row: Texts) -> Perturbed:
    """The clean item with the edits that make it the row's."""
    return perturbed(item, {name: tuple(difference(field, row[name])) for name, field in item.fields.items()})


def difference(field: Field, after: str | list[str]) -> Iterator[Edit]:
    """Edits from a clean text to its recorded version, word by word where words are tagged."""
    if isinstance(after, str):
        if after != field.text:
            yield narrowed(0, field.text, after)
        return
    for (start, end), token in zip(field.keep, after, strict=True):
        if field.text[start:end] != token:
            yield Edit(start, end, token)


def perturbed(item: Item, edits: Mapping[str, tuple[Edit, ...]]) -> Perturbed:
    """A change that names no places: all of it is one act of whoever recorded it."""
    trace = tuple(
        (Unit(name, "item", (0, len(item.fields[name].text)), 0), "recorded") for name, own in edits.items() if own
    )
    return Perturbed(item, edits, trace)


def rows_left(examples: Sequence[Example], found: Found) -> dict[str, int]:
    """What could not be brought together, for the record."""
    told = {"no row of the file is like it": len(examples) - len(found.changes)}
    told |= {"rows of the file that are like no item": found.unlike}
    return {why: count for why, count in told.items() if count}
