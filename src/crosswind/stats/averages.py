"""Means over scores that may be averaged, and a refusal of all others.

What nobody vouches for (class C), what says nothing about a model because hardly any text changed or its tokenizer
undid it, and what does not exist has its place in tables and none in a mean. Nor has what is no likeness of its
neighbours: questions and contexts, severities of two scales, words cut by two segmenters.
"""

from collections.abc import Sequence

import polars

from crosswind.evaluate.effect import LEAST_CHANGED, LEAST_EFFECTIVE

CLEAN = "clean"
ORDER = ("seed", "language", "condition", "severity", "draw")
ALIKE = ("track", "scale", "segmenter")


def is_idle() -> polars.Expr:
    """Whether a score is of text whose change has hardly reached the model."""
    unread = (polars.col("changed") < LEAST_CHANGED) | (polars.col("effective") < LEAST_EFFECTIVE)
    return (polars.col("condition") != CLEAN) & unread.fill_null(True)


def is_unvouched() -> polars.Expr:
    """Whether nobody vouches for the labels behind a score."""
    return polars.col("validity") == "C"


def is_met() -> polars.Expr:
    """Whether a score is of a kind of change that some treatment of its target has learned from.

    Such scores are held out of no one's training alone, so they leave the means of all: treatments are compared over
    equal conditions.
    """
    return polars.col("seen").fill_null(False).any().over("target", "family") & (polars.col("condition") != CLEAN)


def is_there() -> polars.Expr:
    """Whether a score exists and is the one that stands for its task."""
    return ((polars.col("status") == "done") & polars.col("main") & polars.col("value").is_not_null()).fill_null(False)


def countable(scores: polars.DataFrame) -> polars.DataFrame:
    """The scores that may enter a mean."""
    return scores.filter(is_there() & ~is_unvouched() & ~is_idle())


def means(scores: polars.DataFrame, by: Sequence[str], keep: Sequence[str] = ()) -> polars.DataFrame:
    """Means of `value` for each group of `by`, seed and `keep`: over draws, severities, conditions, languages in turn.

    Raises ValueError where a score may not enter a mean, or where scores of a group are not alike.
    """
    refuse_uncountable(scores)
    refuse_unlike(scores, by)
    levels = [*by, *(name for name in ORDER if name not in by)]
    while levels[-1] not in {"seed", *keep}:
        levels.pop()
        scores = scores.group_by(levels, maintain_order=True).agg(polars.col("value").mean())
    return scores


def refuse_uncountable(scores: polars.DataFrame) -> None:
    """Say which scores no mean may have."""
    for what, found in (
        ("do not exist, or are not the score that stands for their task", ~is_there()),
        ("are of class C: nobody vouches for their labels", is_unvouched()),
        ("are of text whose change hardly reached the model", is_idle()),
    ):
        rows = scores.filter(found)
        if rows.height:
            names = ", ".join(rows["condition"].unique(maintain_order=True)[:3])
            raise ValueError(f"{rows.height} of {scores.height} scores {what} ({names}); leave them out of the mean")


def refuse_unlike(scores: polars.DataFrame, by: Sequence[str]) -> None:
    """Say what a mean would throw together that is not alike."""
    counts = scores.group_by(by).agg(polars.col(ALIKE).drop_nulls().n_unique())
    for name in ALIKE:
        if (counts[name] > 1).any():
            found = ", ".join(repr(each) for each in scores[name].drop_nulls().unique().sort())
            raise ValueError(f"one mean over scores of {name} {found}: they are not alike; average each by itself")
