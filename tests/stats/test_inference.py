"""Intervals against closed forms and scipy: where the truth is known, and how it depends on seeds and items."""

import numpy as np
import pytest
from scipy import stats

from crosswind.stats import resampling
from crosswind.stats.estimands import Undefined
from crosswind.stats.estimates import Contrast, Treatment, alone, between
from crosswind.stats.inference import Finding, by_item, estimated, find, observed
from crosswind.stats.named import estimand
from crosswind.stats.tallies import tally
from tests.stats.simulated import A, B, answers, study

CLEAN = estimand("clean")


def arms(seed: int = 1, shape: tuple[int, ...] = (2, 5, 3, 2, 80), **more: object) -> object:
    return tally(study(np.random.default_rng(seed).random(shape) < 0.6, **more), "accuracy")  # type: ignore[arg-type]


def asked(
    tallies: object, name: str = "clean", contrast: Contrast | None = None, seed: int = 1, draws: int = 2000
) -> Finding:
    return find([tallies], estimand(name), contrast or between(A, B), seed=seed, draws=draws)  # type: ignore[list-item]


def test_of_seeds_that_differ_alone_it_is_students_paired_t() -> None:
    """All items of a run are alike, so items add nothing."""
    scores = np.random.default_rng(1).random((2, 6, 1, 1, 1)) * np.ones((1, 1, 1, 1, 30))
    found = asked(tally(study(scores), "accuracy"))
    apart = 100 * (scores[0, :, 0, 0, 0] - scores[1, :, 0, 0, 0])
    test = stats.ttest_1samp(apart, 0)
    low, high = test.confidence_interval()
    assert found.student is not None
    assert (found.student.low, found.student.high, found.student.degrees) == pytest.approx((low, high, 5))
    assert 2 * min(found.p_above(), found.p_below()) == pytest.approx(test.pvalue)
    assert list(found.by_seed.values()) == pytest.approx(apart.tolist())
    assert found.parts.items == pytest.approx(0, abs=1e-9)


def test_of_one_run_it_is_students_t_of_items() -> None:
    scores = np.random.default_rng(2).random((1, 1, 1, 1, 40))
    found = asked(tally(study(scores), "accuracy"), contrast=alone(A))
    low, high = stats.t.interval(0.95, 39, 100 * scores.mean(), 100 * stats.sem(scores.reshape(-1)))
    assert found.student is not None
    assert (found.student.low, found.student.high, found.student.way) == (
        pytest.approx(low), pytest.approx(high), "items t"
    )  # fmt: skip
    assert found.runs == 1


def test_variances_are_those_of_two_crossed_factors() -> None:
    """The parts by hand: mean squares of a table of items and runs."""
    scores = np.random.default_rng(3).random((1, 4, 1, 1, 25))
    table = 100 * scores[0, :, 0, 0]
    found = asked(tally(study(scores), "accuracy"), contrast=alone(A))
    rest = table - table.mean(0) - table.mean(1, keepdims=True) + table.mean()
    assert found.parts.seeds == pytest.approx(table.mean(1).var(ddof=1) / 4)
    assert found.parts.items == pytest.approx(table.mean(0).var(ddof=1) / 25)
    assert found.parts.interaction == pytest.approx((rest**2).sum() / (3 * 24) / 100)


def test_the_bootstrap_has_the_same_spread() -> None:
    for name in ("clean", "drop", "relative"):
        found = asked(arms(), name, draws=8000)
        assert found.student is not None
        assert found.bootstrap.error == pytest.approx(found.student.error, rel=0.05)
        assert (found.bootstrap.low, found.bootstrap.high) == pytest.approx(
            (found.student.low, found.student.high), abs=0.7
        )


def test_parallel_languages_are_no_new_items() -> None:
    """The same answers in ten languages are as sure as in one."""
    one = np.random.default_rng(4).random((2, 3, 1, 1, 100)) < 0.6
    ten = np.repeat(one, 10, axis=2)
    found = [asked(tally(study(each), "accuracy")) for each in (one, ten)]
    assert found[0].bootstrap.error == pytest.approx(found[1].bootstrap.error)
    assert found[0].first.error == pytest.approx(found[1].first.error)


def test_hypotheses_of_one_premise_are_drawn_together() -> None:
    one = np.random.default_rng(5).random((1, 1, 1, 1, 60)) < 0.5
    three = np.repeat(one, 3, axis=4)
    alone_, together = (
        asked(tally(study(each, hypotheses=count), "accuracy"), contrast=alone(A))
        for each, count in ((one, 1), (three, 3))
    )
    assert (alone_.clusters, together.clusters) == (60, 60)
    assert alone_.first.error == pytest.approx(together.first.error)


def test_f1_is_resampled_from_its_sums() -> None:
    """The bootstrap of a ratio of sums, beside a plain loop over sentences."""
    generator = np.random.default_rng(6)
    hits = generator.binomial(3, 0.6, 120)
    found, golden = hits + generator.poisson(1, 120), hits + generator.poisson(1, 120)
    frame = study(np.ones((1, 1, 1, 1, 120))).with_columns(hits=hits, found=found, golden=golden)
    own = asked(tally(frame, "entity_f1"), contrast=alone(A), draws=4000)
    loop = []
    for _ in range(4000):
        chosen = generator.integers(0, 120, 120)
        loop.append(200 * hits[chosen].sum() / (found[chosen].sum() + golden[chosen].sum()))
    assert own.value == pytest.approx(200 * hits.sum() / (found.sum() + golden.sum()))
    assert own.bootstrap.error == pytest.approx(np.std(loop), rel=0.06)
    assert own.first.error == pytest.approx(np.std(loop), rel=0.06)


def test_arms_of_other_seeds_are_not_paired() -> None:
    """Welch's t, where items add nothing."""
    scores = np.random.default_rng(7).random((2, 5, 1, 1, 1)) * np.ones((1, 1, 1, 1, 20))
    frame = study(scores, seeds={"a": range(5), "b": range(10, 15)})
    found = asked(tally(frame, "accuracy"))
    one, other = 100 * scores[:, :, 0, 0, 0]
    low, high = stats.ttest_ind(one, other, equal_var=False).confidence_interval()
    assert not found.is_paired
    assert found.by_seed == {}
    assert found.student is not None
    assert (found.student.low, found.student.high) == pytest.approx((low, high))


def test_equal_seeds_give_equal_bytes_and_others_do_not() -> None:
    one, again, other = (asked(arms(), "drop", seed=seed).drawn for seed in (1, 1, 2))
    assert one.tobytes() == again.tobytes()
    assert one.tobytes() != other.tobytes()


def test_how_many_resamples_a_step_makes_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = asked(arms(), "drop")
    monkeypatch.setattr(resampling, "ROOM", 1000)
    steps = asked(arms(), "drop")
    assert steps.drawn == pytest.approx(whole.drawn)
    assert steps.first.error == pytest.approx(whole.first.error)


def test_names_of_arms_do_not_matter() -> None:
    frame = study(np.random.default_rng(8).random((2, 5, 2, 2, 50)) < 0.6)
    renamed = frame.with_columns(arm=frame["arm"].replace_strict({"a": "z", "b": "k"}))
    one = asked(tally(frame, "accuracy"), "drop")
    other = asked(tally(renamed, "accuracy"), "drop", between(Treatment("z"), Treatment("k")))
    assert one.drawn.tobytes() == other.drawn.tobytes()


def test_many_clusters_are_dealt_into_groups_that_tell_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    made = arms(shape=(2, 5, 2, 2, 3000))
    whole = asked(made, "drop")
    monkeypatch.setattr(resampling, "MOST_UNITS", 500)
    dealt = asked(made, "drop")
    assert (dealt.value, dealt.clusters) == (pytest.approx(whole.value), 3000)
    assert dealt.first.error == pytest.approx(whole.first.error, rel=0.1)
    assert dealt.bootstrap.error == pytest.approx(whole.bootstrap.error, rel=0.1)


def test_targets_of_one_space_are_drawn_together() -> None:
    """The same answers to the same paragraphs in two tasks are as sure as in one, in two spaces surer."""
    frame = study(np.random.default_rng(9).random((1, 1, 1, 1, 200)) < 0.5)
    other = frame.with_columns(target=frame["target"].str.replace("task", "twin"))
    one = find([tally(frame, "accuracy")], CLEAN, alone(A), seed=1)
    shared = find([tally(each, "accuracy", space="s") for each in (frame, other)], CLEAN, alone(A), seed=1)
    apart = find([tally(each, "accuracy") for each in (frame, other)], CLEAN, alone(A), seed=1)
    assert shared.first.error == pytest.approx(one.first.error)
    assert shared.bootstrap.error == pytest.approx(one.bootstrap.error, rel=0.05)
    assert apart.first.error == pytest.approx(one.first.error / np.sqrt(2))
    assert apart.bootstrap.error == pytest.approx(one.bootstrap.error / np.sqrt(2), rel=0.05)


def test_a_minimum_of_equal_languages_is_corrected_upwards() -> None:
    found = asked(arms(shape=(1, 5, 6, 2, 80)), "worst_language", alone(A))
    assert found.student is None
    assert found.value > found.observed
    assert found.bootstrap.low < 60 < found.bootstrap.high


def test_another_level_is_wider() -> None:
    found = asked(arms(), "drop")
    wide, narrow = found.at(0.99), found.at(0.9)
    for one, middle, other in (
        (wide.first, found.first, narrow.first),
        (wide.bootstrap, found.bootstrap, narrow.bootstrap),
    ):
        assert one.low < middle.low < other.low < other.high < middle.high < one.high


def test_estimates_alone_are_those_of_the_finding() -> None:
    made = arms()
    assert estimated([made], CLEAN, between(A, B)) == asked(made).student  # type: ignore[list-item]
    with pytest.raises(ValueError, match="WorstCondition has no interval without resampling"):
        estimated([made], estimand("worst_condition"), between(A, B))  # type: ignore[list-item]


def test_what_items_add_is_the_contrast() -> None:
    made = arms()
    parts = by_item([made], CLEAN, between(A, B))  # type: ignore[list-item]
    assert parts.shape == (80,)
    assert parts.sum() == pytest.approx(observed([made], CLEAN, between(A, B)))  # type: ignore[list-item]


def test_equal_arms_are_no_surprise() -> None:
    one = np.random.default_rng(10).random((1, 5, 1, 1, 30)) < 0.5
    found = asked(tally(study(np.repeat(one, 2, axis=0)), "accuracy"))
    assert (found.value, found.first.low, found.first.high, found.bootstrap.low) == (0, 0, 0, 0)
    assert (found.p_above(), found.p_below(), found.p_above(1), found.p_below(1)) == (0.5, 0.5, 1, 0)


def test_what_was_left_out_is_counted() -> None:
    told = {("a", "x"): "yy", ("b", "x"): "yn", ("a", "y"): "yy"}
    found = asked(tally(answers(told, ("arm", "language")), "accuracy"))
    assert (found.cells_used, found.cells_left_out) == (2, 1)


def test_arms_without_anything_in_common_are_refused() -> None:
    told = {("a", "x"): "yy", ("b", "y"): "yn"}
    with pytest.raises(ValueError, match="task: a and b have no language and condition in common"):
        asked(tally(answers(told, ("arm", "language")), "accuracy"))


def test_one_cluster_says_nothing_about_others() -> None:
    with pytest.raises(Undefined, match="task: one cluster of items says nothing"):
        asked(tally(answers({("a",): "y"}, ("arm",)), "accuracy"), contrast=alone(A))


def test_undefined_is_said() -> None:
    with pytest.raises(Undefined, match="TransferGap has no value here"):
        find(
            [tally(answers({("x",): "yy"}, ("language",)), "accuracy")],
            estimand("transfer_gap", source="x"),
            alone(A),
            seed=1,
        )


@pytest.mark.parametrize("weights", [{A: 1.0, B: 1.0}, {A: 2.0}, {}, {A: 0.0, B: 0.0}])
def test_weights_that_are_no_contrast_are_refused(weights: dict[Treatment, float]) -> None:
    with pytest.raises(ValueError, match="give weights other than 0 that add up to 0"):
        Contrast(weights)
