"""Outcome rows and the scores they add up to, as tables that polars, DuckDB or a spreadsheet read as they are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import polars

from crosswind.evaluate.metrics import METRICS
from crosswind.formats.base import Answer, Encoding, Example
from crosswind.tasks.base import Task


@dataclass(frozen=True, slots=True)
class Cell:
    """What one evaluation stands for: a model's seed, a language, and a condition.

    The seed is null where nothing was trained. Tables of a study's results have the seeds of its cells instead.
    """

    task: str
    language: str
    condition: str
    severity: int
    draw: int
    seed: int | None


def outcome_table(
    task: Task,
    cell: Cell,
    examples: Sequence[Example],
    clean: Sequence[Example],
    given: Sequence[Answer],
    moved: Sequence[bool],
    collided: Sequence[bool],
) -> polars.DataFrame:
    """One row per example. `clean` are the unperturbed examples, `moved` says whose token ids differ from theirs.

    An example that has `collided` with a wrong candidate contributes nothing to any sum.
    """
    metric, form = METRICS[task.metric], task.format
    golds = [form.gold(example) for example in examples]
    measured = [metric.measure(gold, answer.value, cell.language) for gold, answer in zip(golds, given, strict=True)]
    measured = [*metric.settled(measured, [example.cluster for example in examples])]
    measured = [(0.0,) * len(row) if out else row for row, out in zip(measured, collided, strict=True)]
    columns = {
        "example": [example.uid for example in examples],
        "cluster": [example.cluster for example in examples],
        "gold": [form.spell(gold) for gold in golds],
        "answer": [form.spell(answer.value) for answer in given],
        "margin": [answer.margin for answer in given],
        "text_changed": [form.fields(one) != form.fields(other) for one, other in zip(examples, clean, strict=True)],
        "ids_changed": list(moved),
        "collided": list(collided),
    }
    numbers = {name: [row[index] for row in measured] for index, name in enumerate(metric.sums)}
    frame = polars.DataFrame(columns | numbers)
    own = (polars.lit(value).alias(name) for name, value in asdict(cell).items())
    return frame.select(*own, polars.all()).with_columns(polars.col("seed").cast(polars.Int64))


def score_table(task: Task, outcomes: polars.DataFrame) -> polars.DataFrame:
    """The scores of an outcome table: one row per metric of the task, the main one first; collided rows are out."""
    metric = METRICS[task.metric]
    cell = outcomes.select("task", "language", "condition", "severity", "draw", "seed").head(1).row(0, named=True)
    outcomes = outcomes.filter(~polars.col("collided"))
    totals = {name: float(outcomes[name].sum()) for name in metric.sums}
    changed = int(outcomes["text_changed"].sum())
    effective = int((outcomes["text_changed"] & outcomes["ids_changed"]).sum())
    return polars.DataFrame(
        [
            cell
            | {
                "metric": name,
                "main": name == metric.main,
                "value": value,
                "examples": outcomes.height,
                "changed": changed / max(1, outcomes.height),
                "effective": effective / changed if changed else None,
            }
            for name, value in metric.scores(totals).items()
        ],
        schema_overrides={"seed": polars.Int64, "effective": polars.Float64},
    )


def twins(examples: Sequence[Example], clean: Sequence[Example]) -> list[int]:
    """Where the clean version of every example stands; pairs across languages may have left some out."""
    places = {example.uid: place for place, example in enumerate(clean)}
    return [places[example.uid] for example in examples]


def ids_moved(encoding: Encoding, clean: Encoding, twins: Sequence[int]) -> list[bool]:
    """For every example, whether any of its token ids differ from those of its clean twin."""
    mine, theirs = keys(encoding), keys(clean)
    return [mine[place] != theirs[twin] for place, twin in enumerate(twins)]


def keys(encoding: Encoding) -> Mapping[int, list[object]]:
    """What the model sees of every example, by its place."""
    found: dict[int, list[object]] = defaultdict(list)
    for feature in encoding.features:
        found[feature.example].append(feature.key)
    return found
