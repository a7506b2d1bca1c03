"""What one item counts for: its score, or what became of its answer between clean and perturbed text.

Each function takes outcome rows with `over` and `under` (ratios.py) and gives rows of the same columns, so whatever is
counted is resampled alike. An item is right where it has all that it can have: `over` reaches `under`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

import polars

from crosswind.stats.averages import CLEAN

RUN = ("arm", "sequence", "seed")
CONDITION = ("condition", "severity", "draw")
CELL = (*RUN, "language", *CONDITION)
COLUMNS = (*CELL, "cluster", "over", "under")
WORST = "worst of all"

Counts = Literal["score", "flips", "right_to_wrong", "wrong_to_right", "wrong_to_wrong", "worst_item", "agreement"]


def scored(rows: polars.DataFrame) -> polars.DataFrame:
    """The scores themselves."""
    return rows.select(COLUMNS)


def is_right() -> polars.Expr:
    return polars.col("over") >= polars.col("under") * (1 - ROUNDING)


def beside_clean(rows: polars.DataFrame) -> polars.DataFrame:
    """Perturbed rows with what the same run answered to the same item as it came; items without a twin are left out."""
    judged = rows.with_columns(is_right().alias("right"))
    own = (*RUN, "language", "example")
    clean = judged.filter(polars.col("condition") == CLEAN).select(*own, was="answer", was_right="right")
    return judged.filter(polars.col("condition") != CLEAN).join(clean, on=own, how="inner", maintain_order="left")


def counted(rows: polars.DataFrame, what: polars.Expr) -> polars.DataFrame:
    """One for every row, and one above it where something is so."""
    return rows.with_columns(what.cast(polars.Float64).alias("over"), polars.lit(1.0).alias("under")).select(COLUMNS)


def flips(rows: polars.DataFrame) -> polars.DataFrame:
    """Answers that are other ones than on clean text, whether right or wrong."""
    return counted(beside_clean(rows), polars.col("answer").ne_missing(polars.col("was")))


def right_to_wrong(rows: polars.DataFrame) -> polars.DataFrame:
    return counted(beside_clean(rows), polars.col("was_right") & ~polars.col("right"))


def wrong_to_right(rows: polars.DataFrame) -> polars.DataFrame:
    """Gains of a perturbation: what looks like robustness and is luck."""
    return counted(beside_clean(rows), ~polars.col("was_right") & polars.col("right"))


def wrong_to_wrong(rows: polars.DataFrame) -> polars.DataFrame:
    """Wrong answers that became other wrong ones; what stayed the same wrong answer is in none of the three."""
    changed = polars.col("answer").ne_missing(polars.col("was"))
    return counted(beside_clean(rows), ~polars.col("was_right") & ~polars.col("right") & changed)


def worst_item(rows: polars.DataFrame) -> polars.DataFrame:
    """Each item at the lowest of its scores over all perturbed conditions, severities and draws."""
    found = rows.filter((polars.col("condition") != CLEAN) & (polars.col("under") > 0))
    lowest = found.group_by(*RUN, "language", "cluster", "example", maintain_order=True).agg(
        (polars.col("over") / polars.col("under")).min().alias("over")
    )
    return lowest.with_columns(
        polars.lit(1.0).alias("under"),
        polars.lit(WORST).alias("condition"),
        polars.lit(0, polars.Int64).alias("severity"),
        polars.lit(0, polars.Int64).alias("draw"),
    ).select(COLUMNS)


def agreement(rows: polars.DataFrame) -> polars.DataFrame:
    """Whether the same item got the same answer in two languages; a pair of languages stands as `de|fr`.

    For answers that mean the same in every language, such as labels and choices. Right and wrong do not enter.
    """
    own = (*RUN, *CONDITION, "example")
    other = rows.select(*own, other="language", other_answer="answer")
    pairs = rows.join(other, on=own, how="inner", maintain_order="left").filter(
        polars.col("language") < polars.col("other")
    )
    named = pairs.with_columns(polars.concat_str("language", "other", separator="|").alias("language"))
    return counted(named, polars.col("answer").eq_missing(polars.col("other_answer")))


ROUNDING = 1e-9
COUNTED: Mapping[str, Callable[[polars.DataFrame], polars.DataFrame]] = MappingProxyType(
    {
        "score": scored,
        "flips": flips,
        "right_to_wrong": right_to_wrong,
        "wrong_to_right": wrong_to_right,
        "wrong_to_wrong": wrong_to_wrong,
        "worst_item": worst_item,
        "agreement": agreement,
    }
)
