"""How often intervals hold the truth and verdicts are false, on simulated studies whose truth is known.

    python measurements/statistics_calibration.py --studies 1000

Each world makes outcomes of two arms as a study has them: items in clusters, the same in every language and condition,
several seeds. Beside crosswind's own intervals stand two that are often seen: a z-test of two proportions that takes
every row for independent, and a bootstrap of items that takes the runs at hand for the method.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from crosswind.randomness import stream
from crosswind.stats.estimands import Estimand, GainInteraction, Score
from crosswind.stats.estimates import Treatment, between
from crosswind.stats.grids import Axes
from crosswind.stats.inference import Finding, find
from crosswind.stats.multiplicity import holm
from crosswind.stats.stochastic_order import orders
from crosswind.stats.tallies import Block, Tally
from crosswind.stats.three_way import three_way
from crosswind.stats.verdicts import Region, probabilities, ruling
from crosswind.stats.worst import WorstCondition
from instruments import markdown, publish

Floats = NDArray[np.float64]
World = Callable[[np.random.Generator], Tally]
A, B = Treatment("a"), Treatment("b")
DRAWS = 1000
MARGIN = 0.5
CLUSTERS, LANGUAGES, HYPOTHESES = 200, 5, 3


@dataclass(frozen=True)
class Cell:
    """One kind of simulated study; `shift` is how far the first arm truly is above the second."""

    name: str
    world: World
    estimand: Estimand
    shift: float = 0.0


def tallied(over_IARLC: Floats, under_IARLC: Floats) -> Tally:
    """Sums per cluster, arm, seed, language and condition as a tally; condition 0 is clean text."""
    count, _, runs, languages, conditions = over_IARLC.shape
    axes = Axes(
        (A, B),
        tuple(range(runs)),
        tuple(f"l{place}" for place in range(languages)),
        tuple(f"k{place}" for place in range(1, conditions)),
        (1,),
        (1,),
    )
    under_UI, which_N = np.unique(under_IARLC.reshape(count, -1).T, axis=0, return_inverse=True)
    cells = np.arange(over_IARLC[0].size)
    block = Block(np.arange(count), cells, over_IARLC.reshape(count, -1), under_UI.T.copy(), which_N.reshape(-1))
    return Tally("task", "task", 0.0, axes, tuple(f"{place:05}" for place in range(count)), (block,))


def gaussian(
    generator: np.random.Generator, *, runs: int, seeds: float, items: float, both: float, shift: float = 0.0
) -> Tally:
    """Scores of items in points, their parts known: the first arm varies around the second, which is still."""
    apart_IR = (
        shift
        + generator.normal(0, seeds, runs)
        + generator.normal(0, items, (300, 1))
        + generator.normal(0, both, (300, runs))
    )
    over = np.full((300, 2, runs, 1, 1), 0.5)
    over[:, 0, :, 0, 0] += apart_IR / 100
    return tallied(over, np.ones_like(over))


def sizes(generator: np.random.Generator, kind: str) -> NDArray[np.int64]:
    """How many items each cluster has: always three, or few in most and many in some."""
    return np.full(CLUSTERS, HYPOTHESES) if kind == "equal" else generator.geometric(1 / HYPOTHESES, CLUSTERS)


def accuracy(
    generator: np.random.Generator, *, runs: int, clusters: str = "equal", seeds: float = 0.1, failing: float = 0.0
) -> Tally:
    """Right and wrong answers of two equal arms in parallel languages, on clean and on two kinds of perturbed text.

    An item is as hard in every language, a premise makes its hypotheses hard together, a run is better or worse than
    another, and what one run finds hard about an item is so in all its languages. A failed run guesses.
    """
    size = sizes(generator, clusters)
    cluster = np.repeat(np.arange(CLUSTERS), size)
    count = len(cluster)
    hard_I = generator.normal(0, 0.7, CLUSTERS)[cluster] + generator.normal(0, 0.7, count)
    run_AR = generator.normal(0, seeds, (2, runs))
    own_IAR = generator.normal(0, 0.7, (count, 2, runs))
    text_C = np.array([1.0, 0.4, 0.1])
    weakness_ARC = generator.normal(0, seeds, (2, runs, 3)) * np.array([0, 1, 1])
    language_L = np.linspace(0.3, -0.3, LANGUAGES)
    skill = hard_I[:, None, None, None, None] + own_IAR[..., None, None] + language_L[:, None] + text_C
    skill = skill + run_AR[:, :, None, None] + weakness_ARC[:, :, None]
    chance = 1 / (1 + np.exp(-skill))
    failed_AR = generator.random((2, runs)) < failing
    right = generator.random(skill.shape) < np.where(failed_AR[:, :, None, None], 1 / 3, chance)
    over = np.zeros((CLUSTERS, *right.shape[1:]))
    np.add.at(over, cluster, right)
    under = np.broadcast_to(size[:, None, None, None, None].astype(float), over.shape)
    return tallied(over, under)


def entities(generator: np.random.Generator, *, runs: int) -> Tally:
    """F1 of entities, from sums that are no means of sentences: hits, what was found, what there is."""
    golden = generator.poisson(1.5, (CLUSTERS, 1, 1, LANGUAGES, 1)) + np.zeros((1, 2, runs, 1, 2), int)
    hard = generator.normal(0, 0.8, (CLUSTERS, 1, 1, 1, 1)) + generator.normal(0, 0.7, (CLUSTERS, 2, runs, 1, 1))
    run = generator.normal(0, 0.1, (1, 2, runs, 1, 1))
    recall = 1 / (1 + np.exp(-(hard + run + np.array([1.0, 0.2]))))
    hits = generator.binomial(golden, recall)
    found = hits + generator.poisson(0.5 * (1.2 - recall), golden.shape)
    return tallied(2.0 * hits, (found + golden).astype(float))


GAUSSIAN = (
    *((3, 1.0, 6, 6), (5, 1.0, 6, 6), (10, 1.0, 6, 6), (5, 0.5, 6, 6), (10, 0.2, 6, 6)),
    *((5, 0.0, 0, 6), (5, 0.2, 0, 40)),
)
ROBUST = Score("perturbed")
CELLS = [
    *(
        Cell(
            f"gaussian, {runs} seeds, sd of seeds {seeds}, items {items}, both {both}",
            partial(gaussian, runs=runs, seeds=seeds, items=items, both=both),
            Score(),
        )
        for runs, seeds, items, both in GAUSSIAN
    ),
    *(
        Cell(f"accuracy, {runs} seeds, {type(asked).__name__}", partial(accuracy, runs=runs), asked)
        for runs in (5, 10)
        for asked in (Score(), GainInteraction(), WorstCondition())
    ),
    Cell("accuracy, 5 seeds, unequal clusters, perturbed", partial(accuracy, runs=5, clusters="unequal"), ROBUST),
    Cell("accuracy, 5 seeds, a run in twenty fails, perturbed", partial(accuracy, runs=5, failing=0.05), ROBUST),
    Cell("entity F1, 5 seeds, perturbed", partial(entities, runs=5), ROBUST),
    Cell("entity F1, 10 seeds, GainInteraction", partial(entities, runs=10), GainInteraction()),
]


def studies(world: World, estimand: Estimand, count: int, name: str) -> Iterator[tuple[Tally, Finding]]:
    """Simulated studies with what crosswind finds in them."""
    for number in range(count):
        made = world(np.random.default_rng(stream(1, name, number)))
        yield made, find([made], estimand, between(A, B), seed=number, draws=DRAWS)


def z_of_rows(tally: Tally, estimand: Estimand) -> float:
    """The z of two proportions over all rows of both arms, on the clean or the perturbed text that is asked of."""
    over_IARLC, under_IARLC = sums(tally)
    part = slice(0, 1) if estimand == Score() else slice(1, None)
    right, rows = (each[..., part].sum((0, 2, 3, 4)) for each in (over_IARLC, under_IARLC))
    share = right / rows
    return float((share[0] - share[1]) / np.sqrt((share * (1 - share) / rows).sum()))


def items_only(tally: Tally, estimand: Estimand, seed: int) -> tuple[float, float]:
    """The percentile interval of a bootstrap of clusters with the runs as they are."""
    over_IARLC, under_IARLC = sums(tally)
    part = slice(0, 1) if estimand == Score() else slice(1, None)
    count = len(over_IARLC)
    weights = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), DRAWS).astype(float)
    score = (weights @ over_IARLC[..., part].reshape(count, -1)) / (weights @ under_IARLC[..., part].reshape(count, -1))
    arms = score.reshape(DRAWS, 2, -1).mean(2)
    low, high = np.quantile(arms[:, 0] - arms[:, 1], [0.025, 0.975])
    return float(low), float(high)


def sums(tally: Tally) -> tuple[Floats, Floats]:
    (block,) = tally.blocks
    shape = (len(tally.clusters), *tally.axes.shape)
    return block.over_IN.reshape(shape), block.under_IU[:, block.which_N].reshape(shape)


@dataclass(frozen=True)
class Rates:
    """Shares of studies, in per cent. Coverages are of intervals at 95 %; verdicts are of claims that are false."""

    name: str
    studies: int
    student: float | None
    bootstrap: float
    superiority: float
    rows: float | None
    items: float | None


def rates(cell: Cell, count: int) -> Rates:
    """One cell simulated so many times."""
    held, verdicts, student, rows, items = [], [], [], [], []
    naive = cell.name.startswith("accuracy") and isinstance(cell.estimand, Score)
    for number, (tally, found) in enumerate(studies(cell.world, cell.estimand, count, cell.name)):
        held.append(found.bootstrap.low <= cell.shift <= found.bootstrap.high)
        if found.student:
            student.append(found.student.low <= cell.shift <= found.student.high)
        region = Region("superiority")
        told = ruling(found, region, probabilities(found, region).two_sided)
        verdicts.append(told.verdict != "inconclusive")
        if naive:
            rows.append(abs(z_of_rows(tally, cell.estimand)) <= 1.96)
            low, high = items_only(tally, cell.estimand, number)
            items.append(low <= 0 <= high)
    return Rates(cell.name, count, *map(percent, (student, held, verdicts, rows, items)))  # type: ignore[arg-type]


def percent(found: Sequence[bool]) -> float | None:
    return 100 * sum(found) / len(found) if found else None


def false_claims(count: int) -> Mapping[str, float]:
    """How often a claim is supported where the truth is on the border of its region, and how often any of ten is."""
    shifted = {
        "superiority, truth at the margin": (Region("superiority", MARGIN), MARGIN),
        "non-inferiority, truth at minus the margin": (Region("noninferiority", MARGIN), -MARGIN),
        "equivalence, truth at the margin": (Region("equivalence", MARGIN), MARGIN),
    }
    found = {}
    for name, (region, shift) in shifted.items():
        world = partial(gaussian, runs=5, seeds=0.1, items=1, both=1, shift=shift)
        told = [
            ruling(own, region, probabilities(own, region).two_sided).verdict == "supported"
            for _, own in studies(world, Score(), count, name)
        ]
        found[name] = 100 * sum(told) / count
    found["any of ten primary claims, all false, after Holm"] = false_families(count)
    return found


def false_families(count: int, claims: int = 10) -> float:
    """How often any of ten claims on equal arms gets a verdict."""
    world = partial(gaussian, runs=5, seeds=0.5, items=6, both=6)
    wrong, region = 0, Region("superiority")
    families = count // 4
    made = studies(world, Score(), families * claims, "families")
    for _ in range(families):
        own = {str(place): next(made)[1] for place in range(claims)}
        adjusted = holm({name: probabilities(each, region).two_sided for name, each in own.items()})
        wrong += any(ruling(own[name], region, adjusted[name]).verdict != "inconclusive" for name in own)
    return 100 * wrong / families


def order_by_chance(count: int) -> Mapping[str, float]:
    """How often almost stochastic order finds one of two equal methods the higher one."""
    found = {}
    for runs in (5, 10):
        bounds = []
        for number in range(count):
            one, other = np.random.default_rng(stream(1, "order", runs, number)).normal(0, 1, (2, runs)).tolist()
            bounds.append(orders({"one": one, "other": other}, seed=number)["one", "other"].bound)
        for most in (0.5, 0.2):
            found[f"almost stochastic order, {runs} seeds: bound below {most}"] = 100 * float(
                np.mean(np.array(bounds) < most)
            )
    return found


def mixed_model(count: int) -> Mapping[str, float]:
    """How often the intervals of the mixed model hold what was simulated, by effect."""
    far = (np.arange(12) - 5.5) / np.arange(12).std()
    truths = {"a": 0.0, "a x perturbed": 0.4, "a x distance": 0.0, "a x perturbed x distance": -0.2}
    held = dict.fromkeys(truths, 0)
    perturbed = np.array([0.0, 1.0, 1.0])
    for number in range(count):
        generator = np.random.default_rng(stream(1, "mixed", number))
        logit = 0.5 - 0.3 * far[:, None] - perturbed * (0.8 + generator.normal(0, 0.2, (12, 1)))
        logit = logit + generator.normal(0, 0.3, (12, 1)) + generator.normal(0, 0.1, (2, 5, 1, 1))
        logit = logit + perturbed * (generator.normal(0, 0.1, (2, 5, 1, 1)) + generator.normal(0, 0.1, (2, 1, 12, 1)))
        logit[0] += perturbed * (0.4 - 0.2 * far[:, None])
        right = generator.binomial(500, 1 / (1 + np.exp(-logit))).astype(float)
        made = tallied(right[None], np.full_like(right, 500)[None])
        fitted = three_way([made], B, {f"l{place}": float(place) for place in range(12)}, {})
        for name, truth in truths.items():
            held[name] += fitted.effects[name].low <= truth <= fitted.effects[name].high
    return {f"mixed model, {name}": 100 * own / count for name, own in held.items()}


def spelled(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=1000)
    options = parser.parse_args()
    found = []
    for cell in CELLS:
        found.append(rates(cell, options.studies))
        print(found[-1], flush=True)
    claims = false_claims(options.studies)
    orders_found, mixed = order_by_chance(options.studies), mixed_model(options.studies)
    header = (
        *("world", "Student's t", "bootstrap", "verdicts on equal arms", "z-test of rows"),
        "bootstrap of items only",
    )
    table = [
        (own.name, *map(spelled, (own.student, own.bootstrap, own.superiority, own.rows, own.items))) for own in found
    ]
    error = 100 * np.sqrt(0.05 * 0.95 / options.studies)
    text = "\n\n".join(
        [
            "# Calibration of the statistics",
            f"{options.studies} simulated studies for each row, {DRAWS} resamples each; the standard error of a rate "
            f"near 95 or 5 is {error:.1f} points. Columns are per cent of studies: how often an interval at 95 % holds "
            "the truth, and how often a claim that one arm is better gets a verdict though both are equal (nominal 5, "
            "none below 5 seeds).",
            markdown(header, table),
            "Claims on the border of being true, per cent supported (nominal 2.5; 5 of equivalence and of families):",
            markdown(("claim", "per cent"), [(name, f"{value:.1f}") for name, value in claims.items()]),
            "Of two equal methods, per cent of comparisons in which the first is almost stochastically the higher one:",
            markdown(("comparison", "per cent"), [(name, f"{value:.1f}") for name, value in orders_found.items()]),
            "Intervals of the mixed model that hold what was simulated, per cent of these studies "
            "(two arms, five seeds, twelve languages, clean and two kinds of perturbed text):",
            markdown(("effect", "per cent"), [(name, f"{value:.1f}") for name, value in mixed.items()]),
        ]
    )
    facts = {"studies": options.studies, "draws": DRAWS, "cells": [vars(own) for own in found], "claims": dict(claims)}
    facts |= {"orders": dict(orders_found), "mixed": dict(mixed)}
    publish("statistics_calibration", text, facts, {})


if __name__ == "__main__":
    main()
