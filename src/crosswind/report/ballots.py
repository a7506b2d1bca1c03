"""Smoothed answers on the page: what votes came to, and apart from it what they prove; over languages and seeds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars

from crosswind.report.summary import treatment

GROUP = ("vote", "target", "arm", "sequence", "condition", "severity")


@dataclass(frozen=True, slots=True)
class Proof:
    """The accuracy that is certain whatever so many words become, from none on."""

    vote: str
    target: str
    treatment: str
    text: str
    alpha: float
    shares: dict[int, float]


def held(votes: polars.DataFrame) -> list[dict[str, Any]]:
    """One row for each vote under one treatment, on clean text or under one condition."""
    names = ("single", "majority", "gap", "agreement", "abstained", "sure_and_right")
    done = votes.filter(polars.col("status") == "done")
    means = done.group_by(GROUP, maintain_order=True).agg(
        *(polars.col(name).mean() for name in names),
        polars.col("readings").first(),
        polars.col("language").n_unique().alias("languages"),
        polars.col("seed").n_unique().alias("seeds"),
    )
    return [row | told(row) for row in means.rows(named=True)]


def proofs(certificates: polars.DataFrame) -> Iterator[Proof]:
    """One line for each vote that certifies. Where a language proves nothing of so many words, its share is 0."""
    for _, own in certificates.group_by(GROUP, maintain_order=True):
        row = own.row(0, named=True)
        cells = own.select("language", "seed", "draw").n_unique()
        sums = own.group_by("words_changed").agg(polars.col("certified").sum() / cells).sort("words_changed").rows()
        yield Proof(row["vote"], row["target"], told(row)["treatment"], told(row)["text"], row["alpha"], dict(sums))


def told(row: dict[str, Any]) -> dict[str, str]:
    """How a model was trained and what it read, in words."""
    level = f" L{row['severity']}" if row["severity"] else ""
    return {"treatment": treatment(row["arm"], row["sequence"]), "text": row["condition"] + level}
