"""What each perturbation costs by itself, and how far each reached the model: the tables behind the headline."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars

from crosswind.evaluate.effect import idle
from crosswind.perturbations.applicability import AUDITED
from crosswind.report.summary import TREATMENT, is_pair, treatment
from crosswind.stats import averages
from crosswind.stats.averages import CLEAN

GROUP = (*TREATMENT, "condition")
SHARES = ("eligible", "rate", "chrf", "changed", "effective", "unk_delta", "len_ratio", "trunc_rate")


@dataclass(frozen=True, slots=True)
class Level:
    """The score at one severity, and its distance from clean text in the same languages.

    `is_unaudited` marks class B above the level up to which the perturbation's authors vouch for it.
    """

    severity: int
    value: float
    drop: float
    is_unaudited: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """One perturbation under one treatment, over the languages where it applies and reached the model.

    `is_seen` where the treatment has learned from text changed in the same kind of way.
    """

    target: str
    treatment: str
    condition: str
    family: str
    validity: str
    languages: tuple[str, ...]
    levels: tuple[Level, ...]
    is_seen: bool = False


def costs(scores: polars.DataFrame) -> list[Cost]:
    """Every perturbation for whose labels somebody vouches; pairs of languages have a table of their own."""
    found = averages.countable(scores).filter(~is_pair()).unique([*TREATMENT, "stage"], maintain_order=True)
    values = averages.means(found.filter(polars.col("condition") != CLEAN), (*GROUP, "severity"), keep=("language",))
    return list(rows(with_clean(values, found), found, GROUP))


def diagnostics(scores: polars.DataFrame) -> list[Cost]:
    """What nobody vouches for, language by language: no mean but that over draws and seeds of the same text."""
    found = scores.filter(averages.is_there() & averages.is_unvouched() & ~averages.is_idle())
    clean = averages.countable(scores).filter(polars.col("condition") == CLEAN)
    keys = (*GROUP, "severity", "seed", "language")
    values = found.group_by(keys, maintain_order=True).agg(polars.col("value").mean())
    return list(rows(with_clean(values, clean), found, (*GROUP, "language")))


def with_clean(values: polars.DataFrame, scores: polars.DataFrame) -> polars.DataFrame:
    """Perturbed scores with the clean one of the same treatment, seed and language beside each."""
    own = scores.filter(polars.col("condition") == CLEAN).select(*TREATMENT, "seed", "language", clean="value")
    return values.join(own.unique(maintain_order=True), on=(*TREATMENT, "seed", "language"), maintain_order="left")


def rows(values: polars.DataFrame, scores: polars.DataFrame, by: tuple[str, ...]) -> Iterator[Cost]:
    """One cost for each group, its levels in order."""
    seen = set(scores.filter("seen").select(GROUP).unique().rows())
    about = {
        (target, condition): (family, validities)
        for target, condition, family, validities in scores.group_by("target", "condition")
        .agg(polars.col("family").first(), polars.col("validity").unique().sort())
        .rows()
    }
    for _, own in values.group_by(by, maintain_order=True):
        target, arm, sequence, condition = own.select(GROUP).row(0)
        family, validities = about[target, condition]
        by_level = own.group_by("severity").agg(
            polars.col("value").mean(), (polars.col("clean") - polars.col("value")).mean().alias("drop")
        )
        yield Cost(
            target,
            treatment(arm, sequence),
            condition,
            family,
            "–".join(validities),
            tuple(own["language"].unique(maintain_order=True)),
            tuple(
                Level(severity, value, drop, "B" in validities and severity > AUDITED)
                for severity, value, drop in by_level.sort("severity").rows()
            ),
            (target, arm, sequence, condition) in seen,
        )


def reach(scores: polars.DataFrame) -> list[dict[str, Any]]:
    """What every condition changed in every language, means over draws, with why it is no result where it is none."""
    done = scores.filter(averages.is_there() & (polars.col("condition") != CLEAN) & ~is_pair())
    keys = ("target", "language", "condition", "severity")
    shares = done.group_by(keys, maintain_order=True).agg(*(polars.col(name).mean() for name in SHARES))
    return [row | {"idle": idle(row["changed"], row["effective"])} for row in shares.rows(named=True)]


def published(scores: polars.DataFrame) -> list[tuple[str, list[tuple[str, float]]]]:
    """By target, the languages of which a share of the clean set was not published in normal form C."""
    clean = scores.filter((polars.col("condition") == CLEAN) & (polars.col("not_nfc") > 0))
    found = clean.group_by("target", "language", maintain_order=True).agg(polars.col("not_nfc").first())
    targets = found["target"].unique(maintain_order=True)
    return [
        (target, found.filter(polars.col("target") == target).select("language", "not_nfc").rows())
        for target in targets
    ]
