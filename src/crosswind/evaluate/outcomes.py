"""Outcome rows and the scores they add up to, as tables that polars, DuckDB or a spreadsheet read as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import polars

from crosswind.evaluate.base import Metric
from crosswind.evaluate.effect import effect
from crosswind.evaluate.metrics import METRICS
from crosswind.formats.base import Answer, Example
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
    collided: Sequence[bool],
    read: Mapping[str, Sequence[object]],
) -> polars.DataFrame:
    """One row per example. `clean` are the unperturbed examples, `read` the columns that evaluate.effect has for both.

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
        "ranking": [" ".join(map(str, answer.ranking)) or None for answer in given],
        "text_changed": [form.fields(one) != form.fields(other) for one, other in zip(examples, clean, strict=True)],
        "collided": list(collided),
        **{name: list(values) for name, values in read.items()},
    }
    numbers = {name: [row[index] for row in measured] for index, name in enumerate(metric.sums)}
    frame = polars.DataFrame(columns | numbers, schema_overrides={"ranking": polars.String})
    own = (polars.lit(value).alias(name) for name, value in asdict(cell).items())
    return frame.select(*own, polars.all()).with_columns(polars.col("seed").cast(polars.Int64))


def score_table(task: Task, outcomes: polars.DataFrame) -> polars.DataFrame:
    """The scores of an outcome table: one row per metric of the task, the main one first; collided rows are out.

    `value` is over all examples, `value_changed` over those whose text changed: null where there are none.
    """
    metric = METRICS[task.metric]
    cell = outcomes.select("task", "language", "condition", "severity", "draw", "seed").head(1).row(0, named=True)
    outcomes = outcomes.filter(~polars.col("collided"))
    changed = outcomes.filter("text_changed")
    over_changed = scored(metric, changed) if changed.height else {}
    reach = effect(outcomes)
    return polars.DataFrame(
        [
            cell
            | {"metric": name, "main": name == metric.main, "value": value, "value_changed": over_changed.get(name)}
            | {"examples": outcomes.height, **reach}
            for name, value in scored(metric, outcomes).items()
        ],
        schema_overrides={"seed": polars.Int64, "value_changed": polars.Float64} | dict.fromkeys(reach, polars.Float64),
    )


def scored(metric: Metric, outcomes: polars.DataFrame) -> Mapping[str, float]:
    """The scores of some rows of an outcome table."""
    return metric.scores({name: float(outcomes[name].sum()) for name in metric.sums})


def twins(examples: Sequence[Example], clean: Sequence[Example]) -> list[int]:
    """Where the clean version of every example stands; pairs across languages may have left some out."""
    places = {example.uid: place for place, example in enumerate(clean)}
    return [places[example.uid] for example in examples]
