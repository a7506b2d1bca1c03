"""Every estimand on examples that are computed by hand."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crosswind.stats.estimands import Estimand, Undefined
from crosswind.stats.estimates import Contrast, Treatment, alone, between
from crosswind.stats.inference import observed
from crosswind.stats.named import ESTIMANDS, estimand
from crosswind.stats.tallies import tally
from tests.stats.simulated import A, B, answers, study

# Ten items of one arm: 60 points on clean text; typos turn three right answers wrong, a wrong one right and a wrong one
# into another wrong one; capitals turn a right one wrong.
ONE = {
    ("a", "clean", 0): "yyyyyynnnn",
    ("a", "typos", 1): "yyynnnymnn",
    ("a", "capitals", 1): "yyyyynnnnn",
}
NAMES = ("arm", "condition", "severity")


def value(
    asked: Estimand,
    told: Mapping[tuple[Any, ...], str] = ONE,
    contrast: Contrast | None = None,
    names: tuple[str, ...] = NAMES,
    chance: float = 0.0,
) -> float:
    made = tally(answers(told, names), "accuracy", counts=asked.counts, chance=chance)
    return observed([made], asked, contrast or alone(A))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("clean", 60.0),
        ("robust", (40 + 50) / 2),
        ("drop", 15.0),
        ("gain_interaction", -15.0),
        ("relative", 75.0),
        ("auc", ((60 + 40) / 2 + (60 + 50) / 2) / 2),
        ("worst_condition", 40.0),
        ("worst_language", 45.0),
        ("worst_seed", 45.0),
        ("worst_item", 30.0),
        ("flip", (50 + 10) / 2),
        ("right_to_wrong", (30 + 10) / 2),
        ("wrong_to_right", (10 + 0) / 2),
        ("wrong_to_wrong", (10 + 0) / 2),
    ],
)
def test_by_hand(name: str, expected: float) -> None:
    assert value(estimand(name)) == pytest.approx(expected)


def test_a_drop_is_what_turned_wrong_less_what_turned_right() -> None:
    assert value(estimand("drop")) == pytest.approx(
        value(estimand("right_to_wrong")) - value(estimand("wrong_to_right"))
    )


def test_chance_is_taken_off_both_sides() -> None:
    assert value(estimand("relative_chance"), chance=20.0) == pytest.approx(100 * 25 / 40)
    assert value(estimand("relative_chance"), chance=50.0) == pytest.approx(100 * -5 / 10)


def test_unperturbed_text_keeps_all() -> None:
    same = {("a", "clean", 0): "yyyn", ("a", "typos", 1): "yyyn"}
    assert value(estimand("relative_chance"), same, chance=25.0) == pytest.approx(100)


def test_nothing_can_be_kept_of_a_score_near_chance() -> None:
    with pytest.raises(Undefined, match=r"a, seed 1: 60\.0 points on clean text are less than 5 above the 56\.0"):
        value(estimand("relative_chance"), chance=56.0)


def test_draws_then_severities_then_kinds_then_languages() -> None:
    told = {
        ("x", "typos", 1, 1): "yyyy",
        ("x", "typos", 1, 2): "yynn",
        ("x", "typos", 3, 1): "ynnn",
        ("x", "capitals", 1, 1): "nnnn",
        ("y", "typos", 1, 1): "yyyy",
    }
    names = ("language", "condition", "severity", "draw")
    assert value(estimand("robust"), told, names=names) == pytest.approx((((75 + 25) / 2 + 0) / 2 + 100) / 2)


def test_a_ratio_is_of_means_over_languages_and_no_mean_of_ratios() -> None:
    told = {
        ("x", "clean", 0): "yyyy",
        ("x", "typos", 1): "yyyy",
        ("y", "clean", 0): "ynnn",
        ("y", "typos", 1): "nnnn",
    }
    assert value(estimand("relative"), told, names=("language", "condition", "severity")) == pytest.approx(80.0)


def test_a_curve_is_straight_between_its_severities() -> None:
    told = {("clean", 0): "yyyyyyyyyy", ("typos", 1): "yyyyyyyynn", ("typos", 5): "nnnnnnnnnn"}
    # from 100 to 80 in one step, from 80 to 0 in four
    assert value(estimand("auc"), told, names=("condition", "severity")) == pytest.approx((90 * 1 + 40 * 4) / 5)


def test_errors_beside_those_of_a_reference() -> None:
    told = {
        **ONE,
        ("b", "clean", 0): "yyyyyyyynn",
        ("b", "typos", 1): "yyyyyynnnn",
        ("b", "capitals", 1): "yyyyyyynnn",
    }
    mce = estimand("mce", reference=B)
    assert value(mce, told) == pytest.approx((100 * 60 / 40 + 100 * 50 / 30) / 2)
    assert value(mce, told, alone(B)) == pytest.approx(100)
    relative = estimand("relative_mce", reference=B)
    assert value(relative, told) == pytest.approx((100 * 20 / 20 + 100 * 10 / 10) / 2)
    assert value(relative, told, alone(B)) == pytest.approx(100)


def test_errors_are_added_up_over_severities_before_they_are_divided() -> None:
    told = {
        ("a", "typos", 1): "ynnn",
        ("a", "typos", 5): "nnnn",
        ("b", "typos", 1): "yyyn",
        ("b", "typos", 5): "yynn",
        ("a", "clean", 0): "yyyy",
        ("b", "clean", 0): "yyyy",
    }
    assert value(estimand("mce", reference=B), told) == pytest.approx(100 * (75 + 100) / (25 + 50))


def test_a_kind_that_costs_the_reference_nothing_is_left_out_of_added_errors() -> None:
    told = {**ONE, ("b", "clean", 0): "yyyyyyyynn", ("b", "typos", 1): "yyyyyynnnn", ("b", "capitals", 1): "yyyyyyyynn"}
    assert value(estimand("relative_mce", reference=B), told) == pytest.approx(100 * 20 / 20)
    still = {key: "yyyyyyyynn" if key[0] == "b" else letters for key, letters in told.items()}
    with pytest.raises(Undefined, match="no perturbation costs the reference b 1 point"):
        value(estimand("relative_mce", reference=B), still)


def test_a_gain_that_is_the_same_on_both_texts_is_no_interaction() -> None:
    told = {
        ("a", "clean", 0): "yyyy",
        ("a", "typos", 1): "yynn",
        ("b", "clean", 0): "yyyn",
        ("b", "typos", 1): "ynnn",
    }
    assert value(estimand("robust"), told, between(A, B)) == pytest.approx(25)
    assert value(estimand("gain_interaction"), told, between(A, B)) == pytest.approx(0)


def test_a_gap_is_between_the_source_and_the_mean_of_all_others() -> None:
    told = {("en", "clean", 0): "yyyy", ("de", "clean", 0): "yyyn", ("sw", "clean", 0): "ynnn"}
    gap = estimand("transfer_gap", source="en")
    assert value(gap, told, names=("language", "condition", "severity")) == pytest.approx(100 - 50)
    with pytest.raises(Undefined, match="no outcomes in the source 'fr', only in de, en, sw"):
        value(estimand("transfer_gap", source="fr"), told, names=("language", "condition", "severity"))


def test_the_worst_seed_and_language() -> None:
    told = {("x", 1): "yyyy", ("x", 2): "yynn", ("y", 1): "yynn", ("y", 2): "ynnn"}
    names = ("language", "seed")
    assert value(estimand("worst_seed", text="clean"), told, names=names) == pytest.approx((50 + 25) / 2)
    assert value(estimand("worst_language", text="clean"), told, names=names) == pytest.approx((50 + 25) / 2)


def test_agreement_is_of_answers_whether_right_or_wrong() -> None:
    told = {("x",): "yynm", ("y",): "ynnn", ("z",): "yynm"}
    # x|y agree in two of four, x|z in all, y|z in two
    assert value(estimand("agreement"), told, names=("language",)) == pytest.approx((50 + 100 + 50) / 3)


def test_runs_on_the_line_have_no_robustness_beyond_it() -> None:
    """Ten baseline runs whose perturbed log odds are half of the clean ones less one; a run above that line by 0.4."""
    generator = np.random.default_rng(1)
    clean = generator.uniform(0.2, 2.0, 10)
    robust = 0.5 * clean - 1
    scores = np.zeros((2, 10, 1, 2, 1))
    scores[1, :, 0, 0, 0], scores[1, :, 0, 1, 0] = odds(clean), odds(robust)
    scores[0, :, 0, 0, 0], scores[0, :, 0, 1, 0] = odds(1.2), odds(0.5 * 1.2 - 1 + 0.4)
    made = tally(study(scores), "accuracy")
    asked = estimand("effective", pool=(B,))
    assert observed([made], asked, alone(A)) == pytest.approx(0.4)
    assert observed([made], asked, alone(B)) == pytest.approx(0, abs=1e-12)
    scores[0, :, 0, 0, 0] = odds(2.5)
    with pytest.raises(Undefined, match="a: its clean score is outside those of the pool"):
        observed([tally(study(scores), "accuracy")], asked, alone(A))
    with pytest.raises(Undefined, match="a line through 5 runs says little"):
        observed([tally(study(scores[:, :5]), "accuracy")], asked, alone(A))


def odds(logit: Any) -> Any:
    return 1 / (1 + np.exp(-np.asarray(logit)))


def test_targets_are_averaged_last() -> None:
    one = tally(answers({("clean", 0): "yyyy", ("typos", 1): "yynn"}, ("condition", "severity")), "accuracy")
    other = tally(answers({("clean", 0): "yynn", ("typos", 1): "yynn"}, ("condition", "severity")), "accuracy")
    assert observed([one, other], estimand("relative"), alone(A)) == pytest.approx((50 + 100) / 2)


def test_what_has_no_perturbed_text_has_no_drop() -> None:
    with pytest.raises(Undefined, match="Drop has no value here"):
        value(estimand("drop"), {("a", "clean", 0): "yyn"})


def test_names_are_told_apart() -> None:
    with pytest.raises(ValueError, match=r"'drp' is no estimand; did you mean 'drop'\?"):
        estimand("drp")
    with pytest.raises(ValueError, match="estimand drop does not go with source"):
        estimand("drop", source="en")
    with pytest.raises(ValueError, match="estimand mce does not go with nothing"):
        estimand("mce")


def test_every_name_is_explained() -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "statistics.md").read_text(encoding="utf-8")
    assert [name for name in ESTIMANDS if f"`{name}`" not in page] == []


def test_every_name_has_a_value() -> None:
    settings: dict[str, dict[str, Any]] = {
        "mce": {"reference": B},
        "relative_mce": {"reference": B},
        "transfer_gap": {"source": "l0"},
        "robust_transfer_gap": {"source": "l0"},
        "effective": {"pool": (A, B)},
    }
    right = np.random.default_rng(2).random((2, 4, 3, 3, 60)) < np.array([0.8, 0.6, 0.5])[:, None]
    for name in ESTIMANDS:
        asked = estimand(name, **settings.get(name, {}))
        made = tally(study(right), "accuracy", counts=asked.counts)
        assert math.isfinite(observed([made], asked, Contrast({A: 1.0, B: -1.0}))), name
        assert Treatment("a") == A
