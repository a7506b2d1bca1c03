"""Permutations, orders, adjusted p-values, verdicts and power against scipy and by hand."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from crosswind.stats.consistency import likeness, likenesses, rank_consistency
from crosswind.stats.multiplicity import benjamini_hochberg, bonferroni_level, holm
from crosswind.stats.permutation import between_runs, sign_flips
from crosswind.stats.power import Components, detectable, error_of_accuracy, power, seeds_needed
from crosswind.stats.stochastic_order import orders, violation


@pytest.mark.parametrize(("runs", "smallest"), [(3, 0.1), (4, 0.029), (5, 0.0079), (6, 0.0022)])
def test_labels_of_runs_have_a_smallest_p(runs: int, smallest: float) -> None:
    found = between_runs(range(100, 100 + runs), range(runs), seed=1)
    assert found == pytest.approx(smallest, abs=5e-4)


def test_labels_are_dealt_as_scipy_deals_them() -> None:
    one, other = np.random.default_rng(1).normal(0, 1, (2, 7))
    expected = stats.permutation_test(
        (one, other), lambda a, b, axis: a.mean(axis) - b.mean(axis), vectorized=True, n_resamples=10**6
    )
    assert between_runs(one, other, seed=1) == pytest.approx(expected.pvalue)


def test_many_runs_are_sampled() -> None:
    one, other = np.random.default_rng(2).normal([[0.7], [0]], 1, (2, 15))
    assert between_runs(one, other, seed=1) == pytest.approx(stats.ttest_ind(one, other).pvalue, abs=0.01)


@pytest.mark.parametrize("count", [8, 12, 40, 3000])
def test_signs_are_flipped_as_the_t_test_expects(count: int) -> None:
    values = np.random.default_rng(count).normal(0.4 / np.sqrt(count / 8), 1, count)
    assert sign_flips(values, seed=1) == pytest.approx(stats.ttest_1samp(values, 0).pvalue, abs=0.03)


def test_eight_pairs_of_one_sign() -> None:
    assert sign_flips([1.0] * 8, seed=1) == 2 / 256
    assert sign_flips([1.0] * 5, seed=1) == 2 / 32
    assert sign_flips([0.0] * 5, seed=1) == 1


def test_sampled_signs_are_never_certain() -> None:
    assert sign_flips([1.0] * 100, seed=1) == 1 / 20_000


def test_one_sample_above_another_violates_nothing() -> None:
    assert violation([5, 6, 7, 8, 9], [1, 2, 3]) == 0
    assert violation([1, 2, 3], [5, 6, 7, 8, 9]) == 1
    assert violation([1, 2, 3], [3, 2, 1]) == 0.5


def test_a_violation_by_hand() -> None:
    """Quantiles 0 and 4 against 1 and 2: one below by 1, the other above by 2."""
    assert violation([4, 0], [1, 2]) == pytest.approx(1 / (1 + 4))


def test_samples_of_unequal_size_are_compared_at_every_step() -> None:
    """0 and 3 against 1, 1, 2: below by 1 in the first half; above by 2 up to two thirds, by 1 beyond."""
    assert violation([0, 3], [1, 1, 2]) == pytest.approx((1 / 2) / (1 / 2 + 4 / 6 + 1 / 3))


def test_normal_samples_come_to_their_closed_form() -> None:
    """Means one apart, deviations 1 and 2: k = 1."""
    quantiles = stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    k = 1.0
    expected = stats.norm.cdf(-k) - k * stats.norm.pdf(k) / 2
    assert violation(1 + 2 * quantiles, quantiles) == pytest.approx(expected, abs=1e-3)
    assert expected == pytest.approx(0.03767, abs=1e-5)


def test_orders_share_their_level_among_all_comparisons() -> None:
    generator = np.random.default_rng(3)
    samples = {name: generator.normal(place, 1, 10).tolist() for place, name in enumerate("abc")}
    pair = {name: samples[name] for name in "ab"}
    three, two = orders(samples, seed=1), orders(pair, seed=1)
    assert len(three) == 6
    assert three["a", "b"].violation == two["a", "b"].violation
    # two comparisons against six: the same error, at the quantiles of 1 - 0.05/2 and 1 - 0.05/6
    wider = (three["b", "a"].bound - three["b", "a"].violation) / (two["b", "a"].bound - two["b", "a"].violation)
    assert wider == pytest.approx(stats.norm.ppf(1 - 0.05 / 6) / stats.norm.ppf(1 - 0.05 / 2))
    assert three["a", "b"].violation == pytest.approx(1 - three["b", "a"].violation)


def test_an_order_of_few_runs_is_refused() -> None:
    with pytest.raises(ValueError, match="b has 4 runs; an order over seeds needs at least 5"):
        orders({"a": [1, 2, 3, 4, 5], "b": [1, 2, 3, 4]}, seed=1)


def test_holm_by_hand() -> None:
    family = {"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}
    assert holm(family) == pytest.approx({"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06})
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


def test_benjamini_and_hochberg_as_scipy_has_them() -> None:
    values = np.random.default_rng(4).random(20) ** 3
    family = {str(place): value for place, value in enumerate(values.tolist())}
    assert [*benjamini_hochberg(family).values()] == pytest.approx(stats.false_discovery_control(values).tolist())


def test_levels_of_many_intervals() -> None:
    assert bonferroni_level(0.95, 5) == pytest.approx(0.99)
    assert bonferroni_level(0.95, 0) == 0.95


@pytest.mark.parametrize(("runs", "sd", "error"), [(5, 0.5, 0.1), (10, 1.0, 0.3), (3, 2.0, 0.0)])
def test_power_is_that_of_many_studies(runs: int, sd: float, error: float) -> None:
    generator = np.random.default_rng(5)
    seeds = generator.normal(0, sd, (20_000, runs))
    values = 1 + seeds.mean(1) + generator.normal(0, error, 20_000)
    by_seed = seeds.var(1, ddof=1) / runs
    total = by_seed + error**2
    reach = stats.t.ppf(0.975, (runs - 1) * (total / by_seed) ** 2)
    assert power(1, runs, sd, error) == pytest.approx((values > reach * np.sqrt(total)).mean(), abs=0.05)


@pytest.mark.parametrize(
    ("sd", "needed"), [(0.3, (6, 3)), (0.5, (13, 5, 3, 3)), (1.0, (48, 11, 6, 4)), (2.0, (None, 36, 15, 10))]
)
def test_seeds_for_an_effect(sd: float, needed: tuple[int | None, ...]) -> None:
    for effect, count in zip((0.5, 1.0, 1.6, 2.1), needed, strict=False):
        found = seeds_needed(effect, sd, 0.1)
        assert found is not None
        assert found > 100 if count is None else abs(found - count) <= 1


def test_items_set_a_limit_that_no_seeds_lift() -> None:
    assert seeds_needed(0.5, 0.5, 0.25) is None
    assert power(0.5, 1000, 0.5, 0.25) < 0.8


def test_what_can_be_found_is_found_with_the_wanted_probability() -> None:
    effect = detectable(5, 0.8, 0.2)
    assert power(effect, 5, 0.8, 0.2) == pytest.approx(0.8, abs=1e-4)
    assert detectable(10, 0.8, 0.2) < effect
    assert detectable(5, 0, 0) == 0


def test_one_seed_cannot_be_planned() -> None:
    with pytest.raises(ValueError, match="1 seed says nothing about how much seeds vary"):
        power(1, 1, 1, 1)


def test_errors_of_accuracy() -> None:
    assert error_of_accuracy(0.09, 900) == pytest.approx(1.0)
    assert error_of_accuracy(0.09, 900, languages=15, correlation=0.5) == pytest.approx(np.sqrt(8 / 15))
    assert Components(1, 30, 30).error_items(900) == pytest.approx(1)
    assert Components(1, 30, 30).sd_seeds(900) == pytest.approx(np.sqrt(2))


def test_likeness_of_rankings_by_hand() -> None:
    """Of three candidates the first two change places: overlaps 0, 1, 1, weights e², e, 1."""
    e = np.e
    assert likeness("abc", "bac") == pytest.approx((e + 1) / (e**2 + e + 1))
    assert likeness("abc", "abc") == pytest.approx(1)
    assert rank_consistency(["abc", "abc"], ["abc", "bac"]) == pytest.approx(50 * (1 + (e + 1) / (e**2 + e + 1)))


def test_many_likenesses_at_once_are_those_of_each_pair() -> None:
    generator = np.random.default_rng(1)
    one, other = (np.array([generator.permutation(7)[:5] for _ in range(40)]) for _ in range(2))
    expected = [likeness(first, second) for first, second in zip(one.tolist(), other.tolist(), strict=True)]
    assert likenesses(one, other) == pytest.approx(expected)


def test_likeness_falls_with_the_place_of_a_change() -> None:
    found = [likeness("abcd", other) for other in ("abcd", "abdc", "acbd", "bacd")]
    assert all(one > other for one, other in pairwise(found))


def test_rankings_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="rankings of 3 and 2 candidates"):
        likeness("abc", "ab")
    with pytest.raises(ValueError, match="1 rankings beside 2"):
        rank_consistency(["a"], ["a", "b"])
