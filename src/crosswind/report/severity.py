"""Curves of scores over severity, for the treatments that a figure can tell apart."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars

from crosswind.report.explorer import Table
from crosswind.report.spending import CURVES
from crosswind.report.summary import TREATMENT, is_pair, treatment
from crosswind.stats import averages
from crosswind.stats.averages import CLEAN
from crosswind.stats.intervals import over_seeds


@dataclass(frozen=True, slots=True)
class Height:
    """A score of a treatment at a severity of a condition, the mean over those languages that have the condition."""

    treatment: str
    condition: str
    severity: int
    mean: float
    low: float
    high: float


def heights(table: Table, scores: polars.DataFrame) -> list[Height]:
    """The curves of a target's first treatments over conditions that have several severities; clean text is 0."""
    found = averages.countable(scores).filter(~is_pair() & (polars.col("target") == table.target))
    found = found.unique([*TREATMENT, "stage"], maintain_order=True)
    curved = [name for name, count in levels(table).items() if count > 1]
    treatments = found.select("arm", "sequence").unique(maintain_order=True).rows()[:CURVES]
    return [
        height
        for arm, sequence in treatments
        for condition in curved
        for height in curve(found, str(arm), str(sequence), condition)
    ]


def levels(table: Table) -> dict[str, int]:
    """How many severities each condition has."""
    found: dict[str, int] = {}
    for column in table.columns:
        if column.condition != CLEAN:
            found[column.condition] = found.get(column.condition, 0) + 1
    return found


def curve(scores: polars.DataFrame, arm: str, sequence: str, condition: str) -> Iterator[Height]:
    """One line of the figure: the same languages at every severity."""
    own = scores.filter((polars.col("arm") == arm) & (polars.col("sequence") == sequence))
    perturbed = own.filter(polars.col("condition") == condition)
    steps = perturbed["severity"].n_unique()
    whole = (
        perturbed.group_by("language").agg(polars.col("severity").n_unique()).filter(polars.col("severity") == steps)
    )
    kept = polars.col("language").is_in(whole["language"].to_list())
    both = own.filter(kept & polars.col("condition").is_in([CLEAN, condition]))
    means = both.group_by("severity", "seed", "language", maintain_order=True).agg(polars.col("value").mean())
    by_seed = (
        means.group_by("severity", "seed", maintain_order=True).agg(polars.col("value").mean()).sort("severity", "seed")
    )
    for (severity,), level in by_seed.group_by("severity", maintain_order=True):
        found = over_seeds(level["value"].to_list())
        yield Height(treatment(arm, sequence), condition, int(str(severity)), found.mean, found.low, found.high)
