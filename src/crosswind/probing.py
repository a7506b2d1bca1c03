"""How far a study's perturbations reach its encoder, told before any model is trained, from texts and a tokenizer.

What `crosswind results` has beside every score is here without scores, so that a study can be mended before it costs
anything: a perturbation that a tokenizer undoes, a language in which hardly anything can be edited.
"""

from collections.abc import Iterator
from typing import Any

import polars

from crosswind.conditions import CLEAN
from crosswind.evaluate.effect import columns, effect, idle
from crosswind.evaluate.outcomes import twins
from crosswind.plan import Cell, Plan
from crosswind.results import perturbed
from crosswind.stages import Evaluate, Perturb, clean
from crosswind.workshop import Workshop

SCHEMA = {
    "target": polars.String,
    "language": polars.String,
    "condition": polars.String,
    "severity": polars.Int64,
    "draw": polars.Int64,
    "validity": polars.String,
    "tokenizer": polars.String,
    "max_length": polars.Int64,
    "scale": polars.String,
    "segmenter": polars.String,
    "eligible": polars.Float64,
    "rate": polars.Float64,
    "barren": polars.Int64,
    "withdrawn": polars.Int64,
    "distance": polars.Int64,
    "chrf": polars.Float64,
    "changed": polars.Float64,
    "effective": polars.Float64,
    "unk_delta": polars.Float64,
    "len_ratio": polars.Float64,
    "trunc_rate": polars.Float64,
    "note": polars.String,
}


def probe(plan: Plan, workshop: Workshop) -> polars.DataFrame:
    """One row for every perturbed set as an encoder reads it, and for every case that does not apply.

    The sets must have been made. `note` says why a row is no result where it is none.
    """
    return polars.DataFrame(list(rows(plan, workshop)), schema=SCHEMA)


def rows(plan: Plan, workshop: Workshop) -> Iterator[dict[str, Any]]:
    """The rows, each once: arms and seeds read the same text, unless they read it at another length."""
    seen = set()
    for cell in plan.cells:
        if cell.condition == CLEAN:
            continue
        stage = plan.stages.get(cell.stage)
        base, length = (stage.base.model, stage.recipe.max_length) if isinstance(stage, Evaluate) else ("", None)
        key = cell.target, cell.language, cell.condition, cell.severity, cell.draw, length
        if key not in seen:
            seen.add(key)
            row = dict(zip(list(SCHEMA)[:5], key, strict=False)) | {"validity": cell.validity}
            yield row | {"tokenizer": base, "max_length": length} | measured(cell, stage, workshop)


def measured(cell: Cell, stage: Any, workshop: Workshop) -> dict[str, Any]:
    """What was changed in a set and what of it arrives, or why there is no such set."""
    if not isinstance(stage, Evaluate):
        return {"note": cell.reason}
    data, task = stage.data, clean(stage.data).task
    assert isinstance(data, Perturb)
    facts = workshop.store.record(data).facts
    before, after = workshop.examples(clean(data)), workshop.examples(data)
    own = twins(after, before)
    moved = [
        task.format.fields(each) != task.format.fields(before[twin]) for each, twin in zip(after, own, strict=True)
    ]
    read = columns(*workshop.readings_of(data, stage.base, stage.recipe.max_length), own)
    arrived = effect(polars.DataFrame({"text_changed": moved} | read))
    counts = {name: facts.get(name) for name in ("barren", "withdrawn", "distance")}
    note = facts.get("inapplicable") or idle(arrived["changed"], arrived["effective"])
    return perturbed(data, workshop.store) | counts | arrived | {"note": note}
