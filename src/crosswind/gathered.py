"""The scores of a store in one file: a report would open a hundred thousand others, and does it only once.

The file holds copies, by stage, of what evaluations have published. They never change, so it needs no care: rows that
are missing are read where they are, one that two processes write at once has the rows of either, and it may be deleted.
"""

import contextlib
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars

from crosswind.identity import Stage
from crosswind.store import SCORES, Store

FOLDER = "tables"
FEW = 50  # as many are read sooner than a file is written


def scores_of(store: Store, stages: Iterable[Stage]) -> polars.DataFrame:
    """The published scores of evaluations with the ids of their stages, digests checked where they are read."""
    wanted = {stage.id: stage for stage in stages}
    path = store.root / FOLDER / SCORES
    known = gathered(path)
    there = set(known["stage"].unique()) if known.height else set()
    new = frames(store, [stage for key, stage in wanted.items() if key not in there])
    if len(new) > FEW:
        known = polars.concat([known, *new], how="diagonal_relaxed") if known.height else joined(new)
        with contextlib.suppress(OSError):  # a store that may only be read, or a full disk
            keep(known, path)
        return known.filter(polars.col("stage").is_in(list(wanted)))
    own = [known.filter(polars.col("stage").is_in(list(wanted)))] if there & set(wanted) else []
    return joined([*own, *new])


def gathered(path: Path) -> polars.DataFrame:
    """What was gathered so far; nothing where there is no file, or one that cannot be read."""
    with contextlib.suppress(OSError, polars.exceptions.PolarsError):
        return polars.read_parquet(path)
    return polars.DataFrame()


def frames(store: Store, stages: Sequence[Stage]) -> list[polars.DataFrame]:
    """The scores of single evaluations, from their own files."""
    return [
        polars.read_parquet(store.file(stage, SCORES)).with_columns(polars.lit(stage.id).alias("stage"))
        for stage in stages
    ]


def joined(found: Sequence[polars.DataFrame]) -> polars.DataFrame:
    """Tables one under the other; older ones may lack columns."""
    return polars.concat(found, how="diagonal_relaxed") if found else polars.DataFrame()


def keep(table: polars.DataFrame, path: Path) -> None:
    """Write the file aside and put it in place, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    try:
        table.write_parquet(aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
