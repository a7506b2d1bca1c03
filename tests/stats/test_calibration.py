"""Small versions of measurements/statistics_calibration.py: intervals hold, verdicts err, as often as they say."""

import numpy as np
import pytest
from scipy import stats

from crosswind.randomness import stream
from crosswind.stats.estimands import Estimand, GainInteraction, Score
from crosswind.stats.estimates import alone, between
from crosswind.stats.inference import Finding, find
from crosswind.stats.tallies import tally
from crosswind.stats.verdicts import Region, probabilities, ruling
from crosswind.stats.worst import WorstCondition
from tests.stats.simulated import A, B, study, tallied

STUDIES, RUNS, LANGUAGES, ITEMS = 200, 5, 4, 60
# Of 200 studies at 95 %, fewer than 182 or more than 198 come in one of two hundred tries each.
LEAST, MOST = 182, 198
HARD, RUN, OWN = 1.0, 0.15, 0.7


def null_study(seed: int) -> np.ndarray:
    """Right and wrong answers of two equal arms: items are as hard in every language, runs differ, and each has a
    view of its own of each item."""
    generator = np.random.default_rng(stream(seed, "null study"))
    skill = 0.5 + generator.normal(0, HARD, ITEMS) + generator.normal(0, RUN, (2, RUNS, 1, 1, 1))
    skill = skill + generator.normal(0, OWN, (2, RUNS, 1, 1, ITEMS)) - np.array([0.0, 0.8, 0.9])[:, None]
    return generator.random((2, RUNS, LANGUAGES, 3, ITEMS)) < 1 / (1 + np.exp(-skill))


@pytest.fixture(scope="module")
def studies() -> list[np.ndarray]:
    return [null_study(seed) for seed in range(STUDIES)]


def findings(studies: list[np.ndarray], asked: Estimand) -> list[Finding]:
    return [find([tallied(own)], asked, between(A, B), seed=place, draws=400) for place, own in enumerate(studies)]


@pytest.mark.parametrize("asked", [Score(), GainInteraction(), WorstCondition()])
def test_intervals_hold_the_truth_and_false_claims_are_rare(studies: list[np.ndarray], asked: Estimand) -> None:
    found = findings(studies, asked)
    region = Region("superiority")
    verdicts = [ruling(own, region, probabilities(own, region).two_sided).verdict for own in found]
    for intervals in ([own.first for own in found], [own.bootstrap for own in found]):
        assert LEAST <= sum(each.low <= 0 <= each.high for each in intervals) <= MOST
    assert verdicts.count("inconclusive") >= LEAST
    if asked == Score():
        assert stats.kstest([own.p_above() for own in found], "uniform").pvalue > 0.01


def test_rows_are_not_independent_and_clusters_are(studies: list[np.ndarray]) -> None:
    """One arm's clean score, beside what it would be over all items and runs that there could be."""
    spread = np.sqrt(HARD**2 + RUN**2 + OWN**2)
    truth = 100 * (1 / (1 + np.exp(-0.5 - spread * np.random.default_rng(1).normal(0, 1, 400_000)))).mean()
    by_rows, by_clusters = [], []
    for seed, own in enumerate(studies):
        clean = own[0, :, :, 0]
        by_rows.append(abs(100 * clean.mean() - truth) < 196 * np.sqrt(clean.mean() * (1 - clean.mean()) / clean.size))
        interval = find([tallied(own)], Score(), alone(A), seed=seed, draws=10).first
        by_clusters.append(interval.low < truth < interval.high)
    assert sum(by_rows) < 0.65 * STUDIES
    assert LEAST <= sum(by_clusters) <= MOST


def test_both_ways_of_building_a_tally_are_one() -> None:
    right = null_study(1)[..., :9]
    made = tally(study(right), "accuracy"), tallied(right)
    one, other = (find([each], GainInteraction(), between(A, B), seed=1, draws=100) for each in made)
    assert one.value == pytest.approx(other.value)
    assert one.first.error == pytest.approx(other.first.error)
    assert one.drawn == pytest.approx(other.drawn)
