"""Whether a method helps more under perturbation, and more for distant languages: one model of all cells of a study.

The log odds of every cell, by treatment, perturbed or not, and the distance of its language from the source, with all
of their products. What languages, families of languages, runs and conditions have of their own is random, and so is
what they do to perturbed text: without these slopes a difference of a few languages or runs passes for one of all
(Barr et al., 2013). A second opinion that gates no verdict: there are few languages, and their distances go along with
script, family and how much of them the encoder has read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import polars

from crosswind.stats.averages import CLEAN
from crosswind.stats.estimates import Floats, Treatment
from crosswind.stats.mixed import Factor, Fit, fit
from crosswind.stats.tallies import Tally

TIMES = " x "


@dataclass(frozen=True, slots=True)
class Rows:
    """One row for each cell: how many right answers of how many, and what cell it is."""

    right_N: Floats
    count_N: Floats
    treatment: tuple[Treatment, ...]
    seed: tuple[int, ...]
    target: tuple[str, ...]
    language: tuple[str, ...]
    condition: tuple[str, ...]


def rows_of(tallies: Sequence[Tally], languages: Sequence[str]) -> Rows:
    """The cells of targets whose scores are shares of right answers, in some of their languages."""
    found = [row for tally in tallies for row in cells(tally) if row[5] in set(languages)]
    right, count, treatment, seed, target, language, condition = zip(*found, strict=True)
    return Rows(np.array(right), np.array(count), treatment, seed, target, language, condition)


def cells(tally: Tally) -> Iterator[tuple[float, float, Treatment, int, str, str, str]]:
    axes = tally.axes
    conditions = ["", *(f"{kind} {level}" for kind, level, _ in product(axes.kinds, axes.severities, axes.draws))]
    for block in tally.blocks:
        under = block.under_IU.sum(0)[block.which_N]
        for cell, right, count in zip(block.cells_N.tolist(), block.over_IN.sum(0), under, strict=True):
            treatment, seed, language, condition = np.unravel_index(cell, axes.shape)
            yield (
                float(right),
                float(count),
                axes.treatments[treatment],
                axes.seeds[seed],
                tally.target,
                axes.languages[language],
                conditions[condition],
            )


def rows_of_scores(scores: polars.DataFrame) -> Rows:
    """The same from the scores of cells, which are shares of right answers in per cent, and their numbers of items."""
    names = ("value", "examples", "arm", "sequence", "seed", "target", "language", "condition", "severity")
    value, count, arm, sequence, seed, target, language, kind, level = (scores[name].to_list() for name in names)
    counts = np.array(count, float)
    return Rows(
        np.array(value) / 100 * counts,
        counts,
        tuple(map(Treatment, arm, sequence)),
        tuple(seed),
        tuple(target),
        tuple(language),
        tuple("" if name == CLEAN else f"{name} {number}" for name, number in zip(kind, level, strict=True)),
    )


def three_way(
    tallies: Sequence[Tally], reference: Treatment, distances: Mapping[str, float], families: Mapping[str, str]
) -> Fit:
    """The model of the cells of tallies; `distances` are those of the languages that count, without the source."""
    return modelled(rows_of(tallies, [*distances]), reference, distances, families)


def modelled(rows: Rows, reference: Treatment, distances: Mapping[str, float], families: Mapping[str, str]) -> Fit:
    """Every treatment against the reference in log odds; `arm x perturbed` is what it adds under perturbation alone.

    Distances have their mean over rows taken off, and their standard deviation is one. Raises ValueError where all are
    equal.
    """
    known = np.array([distances[language] for language in rows.language])
    if known.std() == 0:
        raise ValueError(f"all {len(distances)} languages are equally far, so nothing can depend on their distance")
    far_N = (known - known.mean()) / known.std()
    perturbed_N = np.array([float(bool(condition)) for condition in rows.condition])
    log_odds_N = np.log((rows.right_N + 0.5) / (rows.count_N - rows.right_N + 0.5))
    fixed = fixed_effects(rows, reference, perturbed_N, far_N)
    return fit(log_odds_N, fixed, random_factors(rows, families, perturbed_N), rows.count_N)


def fixed_effects(rows: Rows, reference: Treatment, perturbed_N: Floats, far_N: Floats) -> dict[str, Floats]:
    """The columns of treatments, perturbation and distance and of all their products, and of targets."""
    base = {"perturbed": perturbed_N, "distance": far_N, f"perturbed{TIMES}distance": perturbed_N * far_N}
    found = {"reference": np.ones(len(far_N))} | base
    for treatment in sorted({*rows.treatment} - {reference}):
        own_N = np.array([float(each == treatment) for each in rows.treatment])
        name = named(treatment)
        found[name] = own_N
        found |= {f"{name}{TIMES}{other}": own_N * column for other, column in base.items()}
    for target in sorted({*rows.target})[1:]:
        found[f"target {target}"] = np.array([float(each == target) for each in rows.target])
    return found


def named(treatment: Treatment) -> str:
    """A treatment as effects have it."""
    return " after ".join(filter(None, treatment))


def random_factors(rows: Rows, families: Mapping[str, str], perturbed_N: Floats) -> list[Factor]:
    """What has deviations of its own, in height and in what perturbation does; families where one has two languages."""
    arms = ["\x1f".join(each) for each in rows.treatment]
    groups = {
        "language": list(rows.language),
        "language and arm": ["\x1f".join(each) for each in zip(rows.language, arms, strict=True)],
        "run": [f"{arm}\x1f{seed}" for arm, seed in zip(arms, rows.seed, strict=True)],
    }
    factors = [Factor(name, own) for name, own in groups.items()]
    factors += [Factor(f"{name}{TIMES}perturbed", own, perturbed_N) for name, own in groups.items()]
    kin = [families.get(language, language) for language in rows.language]
    if len({*kin}) < len({*rows.language}):
        factors.append(Factor("family", kin))
    if len({*rows.condition}) > 2:
        factors.append(Factor("condition", list(rows.condition), perturbed_N))
    return factors
