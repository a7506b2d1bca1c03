"""A model of all cells of a target: what each treatment adds in log odds, under perturbation, and with distance.

A second opinion beside the contrasts: runs, languages and conditions are random, as if they had been drawn. It is made
from scores, so it costs the same however many items there are, and it gates no verdict.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars

from crosswind import pocket
from crosswind.quantities import some
from crosswind.remoteness import Measured, family, is_constructed, measured, script
from crosswind.report.summary import TREATMENT, treatment
from crosswind.stages import label
from crosswind.stats.averages import CLEAN
from crosswind.stats.estimates import Treatment
from crosswind.stats.mixed import Effect, Fit
from crosswind.stats.three_way import TIMES, modelled, rows_of_scores
from crosswind.study import Study
from crosswind.tasks.base import Task

SHARES = frozenset({"accuracy", "accuracy_f1", "first_hit"})  # metrics by which an item is right or wrong
MOST_TREATMENTS = 12
MOST_COLUMNS = 600  # deviations of groups; the time grows with their third power
LEAST_LANGUAGES, FEW_LANGUAGES = 4, 12
LEAST_RUNS = 2
COLLINEAR = 0.5
TERMS = ("", f"{TIMES}perturbed", f"{TIMES}perturbed{TIMES}distance")


@dataclass(frozen=True, slots=True)
class Line:
    """One treatment against the reference, in log odds: on clean text at the mean distance, what perturbation adds to
    that, and what each standard deviation of distance adds to what perturbation adds."""

    treatment: str
    clean: Effect
    perturbed: Effect
    distance: Effect


@dataclass(frozen=True, slots=True)
class Odds:
    """The model of one target, or in `why` the reason why there is none."""

    target: str
    reference: str = ""
    distance: str = ""
    languages: int = 0
    lines: tuple[Line, ...] = ()
    spreads: tuple[tuple[str, float], ...] = ()
    warnings: tuple[str, ...] = ()
    why: str = ""


def odds(study: Study, scores: polars.DataFrame) -> list[Odds]:
    """One for each target with two treatments or more; `scores` are those by which treatments can be compared."""
    found = []
    for task in study.targets:
        own = scores.filter((polars.col("target") == label(task)) & (polars.col("language") != task.source))
        own = own.unique([*TREATMENT, "stage"], keep="first", maintain_order=True)
        if own.select(TREATMENT).n_unique() > 1:
            found.append(of_target(study, task, own))
    return found


def of_target(study: Study, task: Task, scores: polars.DataFrame) -> Odds:
    """The model of one target."""
    far = measured(task.source, scores["language"].unique().sort(), study.language_distance)
    own = scores.filter(polars.col("language").is_in(list(far.values)))
    treatments = enough_runs(own)
    if why := lacking(task, own, far, treatments):
        return Odds(label(task), why=why)
    kept = treatments[: affordable(own, treatments)]
    if len(kept) < 2:
        return Odds(label(task), why="it has too many languages and runs for a model of all of its cells")
    try:
        with np.errstate(divide="raise", invalid="raise", over="raise"):
            fit = fitted(own, kept, far)
    except (ValueError, ArithmeticError) as error:
        return Odds(label(task), why=f"it has no fit ({error})")
    names = [treatment(*each) for each in kept]
    rest = [treatment(*each) for each in own.select("arm", "sequence").unique(maintain_order=True).rows()]
    left = [name for name in rest if name not in names]
    return Odds(
        label(task),
        names[0],
        far.name,
        own["language"].n_unique(),
        tuple(Line(name, *(fit.effects[f"{place}{term}"] for term in TERMS))
              for place, name in enumerate(names) if place),
        (*((name, value) for name, value in fit.spreads.items() if name not in fit.absent), ("residual", fit.residual)),
        tuple(warnings(own["language"].unique().sort().to_list(), task.source, far, fit, left)),
    )  # fmt: skip


def lacking(task: Task, scores: polars.DataFrame, far: Measured, treatments: Sequence[tuple[str, str]]) -> str:
    """Why there can be no model; empty where there can."""
    texts = (scores["condition"] == CLEAN).unique().to_list()
    if task.metric not in SHARES:
        return "its score is no share of items that are right"
    if len(texts) < 2:
        return "it needs clean and perturbed text"
    if len(treatments) < 2:
        return f"it needs two treatments with {LEAST_RUNS} runs or more"
    if len(far.values) < LEAST_LANGUAGES:
        return f"it needs {LEAST_LANGUAGES} languages whose distance is known, and has {len(far.values)}"
    if len({*far.values.values()}) == 1:
        return f"all its languages are equally far ({far.name})"
    return ""


def enough_runs(scores: polars.DataFrame) -> list[tuple[str, str]]:
    """The treatments that have been trained more than once, without which a run is not told from its method."""
    runs = scores.group_by("arm", "sequence", maintain_order=True).agg(polars.col("seed").n_unique())
    return [(arm, sequence) for arm, sequence, count in runs.rows() if count >= LEAST_RUNS]


def affordable(scores: polars.DataFrame, treatments: Sequence[tuple[str, str]]) -> int:
    """How many of the treatments, from the first on, a fit that takes seconds can have."""
    languages, runs = scores["language"].n_unique(), scores["seed"].n_unique()
    fixed = 3 * languages + scores.select("condition", "severity").n_unique()
    return min(len(treatments), MOST_TREATMENTS, max(0, MOST_COLUMNS - fixed) // (2 * (languages + runs)))


def fitted(scores: polars.DataFrame, treatments: Sequence[tuple[str, str]], far: Measured) -> Fit:
    """The model, in which treatments go by their numbers, so that none can be called what a column is called."""
    numbers = polars.DataFrame(treatments, schema=["arm", "sequence"], orient="row").with_row_index("number")
    known = scores.join(numbers, on=["arm", "sequence"], how="inner", maintain_order="left").with_columns(
        polars.col("number").cast(polars.String).alias("arm"), polars.lit("").alias("sequence")
    )
    families = {code: family(code) for code in far.values}
    return modelled(rows_of_scores(known), Treatment("0"), far.values, families)


def warnings(codes: Sequence[str], source: str, far: Measured, fit: Fit, left_out: Sequence[str]) -> Iterator[str]:
    """What to know before believing it."""
    if fit.trouble:
        yield fit.trouble
    if len(codes) <= FEW_LANGUAGES:
        yield f"{len(codes)} languages are few for a slope over their distance"
    found = {
        name: correlation([far.values[code] for code in codes], values)
        for name, values in predictors(codes, source).items()
    }
    if along := [f"{name} (r = {r:.2f})" for name, r in found.items() if abs(r) >= COLLINEAR]:
        yield f"the distance goes along with {' and '.join(along)}, so it may be something else that counts"
    if fit.absent:
        yield f"no variance was found for {listed(fit.absent)}"
    if far.unknown:
        yield f"without {some(far.unknown)}, whose distance is not known"
    if left_out:
        yield f"without {some(left_out)}: too few runs, or more than a fit of seconds can have"


def predictors(codes: Sequence[str], source: str) -> dict[str, list[float]]:
    """What else languages differ in from their source, and what might explain the same."""
    found = {
        "another script": [float(script(code) != script(source)) for code in codes],
        "another family": [float(family(code) != family(source)) for code in codes],
    }
    if all(map(is_constructed, codes)):
        found["how little text the encoder has read"] = [-pocket.find(code).resource for code in codes]
    return found


def correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Pearson's, 0 where one of them does not vary."""
    apart = [np.asarray(values) - np.mean(values) for values in (one, other)]
    size = float(np.sqrt((apart[0] ** 2).sum() * (apart[1] ** 2).sum()))
    return float(apart[0] @ apart[1]) / size if size > ROUNDING else 0.0


ROUNDING = 1e-9
SLOPE = f"{TIMES}perturbed"
SPOKEN = {
    "language": "languages",
    "language and arm": "languages under one treatment",
    "run": "runs",
    "family": "families",
    "condition": "conditions",
    "residual": "what is left of cells",
}


def spoken(factor: str) -> str:
    """A random factor in words."""
    return listed([factor])


def listed(factors: Sequence[str]) -> str:
    """Random factors in words, those of slopes together."""
    slopes = [SPOKEN[name.removesuffix(SLOPE)] for name in factors if name.endswith(SLOPE)]
    told = [SPOKEN[name] for name in factors if not name.endswith(SLOPE)]
    return ", ".join([*told, *([f"what perturbation does to {' and '.join(slopes)}"] if slopes else [])])


def rows(found: Sequence[Odds]) -> list[dict[str, Any]]:
    """The models as flat rows, for files."""
    return [
        {"target": each.target, "treatment": line.treatment, "reference": each.reference, "effect": name}
        | {"log odds": own.value, "log odds low": own.low, "log odds high": own.high, "p": own.p}
        | {"degrees": own.degrees}
        | {"distance": each.distance, "languages": each.languages}
        for each in found
        for line in each.lines
        for name, own in (
            ("treatment", line.clean),
            ("treatment x perturbed", line.perturbed),
            ("treatment x perturbed x distance", line.distance),
        )
    ]
