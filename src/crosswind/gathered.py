"""The scores of a store in a few files: a report would open a hundred thousand others, and does it only once.

The files hold copies, by stage, of what evaluations have published: their scores, and what was lost of their texts. A
run writes them as it goes, and whoever misses many rows writes those. Each file is put in place whole under a name of
its own, so processes do not disturb each other; a stage that stands in several has the rows of the newest. What cannot
be read is passed over, what cannot be written is left, and all of it may be deleted.
"""

import contextlib
import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import polars

from crosswind.identity import Stage
from crosswind.records import Damaged, File, StageRecord
from crosswind.store import RECORD, SCORES, TABLES, Store

FEW = 50  # as many are read sooner than a file is written
MANY = 8  # files, which become one
BATCH = 500  # published files that polars reads at once
COUNTS = ("truncated", "collided")  # of a record's facts: the texts that were cut, and those that were not scored


def scores_of(store: Store, stages: Iterable[Stage]) -> polars.DataFrame:
    """The published scores of evaluations with the ids of their stages, digests checked where they are read."""
    wanted = {stage.id: stage for stage in stages}
    known = gathered(store)
    there = set(known["stage"]) if known.height else set()
    new = fresh(store, [stage for key, stage in wanted.items() if key not in there])
    if new.height and new["stage"].n_unique() > FEW:
        keep(store, new)
    own = [known.filter(polars.col("stage").is_in(list(wanted)))] if there & wanted.keys() else []
    return joined([*own, new]).drop(COUNTS, strict=False)


def gather(store: Store, stages: Sequence[Stage]) -> None:
    """Copy what evaluations have published just now, in place of any rows that they had before."""
    if len(stages) > FEW:
        with contextlib.suppress(Damaged):  # whoever reads the stage itself says so
            keep(store, fresh(store, stages))


def counts_of(store: Store) -> Mapping[str, Mapping[str, int]]:
    """How many texts every gathered evaluation has lost, by stage and COUNTS."""
    known = gathered(store)
    if not known.height:
        return {}
    rows = known.unique("stage").select("stage", *COUNTS).iter_rows()
    return {stage: dict(zip(COUNTS, counts, strict=True)) for stage, *counts in rows}


# What is there already


def gathered(store: Store) -> polars.DataFrame:
    """What was gathered so far, of every stage the newest; nothing where there is no file, or none that can be read."""
    found: list[polars.DataFrame] = []
    seen: set[str] = set()
    for path in tables(store):
        with contextlib.suppress(OSError, polars.exceptions.PolarsError):
            table = polars.read_parquet(path)
            if {"stage", *COUNTS} <= {*table.columns}:
                new = table.filter(~polars.col("stage").is_in(list(seen))) if seen else table
                found.append(new)
                seen |= set(new["stage"])
    return joined(found)


def tables(store: Store) -> list[Path]:
    """The files, newest first."""
    times: dict[Path, int] = {}
    for path in (store.root / TABLES).glob("*.parquet"):
        with contextlib.suppress(OSError):  # another process has made one of several
            times[path] = path.stat().st_mtime_ns
    return sorted(times, key=lambda path: (times[path], path.name), reverse=True)


def keep(store: Store, new: polars.DataFrame) -> None:
    """Write rows as one more file, or as one together with all that are there when these have become many."""
    with contextlib.suppress(OSError):  # a store that may only be read, or a full disk
        old = tables(store)
        if len(old) < MANY:
            old = []
        else:
            before = gathered(store)
            new = joined([new, before.filter(~polars.col("stage").is_in(new["stage"].unique().to_list()))])
        write(new, store.root / TABLES / SCORES)
        for path in old:
            path.unlink(missing_ok=True)


def write(table: polars.DataFrame, path: Path) -> None:
    """Write a table aside and put it in place whole, under a name like the path's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    name = uuid.uuid4().hex
    aside = path.with_name(f".{name}.partial")
    try:
        table.write_parquet(aside)
        aside.replace(path.with_stem(f"{path.stem}-{name}"))
    finally:
        aside.unlink(missing_ok=True)


# What has to be read where it was published


def fresh(store: Store, stages: Iterable[Stage]) -> polars.DataFrame:
    """The scores of single evaluations, from their own files, with the COUNTS of their records."""
    left = iter(stages)
    return joined([read(store, batch) for batch in iter(lambda: list(islice(left, BATCH)), [])])


def read(store: Store, stages: Sequence[Stage]) -> polars.DataFrame:
    """Some evaluations at once; one by one where their files are not alike, as some may be older than a column."""
    folders = [store.place_of(stage) for stage in stages]
    records = [StageRecord.read(Path(folder, RECORD)) for folder in folders]
    files = [sound(folder, record) for folder, record in zip(folders, records, strict=True)]
    counts = {name: [int(record.facts.get(name, 0)) for record in records] for name in COUNTS}
    about = polars.DataFrame({"stage": [stage.id for stage in stages], **counts})
    with contextlib.suppress(polars.exceptions.PolarsError):
        table = polars.read_parquet(list(files))
        if "main" in table.columns and table["main"].sum() == len(files):  # every file begins with its main score
            place = table["main"].cast(polars.Int64).cum_sum() - 1
            return table.hstack(about[place])
    return joined(list(one_by_one(files, about)))


def one_by_one(files: Sequence[bytes], about: polars.DataFrame) -> Iterator[polars.DataFrame]:
    for file, own in zip(files, about.iter_rows(named=True), strict=True):
        told = (polars.lit(value).alias(name) for name, value in own.items())
        yield polars.read_parquet(file).with_columns(told)


def sound(folder: str, record: StageRecord) -> bytes:
    """The scores in a folder as they were published; raises Damaged where they are not."""
    expected = record.file(SCORES, Path(folder))
    try:
        with open(f"{folder}/{SCORES}", "rb") as file:  # noqa: PTH123  (as in Store.paths)
            found = file.read()
    except FileNotFoundError as error:
        raise Damaged(f"{folder}/{SCORES} is missing") from error
    if File(hashlib.sha256(found).hexdigest(), len(found)) != expected:
        raise Damaged(f"{folder}/{SCORES} has changed since it was published")
    return found


def joined(found: Sequence[polars.DataFrame]) -> polars.DataFrame:
    """Tables one under the other; older ones may lack columns."""
    there = [table for table in found if table.height]
    return polars.concat(there, how="diagonal_relaxed") if there else polars.DataFrame()


__all__ = ["COUNTS", "FEW", "counts_of", "gather", "gathered", "scores_of"]
