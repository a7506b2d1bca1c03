"""The numbers of the page: scores of every arm, sequence, target and language, averaged in one fixed order."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean

import polars

from crosswind.stats.intervals import Interval, over_seeds

TREATMENT = ("target", "arm", "sequence")
PAIR = "xling_pair:"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a results table: an arm with a sequence, clean and perturbed, over the languages of a target."""

    target: str
    arm: str
    sequence: str
    clean: Interval
    perturbed: Interval | None
    worst_language: str
    worst: float
    seeds: int


@dataclass(frozen=True, slots=True)
class Point:
    """One mark of the figure: a treatment in a language on clean or on perturbed text."""

    target: str
    treatment: str
    language: str
    text: str
    interval: Interval


def usable(scores: polars.DataFrame) -> polars.DataFrame:
    """Main scores that exist, each once, without cells whose perturbation changed hardly any token ids.

    Those test nothing. Seeds that share an evaluation, because nothing was trained, have one score between them.
    """
    idle = (polars.col("condition") != "clean") & (
        (polars.col("effective") < 0.5) | (polars.col("changed") < 0.05)
    ).fill_null(True)
    found = scores.filter((polars.col("status") == "done") & polars.col("main") & ~idle)
    return found.unique([*TREATMENT, "stage"], keep="first", maintain_order=True)


def idle_cells(scores: polars.DataFrame) -> polars.DataFrame:
    """Conditions that changed too little in a language to say anything, with the shares that show it."""
    done = scores.filter((polars.col("status") == "done") & polars.col("main") & (polars.col("condition") != "clean"))
    shares = done.group_by("target", "language", "condition", "severity", maintain_order=True).agg(
        polars.col("changed").mean(), polars.col("effective").mean()
    )
    return shares.filter((polars.col("effective") < 0.5).fill_null(True) | (polars.col("changed") < 0.05))


def averaged(scores: polars.DataFrame, *keep: str) -> polars.DataFrame:
    """Clean and perturbed means per treatment, seed and `keep`; over draws, then severities, conditions, languages."""
    frame = usable(scores).with_columns(
        polars.when(polars.col("condition") == "clean")
        .then(polars.lit("clean"))
        .otherwise(polars.lit("perturbed"))
        .alias("text")
    )
    levels = ["text", *TREATMENT, "seed", "language", "condition", "severity", "draw"]
    while levels[-1] not in {"seed", *keep}:
        levels.pop()
        frame = frame.group_by(levels, maintain_order=True).agg(polars.col("value").mean())
    return frame


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
    for target, arm, sequence in means.select(TREATMENT).unique(maintain_order=True).iter_rows():
        mine = (polars.col("target") == target) & (polars.col("arm") == arm) & (polars.col("sequence") == sequence)
        own = means.filter(mine)
        clean, perturbed = (
            own.filter(polars.col("text") == text)["value"].to_list() for text in ("clean", "perturbed")
        )
        languages = (
            by_language.filter(mine & (polars.col("text") == "clean"))
            .group_by("language", maintain_order=True)
            .agg(polars.col("value").mean())
            .sort("value")
        )
        worst = languages.row(0)
        yield Line(
            target,
            arm,
            sequence,
            over_seeds(clean),
            over_seeds(perturbed) if perturbed else None,
            worst[0],
            worst[1],
            len(clean),
        )


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
    both = done.filter(is_pair() | (polars.col("condition") == "clean")).with_columns(
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
    return f"{arm}: {sequence or 'no intermediate task'}"
