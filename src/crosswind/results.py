"""The results of a study as two tidy tables: `scores`, one row per number, and `outcomes`, one row per example."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import polars
from polars import selectors

from crosswind.gathered import scores_of
from crosswind.plan import Plan
from crosswind.stages import Base, Dataset, Evaluate, Perturb, Train, Vote, clean
from crosswind.store import OUTCOMES, Store

CELL_SCHEMA = {
    "arm": polars.String,
    "sequence": polars.String,
    "target": polars.String,
    "seed": polars.Int64,
    "language": polars.String,
    "condition": polars.String,
    "severity": polars.Int64,
    "draw": polars.Int64,
    "stage": polars.String,
    "reason": polars.String,
    "validity": polars.String,
    "family": polars.String,
    "track": polars.String,
    "core": polars.Boolean,
    "seen": polars.Boolean,
    "adapter": polars.String,
    "control_of": polars.String,
}


def planned_cells(plan: Plan) -> polars.DataFrame:
    """Every cell of a plan, whatever became of it."""
    return polars.DataFrame(plan.cells, schema=CELL_SCHEMA, orient="row")


def cells(plan: Plan, store: Store) -> polars.DataFrame:
    """Every planned cell and how it stands: `done`, `missing`, `failed` (its model diverged) or `n/a`."""
    frame = planned_cells(plan)
    void = inapplicable(plan, store)
    status = standing(plan, store) | {"": "n/a"} | dict.fromkeys(void, "n/a")
    return frame.with_columns(
        polars.col("stage").replace_strict(status, return_dtype=polars.String).alias("status"),
        polars.coalesce(
            polars.col("stage").replace_strict(void, default=None, return_dtype=polars.String), "reason"
        ).alias("reason"),
    )


def inapplicable(plan: Plan, store: Store) -> dict[str, str]:
    """Evaluations of text that turned out, when it was made, not to be what their condition means, with the reason."""
    found: dict[str, str] = {}
    for stage in plan.stages.values():
        if isinstance(stage, Perturb) and stage.scale == "iso":
            facts = store.record(stage).facts if store.has(stage) else {}
            if facts.get("inapplicable"):
                found[stage.id] = facts["inapplicable"]
    asked = (stage for stage in plan.stages.values() if isinstance(stage, Evaluate)) if found else ()
    return {stage.id: found[stage.data.id] for stage in asked if stage.data.id in found}


BATCH = 500  # files that polars opens at once, in a third of the time that it takes one by one

# What a terminal has no room for; files have it.
WIDE = (
    *("reason", "family", "track", "core", "seen", "control_of", "scale", "segmenter", "main", "value_changed"),
    *("eligible", "rate", "chrf", "unk_delta", "len_ratio", "trunc_rate", "not_nfc", "pieces", "pieces_clean"),
    *("unknown", "unknown_clean", "cut", "cut_clean", "ranking"),
)


def scores(plan: Plan, store: Store) -> polars.DataFrame:
    """One row per planned cell and metric; cells without a result stand with a null value and their status.

    Beside every value stands what it means: the class of the condition (`validity`), its kind, how much of the text
    changed, what cut its words, and the share of the clean set that was not in normal form as published.
    """
    planned = cells(plan, store)
    done = planned.filter(polars.col("status") == "done")["stage"].unique()
    found = scores_of(store, map(plan.stages.__getitem__, done))
    missing = [polars.lit(None, kind).alias(name) for name, kind in SCORE_SCHEMA.items() if name not in found.columns]
    whole = found.with_columns(missing) if found.height else polars.DataFrame(schema=SCORE_SCHEMA)
    columns = whole.select(*SCORE_SCHEMA)
    told = columns.join(circumstances(plan, store, columns["stage"].unique()), on="stage", how="left")
    return planned.join(told, on="stage", how="left", maintain_order="left")


def outcomes(plan: Plan, store: Store, stages: Iterable[str] | None = None) -> polars.DataFrame:
    """One row per example of every finished cell, or of those that some finished evaluations stand for."""
    if stages is None:
        stages = cells(plan, store).filter(polars.col("status") == "done")["stage"]
    planned = planned_cells(plan).filter(polars.col("stage").is_in(list(stages)))
    found = read(plan, store, planned["stage"].unique(), OUTCOMES)
    if not found.height:
        return planned.head(0)
    own = found.drop("task", "language", "condition", "severity", "draw", "seed")
    return planned.join(own, on="stage", how="inner", maintain_order="left")


# A file that is older than a column has nothing in it.
SCORE_SCHEMA = {
    "stage": polars.String,
    "metric": polars.String,
    "main": polars.Boolean,
    "value": polars.Float64,
    "value_changed": polars.Float64,
    "examples": polars.Int64,
    "changed": polars.Float64,
    "effective": polars.Float64,
    "unk_delta": polars.Float64,
    "len_ratio": polars.Float64,
    "trunc_rate": polars.Float64,
}

CIRCUMSTANCES = {
    "stage": polars.String,
    "scale": polars.String,
    "segmenter": polars.String,
    "eligible": polars.Float64,
    "rate": polars.Float64,
    "chrf": polars.Float64,
    "not_nfc": polars.Float64,
}


def circumstances(plan: Plan, store: Store, stages: Iterable[str]) -> polars.DataFrame:
    """What the records of their datasets say about evaluations: how text was changed, and how it came."""
    told: dict[str, dict[str, Any]] = {}
    read: list[tuple[str, str]] = []
    for stage in map(plan.stages.__getitem__, stages):
        assert isinstance(stage, Evaluate)
        if stage.data.id not in told:
            told[stage.data.id] = published(clean(stage.data), store) | perturbed(stage.data, store)
        read.append((stage.id, stage.data.id))
    texts = polars.DataFrame(
        [{"data": data} | own for data, own in told.items()], schema={"data": polars.String, **CIRCUMSTANCES}
    ).drop("stage")
    asked = polars.DataFrame(read, schema={"stage": polars.String, "data": polars.String}, orient="row")
    return asked.join(texts, on="data", how="left", maintain_order="left").drop("data")


def published(data: Dataset, store: Store) -> dict[str, Any]:
    """The share of a set that its makers did not publish in normal form C."""
    facts = store.record(data).facts if store.has(data) else {}
    return {"not_nfc": facts.get("not_nfc")}


def perturbed(data: Dataset | Perturb, store: Store) -> dict[str, Any]:
    """How the text of a set was changed; nothing of clean text."""
    if not isinstance(data, Perturb):
        return {}
    facts = store.record(data).facts if store.has(data) else {}
    items = facts.get("items")
    return {
        "scale": data.scale,
        "segmenter": data.segmenter,
        "eligible": facts["eligible"] / items if items else None,
        "rate": facts.get("rate"),
        "chrf": facts.get("chrf"),
    }


def read(plan: Plan, store: Store, stages: Iterable[str], name: str) -> polars.DataFrame:
    """One file of many stages as one table with the stage's id, digests checked."""
    paths = {str(store.file(plan.stages[stage], name)): stage for stage in stages}
    left = iter(paths)
    tables = [read_batch(batch) for batch in iter(lambda: list(islice(left, BATCH)), [])]
    if not tables:
        return polars.DataFrame()
    stage_of = polars.DataFrame({"path": [*paths], "stage": [*paths.values()]})
    return polars.concat(tables, how="diagonal_relaxed").join(stage_of, on="path", maintain_order="left").drop("path")


def read_batch(paths: list[str]) -> polars.DataFrame:
    """Some files at once, with the path of each; one by one where they differ, as some may be older than a column."""
    try:
        return polars.read_parquet(paths, include_file_paths="path", glob=False)
    except polars.exceptions.PolarsError:
        each = [polars.read_parquet(path, include_file_paths="path", glob=False) for path in paths]
        return polars.concat(each, how="diagonal_relaxed")


def diverged(plan: Plan, store: Store, held: set[str]) -> dict[str, str]:
    """The trainings that were recorded as failed, with the reason."""
    trains = (stage for stage in plan.stages.values() if isinstance(stage, Train) and stage.id in held)
    unusable = (stage for stage in trains if not store.has_weights(stage))
    records = ((stage.id, store.record(stage)) for stage in unusable)
    return {stage_id: record.failure for stage_id, record in records if record.status == "failed"}


def standing(plan: Plan, store: Store) -> dict[str, str]:
    """The id of every evaluation and vote with `done`, `missing`, or `failed` where a training before it diverged."""
    held = store.held()
    failed = diverged(plan, store, held)

    def state(stage: Evaluate | Vote) -> str:
        if stage.id in held:
            return "done"
        behind = (each.id for each in trainings(stage)) if failed else ()
        return "missing" if failed.keys().isdisjoint(behind) else "failed"

    return {stage.id: state(stage) for stage in plan.stages.values() if isinstance(stage, Evaluate | Vote)}


def trainings(stage: Evaluate | Vote) -> Iterator[Train]:
    """Every training that an evaluation rests on; one that several others rest on comes more than once."""
    yield from history(stage.model)
    if stage.language_adapter is not None:
        yield from history(stage.language_adapter)


def history(model: Train | Base) -> Iterator[Train]:
    """A model's training and all those before or below it."""
    if isinstance(model, Train):
        yield model
        for start in (*model.starts, *model.language_adapters):
            yield from history(start)


def write(table: polars.DataFrame, form: str, out: Path | None, wide: Sequence[str] = WIDE) -> None:
    """Write a table to a file, or to standard output; what people read there goes without the `wide` columns."""
    if form == "parquet" and out is None:
        raise ValueError("parquet is no text; say where to write it with --out FILE")
    if form == "table":
        if "adapter" in table.columns and set(table["adapter"]) <= {""}:  # no arm has any
            table = table.drop("adapter")
        with polars.Config(
            tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200, fmt_str_lengths=40, tbl_hide_dataframe_shape=True
        ):
            text = f"{table.drop(*wide, strict=False).with_columns(selectors.float().round(3))}\n"
        if out is None:
            sys.stdout.write(text)
        else:
            out.write_text(text, encoding="utf-8")
        return
    target: Any = out or sys.stdout.buffer
    match form:
        case "csv":
            table.write_csv(target)
        case "json":
            table.write_ndjson(target)
        case "parquet":
            table.write_parquet(target)
