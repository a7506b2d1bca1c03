"""Whether a model says the same of an item in two languages: equal answers, and equal rankings of all candidates.

Neither asks what is right. Items must be the same in all languages, so only sets that were translated or constructed
count, and sets of a user's own whose rows have names.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars

from crosswind import results
from crosswind.asked import is_of
from crosswind.formats import CHOOSE, CLASSIFY, RETRIEVE
from crosswind.formats.retrieve import NUM_RANKED
from crosswind.plan import Plan
from crosswind.report.summary import treatment
from crosswind.stages import label
from crosswind.stats.averages import CLEAN
from crosswind.stats.consistency import Places, likenesses
from crosswind.stats.estimates import Floats, Treatment
from crosswind.store import Store
from crosswind.tasks.base import Task
from crosswind.tasks.versions import parallel

MOST_TREATMENTS = 12
MOST_NAMES = 3_000_000  # of candidates read, so that a page takes seconds
TOLD_APART = 3  # with two candidates a ranking says no more than an answer
RUN = ("arm", "sequence", "seed", "condition", "severity", "draw")
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Likeness:
    """One treatment of a target on clean or perturbed text, in points, means over pairs of languages and over runs.

    `rankings` is RankC, None where there are fewer than three candidates or no rankings are stored. `pair` agrees
    least, `least` is its value: of rankings where there are some, else of answers.
    """

    target: str
    treatment: str
    text: str
    answers: float
    rankings: float | None
    pair: str
    least: float
    pairs: int


def likenesses_of(plan: Plan, store: Store, scores: polars.DataFrame) -> list[Likeness]:
    """All of a study; `scores` are those by which treatments can be compared."""
    return [
        each
        for task in plan.study.targets
        if task.format in (CLASSIFY, CHOOSE, RETRIEVE) and len(codes := parallel(task, plan.study.codes(task))) > 1
        for each in of_target(plan, store, task, scores.filter((polars.col("target") == label(task))
                                                               & polars.col("language").is_in(codes)))
    ]  # fmt: skip


def of_target(plan: Plan, store: Store, task: Task, scores: polars.DataFrame) -> Iterator[Likeness]:
    """The first dozen treatments, or on clean text alone as many as can be read in seconds."""
    names = different(scores)
    own = affordable(scores, [*names], NUM_RANKED if task.format is RETRIEVE else 1)
    outcomes = results.outcomes(plan, store, own["stage"].unique())
    if not outcomes.height:
        return
    asked = outcomes.filter(is_of(names) & ~polars.col("collided"))
    pairs = polars.DataFrame([*of_runs(numbered(task, asked))], infer_schema_length=None)
    if pairs.height:
        yield from averaged(label(task), pairs, names)


def affordable(scores: polars.DataFrame, treatments: Sequence[Treatment], each: int) -> polars.DataFrame:
    """The scores whose answers, of `each` so many names, are to be read."""
    own = scores.filter(is_of(treatments))
    if each * (own["examples"].sum() or 0) <= MOST_NAMES:
        return own
    clean = own.filter(polars.col("condition") == CLEAN)
    kept = list(treatments)
    while kept and each * clean.filter(is_of(kept))["examples"].sum() > MOST_NAMES:
        kept.pop()
    return clean.filter(is_of(kept))


def different(scores: polars.DataFrame) -> dict[Treatment, str]:
    """The names of the first dozen treatments that do not share their evaluations with one before, as where nothing is
    trained all do."""
    stages: dict[frozenset[str], list[Treatment]] = {}
    for (arm, sequence), own in scores.group_by("arm", "sequence", maintain_order=True):
        stages.setdefault(frozenset(own["stage"]), []).append(Treatment(str(arm), str(sequence)))
    return {
        first: treatment(*first) + (f" and {len(others)} with the same models" if others else "")
        for first, *others in list(stages.values())[:MOST_TREATMENTS]
    }


@dataclass(frozen=True, slots=True)
class Numbered:
    """Outcome rows with items and answers as numbers; `ranks_UK` are the different rankings, of K candidates or fewer,
    which then end in -1, and `rank` says which one a row has, -1 for none."""

    rows: polars.DataFrame
    ranks_UK: Places


def numbered(task: Task, outcomes: polars.DataFrame) -> Numbered:
    """The rows of one target; a store that is older than rankings has none."""
    spelled = polars.col("answer") if task.format is RETRIEVE else polars.col("ranking")
    if task.format is not RETRIEVE and "ranking" not in outcomes.columns:
        spelled = polars.lit(None, polars.String)
    rows = outcomes.with_columns(spelled.alias("spelled")).with_columns(
        polars.col("answer").str.split(" ").list.first().alias("answer") if task.format is RETRIEVE else "answer"
    )
    spellings = rows["spelled"].drop_nulls().unique().sort()
    names: dict[str, int] = {}
    lists = [[names.setdefault(name, len(names)) for name in text.split(" ")] for text in spellings]
    longest = max(map(len, lists), default=0)
    ranks = np.array([own + [NOBODY] * (longest - len(own)) for own in lists], np.intp).reshape(len(lists), longest)
    places = polars.DataFrame({"spelled": spellings, "rank": np.arange(len(spellings))})
    told = rows.join(places, on="spelled", how="left", maintain_order="left").with_columns(
        polars.col("rank").fill_null(NOBODY),
        polars.col("example").rank("dense").cast(polars.Int64) - 1,
        polars.col("answer").rank("dense").cast(polars.Int64) - 1,
    )
    return Numbered(told.select(*RUN, "language", "example", "answer", "rank"), ranks)


def of_runs(found: Numbered) -> Iterator[dict[str, Any]]:
    """One row for each run on each text and each pair of languages."""
    for run, own in found.rows.group_by(RUN, maintain_order=True):
        size = int(own["example"].max()) + 1 if own.height else 0  # type: ignore[arg-type]
        placed = {}
        for (code,), part in own.group_by("language", maintain_order=True):
            both = np.full((2, size), NOBODY)
            both[:, part["example"].to_numpy()] = part.select("answer", "rank").to_numpy().T
            placed[str(code)] = both
        for one, other in combinations(sorted(placed), 2):
            asked = (placed[one][0] >= 0) & (placed[other][0] >= 0)
            if asked.any():
                first, second = placed[one][:, asked], placed[other][:, asked]
                yield dict(zip(RUN, run, strict=True)) | {
                    "pair": f"{one} and {other}",
                    "answers": 100 * float((first[0] == second[0]).mean()),
                    "rankings": alike(found.ranks_UK, first[1], second[1]),
                }


def alike(ranks_UK: Places, one_N: Places, other_N: Places) -> float | None:
    """RankC of rankings by their numbers, over items with three candidates or more in both languages."""
    there = (one_N >= 0) & (other_N >= 0)
    both, counts = np.unique(one_N[there] * len(ranks_UK) + other_N[there], return_counts=True)
    if not both.size:
        return None
    first, second = (ranks_UK[places] for places in divmod(both, len(ranks_UK)))
    lengths = (first >= 0).sum(1)
    lengths[lengths != (second >= 0).sum(1)] = 0
    total, count = 0.0, 0
    for length in np.unique(lengths[lengths >= TOLD_APART]):
        own = lengths == length
        values: Floats = likenesses(first[own, :length], second[own, :length])
        total, count = total + float(values @ counts[own]), count + int(counts[own].sum())
    return 100 * total / count if count else None


def averaged(target: str, pairs: polars.DataFrame, names: Mapping[Treatment, str]) -> Iterator[Likeness]:
    """Means over draws, severities and conditions, then pairs of languages, then runs."""
    values = ("answers", "rankings")
    kind = polars.when(polars.col("condition") == CLEAN).then(polars.lit(CLEAN)).otherwise(polars.lit("perturbed"))
    levels = ["arm", "sequence", "text", "seed", "pair", "condition", "severity", "draw"]
    found = pairs.with_columns(kind.alias("text"), polars.col("rankings").cast(polars.Float64))
    while levels[-1] != "pair":
        levels.pop()
        found = found.group_by(levels, maintain_order=True).agg(polars.col(*values).mean())
    for (arm, sequence, text), own in found.group_by("arm", "sequence", "text", maintain_order=True):
        runs = own.group_by("seed", maintain_order=True).agg(polars.col(*values).mean())
        by_pair = own.group_by("pair", maintain_order=True).agg(polars.col(*values).mean())
        ranked = runs["rankings"].mean()
        by = "answers" if ranked is None else "rankings"
        pair, least = by_pair.sort(by, "pair", nulls_last=True).select("pair", by).row(0)
        answers = float(runs["answers"].mean())  # type: ignore[arg-type]
        name = names[Treatment(str(arm), str(sequence))]
        yield Likeness(target, name, str(text), answers, ranked, pair, least, by_pair.height)  # type: ignore[arg-type]
