"""Runs that failed, in tallies and beside them: by hand."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars
import pytest
from scipy import stats

from crosswind.randomness import stream
from crosswind.stats.estimands import Score, Undefined
from crosswind.stats.estimates import Treatment, alone, between
from crosswind.stats.inference import estimated, find, observed
from crosswind.stats.intervals import of_share
from crosswind.stats.medians import of_medians
from crosswind.stats.named import ESTIMANDS, estimand
from crosswind.stats.tallies import Lost, Tally, tally
from crosswind.stats.verdicts import Region, probabilities, ruling
from tests.stats.simulated import A, B, answers, rows, tallied
from tests.stats.test_tallies import table

CLEAN, ROBUST = estimand("clean"), estimand("robust")
RUN = ("arm", "seed", "language", "condition")
# Two arms of three seeds, four items in one language: a scores 100, 50 and nothing known; b scores 25 everywhere.
TOLD = {
    ("a", 1, "x", "clean"): "yyyy",
    ("a", 2, "x", "clean"): "yynn",
    **{("b", seed, "x", "clean"): "ynnn" for seed in (1, 2, 3)},
}
GONE = [Lost(A, 3, "x")]


def told(answered: Mapping[tuple[object, ...], str], chance: float = 0.0, counts: str = "score") -> Tally:
    return tally(answers(answered, RUN), "accuracy", chance=chance, counts=counts)  # type: ignore[arg-type]


def test_a_lost_run_has_the_share_of_guessing_in_every_cluster() -> None:
    found = told(TOLD, chance=30.0).with_guessing(GONE)
    assert table(found)[0, 2, 0, 0] == pytest.approx((0.3 * 4, 4.0))
    assert observed([found], CLEAN, alone(A)) == pytest.approx((100 + 50 + 30) / 3)
    (block,) = found.blocks
    assert block.over_IN[:, block.cells_N.tolist().index(2)] == pytest.approx([0.3] * 4)


def test_what_was_there_is_as_it_was() -> None:
    whole = told(TOLD, chance=30.0)
    before, after = table(whole), table(whole.with_guessing(GONE))
    assert {cell: own for cell, own in after.items() if cell in before} == before
    assert len(after) == len(before) + 1
    assert whole.with_guessing([]) is whole


def test_the_contrast_stays_paired_with_all_seeds() -> None:
    whole = told(TOLD, chance=30.0)
    without, found = (
        find([each], CLEAN, between(A, B), seed=1, draws=50) for each in (whole, whole.with_guessing(GONE))
    )
    assert (without.is_paired, found.is_paired) == (False, True)
    assert found.by_seed == pytest.approx({1: 75.0, 2: 25.0, 3: 5.0})
    assert without.value == pytest.approx(50.0)  # what dropping the run would have said
    assert found.value == pytest.approx(35.0)


def test_it_guesses_where_other_runs_of_its_treatment_have_answers() -> None:
    """Arm a has k1 in x alone, whatever b has; and a lost language is lost alone."""
    told_ = {("a", 1, "x", "clean"): "yy", ("a", 1, "x", "k1"): "yn", ("a", 1, "y", "clean"): "yy"}
    told_ |= {("b", 1, code, text): "nn" for code in ("x", "y") for text in ("clean", "k1", "k2")}
    found = told(told_).with_guessing([Lost(A, 2, "x"), Lost(A, 2, "y")])
    own = {cell[2:] for cell in table(found) if cell[:2] == (0, 1)}
    assert own == {(0, 0), (0, 1), (1, 0)}
    partly = told(told_).with_guessing([Lost(A, 2, "y"), Lost(A, 2, "z")])
    assert {cell[2:] for cell in table(partly) if cell[:2] == (0, 1)} == {(1, 0)}


def test_a_treatment_without_any_answers_guesses_where_others_have_some() -> None:
    lost = [Lost(Treatment("new"), seed, "x") for seed in (1, 2, 3, 4)]
    found = told(TOLD, chance=30.0).with_guessing(lost)
    assert found.axes.treatments == (A, B, Treatment("new"))
    assert found.axes.seeds == (1, 2, 3, 4)
    own = find([found.without_seeds({4})], CLEAN, between(B, Treatment("new")), seed=1, draws=50)
    assert own.value == pytest.approx(25 - 30)
    assert own.is_paired
    assert own.by_seed == pytest.approx({1: -5.0, 2: -5.0, 3: -5.0})


def test_guesses_do_not_vary_and_other_sides_do() -> None:
    """Where one side guesses in every seed, the interval is the other side's alone."""
    right = np.random.default_rng(1).random((1, 5, 1, 1, 40)) < 0.7
    lost = [Lost(B, seed, "l0") for seed in range(1, 6)]
    whole = replace(tallied(right), chance=50.0)
    both = estimated([whole.with_guessing(lost)], CLEAN, between(A, B))
    one = estimated([whole], CLEAN, alone(A))
    assert both.value == pytest.approx(one.value - 50)
    assert (both.error, both.degrees) == pytest.approx((one.error, one.degrees))


def test_f1_of_a_lost_run_is_none() -> None:
    sums = {"hits": [1.0, 2.0], "found": [2.0, 2.0], "golden": [1.0, 3.0]}
    given = rows({"example": "0"}, {"example": "1"}).with_columns(*(polars.Series(*own) for own in sums.items()))
    found = tally(given, "entity_f1").with_guessing([Lost(A, 2, "x")])
    assert observed([found], CLEAN, alone(A)) == pytest.approx((100 * 2 * 3 / 8 + 0) / 2)


def test_a_seed_can_be_left_out_of_all_treatments() -> None:
    whole = told(TOLD)
    left = whole.without_seeds({3})
    assert left.axes.seeds == (1, 2)
    assert find([left], CLEAN, between(A, B), seed=1, draws=50).by_seed == pytest.approx({1: 75.0, 2: 25.0})
    assert whole.without_seeds({9}) is whole


@pytest.mark.parametrize("name", ESTIMANDS)
def test_what_counts_answers_or_losses_leaves_lost_runs_out(name: str) -> None:
    """A model that guesses loses nothing, flips nothing and agrees with itself everywhere: it must not win by that."""
    levels = {"clean", "robust", "auc", "mce", "worst_condition", "worst_language", "worst_seed"}
    made = ESTIMANDS[name]
    settings = {"mce": {"reference": A}, "relative_mce": {"reference": A}, "effective": {"pool": (A,)}}
    asked = made(**settings.get(name, {"source": "x"} if name.endswith("transfer_gap") else {}))
    assert (asked.diverged == "guesses") == (name in levels)


@pytest.mark.parametrize("name", ["clean", "robust", "auc", "mce", "worst_condition", "worst_language", "worst_seed"])
@pytest.mark.parametrize("chance", [0.0, 100 / 3])
def test_no_guess_is_ever_no_number(name: str, chance: float) -> None:
    """Not on the whole sample, nor in any resample; and a side that guesses has the value of guessing."""
    right = np.random.default_rng(2).random((2, 5, 2, 3, 30)) < 0.8
    gone = np.zeros((2, 5), bool)
    gone[0, [1, 3]] = True
    own = with_lost(replace(tallied(right), chance=chance), gone)
    asked = ESTIMANDS[name](**({"reference": B} if name == "mce" else {}))
    found = find([own], asked, between(A, B), seed=1, draws=200)
    assert np.isfinite([found.value, *found.drawn, found.first.low, found.first.high, found.bootstrap.high]).all()
    assert found.is_paired
    low = observed([own.without_seeds({1, 3, 5})], asked, alone(A))
    if name == "mce":
        assert low > observed([own], asked, alone(A))
    else:
        assert low == pytest.approx(chance)


@pytest.mark.parametrize("name", ["drop", "right_to_wrong", "flip", "relative"])
def test_losses_are_those_of_the_seeds_that_all_sides_have(name: str) -> None:
    answered = {(arm, seed, "x", "clean"): "yyyn" for arm in "ab" for seed in (1, 2, 3)}
    answered |= {("a", seed, "x", "k1"): "yynn" for seed in (1, 2, 3)}
    answered |= {("b", seed, "x", "k1"): "ynnn" if seed < 3 else "nnnn" for seed in (1, 2, 3)}
    partly = {key: own for key, own in answered.items() if key[:2] != ("a", 3)}
    asked = estimand(name)
    whole, lost = (told(own, 50.0, asked.counts) for own in (answered, partly))
    found = observed([lost.allowing(GONE, asked.diverged)], asked, between(A, B))
    assert found == observed([whole.without_seeds({3})], asked, between(A, B))
    assert found != observed([whole], asked, between(A, B))


@pytest.mark.parametrize("name", ["relative", "relative_chance"])
def test_no_share_is_taken_of_nearly_nothing(name: str) -> None:
    """The mean over seeds is far above guessing, and one run is not: its ratio would be of noise and noise."""
    answered = {("a", 1, "x", "clean"): "y" * 20, ("a", 1, "x", "k1"): "y" * 10 + "n" * 10}
    answered |= {("a", 2, "x", "clean"): "n" * 20, ("a", 2, "x", "k1"): "y" + "n" * 19}
    with pytest.raises(Undefined, match=r"a, seed 2: 0\.0 points on clean text are less than 5"):
        observed([told(answered)], estimand(name), alone(A))


def test_guessing_itself_is_no_number_of_a_relative_estimand() -> None:
    guessed = told({("a", 1, "x", "clean"): "yyyn", ("a", 1, "x", "k1"): "yynn"}, chance=100 / 3)
    guessed = guessed.with_guessing([Lost(A, 2, "x")])
    with pytest.raises(Undefined, match=r"seed 2: 33\.3 points"):
        find([guessed], estimand("relative_chance"), alone(A), seed=1, draws=20)


def test_medians_are_of_each_side_and_not_of_differences() -> None:
    answered = {("a", seed, "x", "clean"): "y" * hits + "n" * (10 - hits) for seed, hits in ((1, 9), (2, 2), (3, 6))}
    answered |= {("b", seed, "x", "clean"): "y" * hits + "n" * (10 - hits) for seed, hits in ((1, 1), (2, 5), (3, 4))}
    assert of_medians([told(answered)], CLEAN, between(A, B)) == pytest.approx(60 - 40)
    assert observed([told(answered)], CLEAN, between(A, B)) == pytest.approx((17 - 10) * 10 / 3)


def test_one_failed_run_in_three_leaves_the_median() -> None:
    found = told(TOLD, chance=0.0).with_guessing(GONE)
    assert of_medians([found], CLEAN, alone(A)) == pytest.approx(50.0)


def test_the_lowest_seed_has_no_median() -> None:
    with pytest.raises(Undefined, match="the lowest seed"):
        of_medians([told(TOLD)], estimand("worst_seed"), alone(A))


@pytest.mark.parametrize(("hits", "count"), [(0, 5), (2, 5), (5, 5), (1, 40)])
def test_shares_have_wilsons_interval(hits: int, count: int) -> None:
    found = of_share(hits, count)
    expected = stats.binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.mean == hits / count


def test_of_no_runs_every_share_is_possible() -> None:
    assert (of_share(0, 0).low, of_share(0, 0).high) == (0.0, 1.0)


STUDIES, RUNS, LANGUAGES, ITEMS, FAILING = 400, 5, 3, 40, 0.05


def null_study(seed: int) -> Tally:
    """Two equal arms whose runs diverge one time in twenty and then have no answers."""
    generator = np.random.default_rng(stream(seed, "null study with failures"))
    skill = 0.8 + generator.normal(0, 1, ITEMS) + generator.normal(0, 0.2, (2, RUNS, 1, 1, 1))
    skill = skill + generator.normal(0, 0.7, (2, RUNS, 1, 1, ITEMS))
    right = generator.random((2, RUNS, LANGUAGES, 1, ITEMS)) < 1 / (1 + np.exp(-skill))
    gone = generator.random((2, RUNS)) < FAILING
    return with_lost(replace(tallied(right), chance=50.0), gone)


def with_lost(whole: Tally, gone: np.ndarray) -> Tally:
    """A tally of which some runs are taken out and then count as guesses."""
    kept = np.flatnonzero(np.broadcast_to(~gone[:, :, None, None], whole.axes.shape))
    lost = [
        Lost(whole.axes.treatments[arm], whole.axes.seeds[run], code)
        for arm, run in zip(*np.nonzero(gone), strict=True)
        for code in whole.axes.languages
    ]
    return whole.moved(whole.axes, kept, kept).with_guessing(lost)


def test_equal_arms_that_fail_alike_are_seldom_told_apart() -> None:
    """At 5 %, more than 32 false verdicts in 400 studies come in one of two hundred tries."""
    region, verdicts, held, failing = Region("superiority"), [], 0, 0
    for seed in range(STUDIES):
        own = null_study(seed)
        found = find([own], Score(), between(A, B), seed=seed, draws=200)
        assert found.is_paired
        assert found.runs == RUNS
        verdicts.append(ruling(found, region, probabilities(found, region).two_sided).verdict)
        held += found.first.low <= 0 <= found.first.high
        failing += any((block.over_IN == 0.5).any() for block in own.blocks)
    assert 0.25 * STUDIES < failing < 0.55 * STUDIES  # 1 - 0.95 ** 10 = 0.40
    assert verdicts.count("inconclusive") >= STUDIES - 32
    assert held >= STUDIES - 32
