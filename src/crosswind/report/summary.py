"""The numbers of the page: scores of every arm, sequence, target and language, averaged in one fixed order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import mean

import polars

from crosswind.stats import averages
from crosswind.stats.averages import CLEAN
from crosswind.stats.intervals import Interval, over_seeds

TREATMENT = ("target", "arm", "sequence")
PAIR = "xling_pair:"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a results table: an arm with a sequence, clean and perturbed, over the languages of a target.

    `perturbed` has one mean for each kind of perturbed text: of questions there are two, which are never one. `drops`
    are the mean differences to clean text in the languages that have both. `control_of` is the arm that this one is a
    control of, if of any; its `sequence` is the one that it stands beside. `diverged` are its runs that have no scores
    to be in any of this.
    """

    target: str
    arm: str
    sequence: str
    clean: Interval
    perturbed: Mapping[str, Interval]
    drops: Mapping[str, float]
    worst_language: str
    worst: float
    seeds: int
    control_of: str = ""
    diverged: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """One mark of the figure: a treatment in a language on clean or on perturbed text."""

    target: str
    treatment: str
    language: str
    text: str
    interval: Interval


def headline(scores: polars.DataFrame) -> polars.DataFrame:
    """The scores of the figure and of the first table: clean text, and of perturbed text what every script knows.

    Seeds that share an evaluation, because nothing was trained, have one score between them.
    """
    known = scores.with_columns(averages.is_met().alias("met"))  # before any score is left out that says so
    found = averages.countable(known).filter((polars.col("condition") == CLEAN) | polars.col("core"))
    return found.unique([*TREATMENT, "stage"], keep="first", maintain_order=True)


def averaged(scores: polars.DataFrame, *keep: str) -> polars.DataFrame:
    """Clean and perturbed means per treatment, seed and `keep`, each kind of perturbed text by itself."""
    return averages.means(headline(scores).with_columns(kind_of_text()), ("text", *TREATMENT), keep)


def kind_of_text() -> polars.Expr:
    """Clean text or perturbed text, and of the latter which text of a question, and on which scale if not the usual.

    What training text of an arm was changed by has a mean of its own: the others are over what no arm has met.
    """
    track = polars.when(polars.col("track") != "").then(polars.lit(" ") + polars.col("track")).otherwise(polars.lit(""))
    scale = polars.when(polars.col("scale") == "iso").then(polars.lit(", iso")).otherwise(polars.lit(""))
    met = polars.when("met").then(polars.lit(", met in training")).otherwise(polars.lit(""))
    perturbed = polars.concat_str(polars.lit("perturbed"), track, scale, met)
    is_clean = polars.col("condition") == CLEAN
    return polars.when(is_clean).then(polars.lit(CLEAN)).otherwise(perturbed).alias("text")


def points(scores: polars.DataFrame) -> list[Point]:
    """The marks of the figure."""
    frame = averaged(scores, "language")
    groups = frame.group_by([*TREATMENT, "language", "text"], maintain_order=True).agg("value")
    return [
        Point(
            row["target"],
            treatment(row["arm"], row["sequence"]),
            row["language"],
            row["text"],
            over_seeds(row["value"]),
        )
        for row in groups.iter_rows(named=True)
    ]


def lines(scores: polars.DataFrame) -> Iterator[Line]:
    """The results table, in the order of the study."""
    means, by_language = averaged(scores), averaged(scores, "language")
    controls = dict(scores.select("arm", "control_of").unique().rows())
    lost = diverged(scores)
    for target, arm, sequence in means.select(TREATMENT).unique(maintain_order=True).iter_rows():
        mine = (polars.col("target") == target) & (polars.col("arm") == arm) & (polars.col("sequence") == sequence)
        own = means.filter(mine).group_by("text", maintain_order=True).agg("value")
        found = {text: over_seeds(values) for text, values in own.rows()}
        languages = (
            by_language.filter(mine & (polars.col("text") == CLEAN))
            .group_by("language", maintain_order=True)
            .agg(polars.col("value").mean())
            .sort("value")
        )
        worst, seeds = languages.row(0), found[CLEAN].count
        yield Line(
            target,
            arm,
            sequence,
            found.pop(CLEAN),
            found,
            drops(by_language.filter(mine)),
            worst[0],
            worst[1],
            seeds,
            controls[arm],
            lost.get((target, arm, sequence), 0),
        )


def diverged(scores: polars.DataFrame) -> dict[tuple[str, str, str], int]:
    """How many runs of each treatment have no scores, since a training behind them diverged."""
    failed = scores.filter(polars.col("status") == "failed").group_by(TREATMENT).agg(polars.col("seed").n_unique())
    return {(target, arm, sequence): count for target, arm, sequence, count in failed.rows()}


def drops(by_language: polars.DataFrame) -> dict[str, float]:
    """How much lower each kind of perturbed text scores than clean text, where seeds and languages have both."""
    clean = by_language.filter(polars.col("text") == CLEAN).select("seed", "language", clean="value")
    both = by_language.filter(polars.col("text") != CLEAN).join(clean, on=("seed", "language"))
    return dict(both.group_by("text").agg((polars.col("clean") - polars.col("value")).mean()).rows())


@dataclass(frozen=True, slots=True)
class Matrix:
    """Scores of one treatment on items whose parts are in two languages: `rows[i][j]` has its first part in language i
    and its second in j. `same` and `mixed` are the means of the diagonal and of all else.
    """

    target: str
    treatment: str
    languages: tuple[str, ...]
    rows: tuple[tuple[float | None, ...], ...]
    same: float
    mixed: float
    low: float
    high: float


def is_pair() -> polars.Expr:
    """Whether a score is of a pair of languages."""
    return polars.col("condition").str.starts_with(PAIR)


def matrices(scores: polars.DataFrame) -> list[Matrix]:
    """One matrix for every treatment of a target with pairs of languages, means over seeds; the diagonal is clean."""
    done = scores.filter((polars.col("status") == "done") & polars.col("main"))
    both = done.filter(is_pair() | (polars.col("condition") == CLEAN)).with_columns(
        polars.when(is_pair())
        .then(polars.col("condition").str.strip_prefix(PAIR))
        .otherwise(polars.col("language"))
        .alias("second")
    )
    means = both.group_by([*TREATMENT, "language", "second"], maintain_order=True).agg(polars.col("value").mean())
    found = []
    for (target, arm, sequence), own in means.group_by(TREATMENT, maintain_order=True):
        values = {(first, second): value for first, second, value in own.select("language", "second", "value").rows()}
        mixed = [value for (first, second), value in values.items() if first != second]
        if mixed:
            codes = tuple(dict.fromkeys(code for pair in values for code in pair))
            rows = tuple(tuple(values.get((first, second)) for second in codes) for first in codes)
            same = [value for (first, second), value in values.items() if first == second]
            spread = min(values.values()), max(values.values())
            name = treatment(str(arm), str(sequence))
            found.append(Matrix(str(target), name, codes, rows, mean(same), mean(mixed), *spread))
    return found


def treatment(arm: str, sequence: str) -> str:
    """A treatment's name: the arm, and its intermediate tasks if there are any."""
    return f"{arm}: {sequence}" if sequence else arm
