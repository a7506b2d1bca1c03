"""Sums by cluster and cell: exact, whatever the order of rows, and only of what is comparable."""

import numpy as np
import polars
import pytest

from crosswind.stats.estimates import Treatment, alone, between
from crosswind.stats.inference import observed
from crosswind.stats.named import estimand
from crosswind.stats.tallies import Tally, tally
from tests.stats.simulated import A, B, answers, rows, study

CLEAN = estimand("clean")


def table(tally_: Tally) -> dict[tuple[int, ...], tuple[float, float]]:
    """Every cell's sums."""
    return {
        tuple(map(int, np.unravel_index(cell, tally_.axes.shape))): (float(over), float(under))
        for block in tally_.blocks
        for cell, over, under in zip(
            block.cells_N, block.over_IN.sum(0), block.under_IU.sum(0)[block.which_N], strict=True
        )
    }


def test_sums_are_those_of_the_rows_of_a_cell() -> None:
    found = tally(answers({("a", "clean"): "yyn", ("a", "k1"): "ynn"}, ("arm", "condition")), "accuracy")
    assert found.axes.kinds == ("k1",)
    assert table(found) == {(0, 0, 0, 0): (2.0, 3.0), (0, 0, 0, 1): (1.0, 3.0)}


def test_queries_that_collided_are_out() -> None:
    given = rows({"example": "0"}, {"example": "1", "answer": "no"}, {"example": "2", "answer": "no", "collided": True})
    assert observed([tally(given, "accuracy")], CLEAN, alone(A)) == 50.0


def test_f1_is_of_sums_and_no_mean_of_items() -> None:
    given = rows({"example": "0"}, {"example": "1"}).with_columns(
        hits=polars.Series([1.0, 0.0]), found=polars.Series([1.0, 3.0]), golden=polars.Series([1.0, 1.0])
    )
    assert observed([tally(given, "entity_f1")], CLEAN, alone(A)) == pytest.approx(100 * 2 * 1 / (4 + 2))


def test_an_item_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="task: an item stands twice in one cell"):
        tally(rows({"example": "0"}, {"example": "0"}), "accuracy")


def test_outcomes_of_two_targets_are_refused() -> None:
    with pytest.raises(ValueError, match=r"one target, found 2"):
        tally(rows({"target": "x"}, {"target": "y"}), "accuracy")


def test_an_unknown_treatment_is_named_with_those_that_are_there() -> None:
    with pytest.raises(ValueError, match="task has no outcomes of c after x, only of a"):
        observed([tally(rows({}), "accuracy")], CLEAN, alone(Treatment("c", "x")))


def test_neither_the_order_of_rows_nor_another_arm_matters() -> None:
    right = np.random.default_rng(1).random((3, 4, 2, 3, 20)) < 0.5
    whole = study(right)
    shuffled = whole.sample(fraction=1.0, shuffle=True, seed=3)
    fewer = whole.filter(polars.col("arm") != "c")
    found = [observed([tally(each, "accuracy")], estimand("drop"), between(A, B)) for each in (whole, shuffled, fewer)]
    assert found[0] == found[1] == found[2]


def test_only_cells_that_every_run_has_count() -> None:
    """Arm b lacks k1 in one language and seed, so nobody's k1 of that language counts."""
    told = {
        ("a", 1, "x", "k1"): "yyyy",
        ("a", 1, "y", "k1"): "nnnn",
        ("b", 1, "x", "k1"): "yynn",
        ("a", 1, "x", "clean"): "yyyy",
        ("a", 1, "y", "clean"): "yyyy",
        ("b", 1, "x", "clean"): "yyyy",
        ("b", 1, "y", "clean"): "yyyy",
    }
    found = tally(answers(told, ("arm", "seed", "language", "condition")), "accuracy")
    assert observed([found], estimand("robust"), between(A, B)) == 50.0
    assert observed([found], estimand("drop"), alone(A)) == 50.0
    assert observed([found], estimand("drop"), between(A, B)) == -50.0
    both = found.common([A, B])
    assert (found.count([A, B]), both.cells) == (7, 6)


def test_a_language_can_be_left_out() -> None:
    found = tally(answers({("x",): "yy", ("y",): "yn", ("z",): "nn"}, ("language",)), "accuracy")
    assert observed([found], CLEAN, alone(A)) == 50.0
    assert observed([found.without("z")], CLEAN, alone(A)) == 75.0
    assert observed([found.without("x")], CLEAN, alone(A)) == 25.0
    assert found.without("nowhere") == found


def test_languages_with_other_items_stand_in_blocks_of_their_own() -> None:
    given = polars.concat(
        [
            answers({("x",): "yyn", ("y",): "ynn"}, ("language",)),
            rows(*({"language": "z", "example": f"z{place}"} for place in range(5))),
        ]
    )
    found = tally(given, "accuracy")
    assert sorted(block.over_IN.shape for block in found.blocks) == [(3, 2), (5, 1)]
    assert observed([found], CLEAN, alone(A)) == pytest.approx((200 / 3 + 100 / 3 + 100) / 3)
