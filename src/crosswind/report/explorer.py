"""Every score of a study in one compact table for each target: what the page shows cell by cell.

Without scripts a reader sees the first treatment; with them, any of them, as it is or against another.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars

from crosswind.report.summary import TREATMENT, is_pair, treatment
from crosswind.stages import label
from crosswind.stats import averages
from crosswind.stats.averages import CLEAN
from crosswind.study import Study
from crosswind.tasks.base import Task

COLUMN = ("condition", "severity", "validity", "family")


@dataclass(frozen=True, slots=True)
class Column:
    """One way in which text was changed; clean text has severity 0."""

    condition: str
    severity: int
    validity: str
    family: str

    @property
    def name(self) -> str:
        return self.condition if not self.severity else f"{self.condition} L{self.severity}"


@dataclass(frozen=True)  # no slots: the lowest value is asked for once a cell, and found once
class Table:
    """The scores of one target, means over draws and seeds: `values[treatment][language][column]`, None where there is
    no result. Languages stand from the highest mean clean score to the lowest, the source first."""

    target: str
    chance: float
    source: str
    treatments: tuple[str, ...]
    languages: tuple[str, ...]
    columns: tuple[Column, ...]
    values: tuple[tuple[tuple[float | None, ...], ...], ...]

    @cached_property
    def low(self) -> float:
        """Where colours begin."""
        found = [value for table in self.values for row in table for value in row if value is not None]
        return min([self.chance, *found])

    def lowest(self, treatment: int) -> int | None:
        """The place of the language with the lowest clean score under a treatment, the first of several."""
        clean = [row[0] for row in self.values[treatment]]
        there = [value for value in clean if value is not None]
        return clean.index(min(there)) if len(there) > 1 else None

    @property
    def payload(self) -> dict[str, Any]:
        """What scripts read."""
        return {
            "target": self.target,
            "chance": self.chance,
            "source": self.source,
            "treatments": self.treatments,
            "languages": self.languages,
            "columns": [column.name for column in self.columns],
            "low": self.low,
            "lowest": [self.lowest(treatment) for treatment in range(len(self.treatments))],
            "values": self.values,
        }


def tables(study: Study, scores: polars.DataFrame) -> list[Table]:
    """One table for each target that has any score. Class C and what hardly reached a model stay out."""
    tasks = {label(task): task for task in study.targets}
    found = averages.countable(scores).filter(~is_pair()).unique([*TREATMENT, "stage"], maintain_order=True)
    means = found.group_by([*TREATMENT, *COLUMN, "language"], maintain_order=True).agg(polars.col("value").mean())
    return [table(tasks[str(target)], own) for (target,), own in means.group_by("target", maintain_order=True)]


def table(task: Task, means: polars.DataFrame) -> Table:
    treatments = list(dict.fromkeys(means.select("arm", "sequence").rows()))
    clean = means.filter(polars.col("condition") == CLEAN).group_by("language").agg(polars.col("value").mean())
    heights = dict(clean.rows())
    everywhere = means["language"].unique(maintain_order=True).to_list()
    languages = sorted(everywhere, key=lambda code: (code != task.source, -heights.get(code, 0.0)))
    columns = ordered(means)
    values = {
        (arm, sequence, language, condition, severity): round(value, 1)
        for arm, sequence, language, condition, severity, value in means.select(
            "arm", "sequence", "language", "condition", "severity", "value"
        ).iter_rows()
    }
    return Table(
        label(task),
        100 * task.chance,
        task.source,
        tuple(treatment(*each) for each in treatments),
        tuple(languages),
        columns,
        tuple(
            tuple(
                tuple(values.get((*each, code, one.condition, one.severity)) for one in columns) for code in languages
            )
            for each in treatments
        ),
    )


def ordered(means: polars.DataFrame) -> tuple[Column, ...]:
    """Clean text, then conditions in the study's order with their severities; of several classes the weakest."""
    unique = (
        means.group_by("condition", "severity", maintain_order=True)
        .agg(polars.col("validity").max(), polars.col("family").first())
        .rows()
    )
    order = list(dict.fromkeys(condition for condition, *_ in unique))
    found = [Column(*each) for each in unique]
    return tuple(sorted(found, key=lambda one: (one.condition != CLEAN, order.index(one.condition), one.severity)))


def embedded(found: Sequence[Table]) -> str:
    """The tables as JSON that may stand inside a script element."""
    text = json.dumps([each.payload for each in found], separators=(",", ":"), ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
