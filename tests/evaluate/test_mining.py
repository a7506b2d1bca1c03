"""Mining of pairs: margin scores by brute force, one to one, and a threshold midway below the best beginning."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from crosswind.evaluate.mining import NUM_NEIGHBOURS, Pairs, mine, threshold
from crosswind.formats.mine import OTHER, OWN, Sentence

Array = NDArray[np.float32]


def sentence(uid: str, side: str = OWN, partner: str = "") -> Sentence:
    return Sentence(uid=uid, cluster=uid, text=uid, side=side, partner=partner)


def sides(num_own: int, num_other: int) -> list[Sentence]:
    """Both sides in turn, as long as there are enough."""
    own = [sentence(f"x{i}") for i in range(num_own)]
    other = [sentence(f"y{i}", OTHER) for i in range(num_other)]
    shorter = min(num_own, num_other)
    return [each for pair in zip(own, other, strict=False) for each in pair] + own[shorter:] + other[shorter:]


def near(values: Any) -> float:
    return float(np.sort(values)[::-1][:NUM_NEIGHBOURS].mean())


def nearest(values: Any) -> list[int]:
    return [int(place) for place in np.argsort(-values, kind="stable")[:NUM_NEIGHBOURS]]


def brute_force(own: NDArray[Any], other: NDArray[Any]) -> list[tuple[int, int, float]]:
    """The whole matrix of scores; the best of the nearest of every row and column, from the top while both are free."""
    cosine = own.astype(float) @ other.astype(float).T
    rows, columns = [near(row) for row in cosine], [near(column) for column in cosine.T]
    score = cosine / ((np.array(rows)[:, None] + np.array(columns)[None]) / 2)
    best = {(i, max(nearest(cosine[i]), key=lambda j: row[j])) for i, row in enumerate(score)}
    best |= {(max(nearest(cosine[:, j]), key=lambda i: column[i]), j) for j, column in enumerate(score.T)}
    found: list[tuple[int, int, float]] = []
    for i, j in sorted(best, key=lambda pair: -score[pair]):
        if i not in {each[0] for each in found} and j not in {each[1] for each in found}:
            found.append((i, j, float(score[i, j])))
    return found


@settings(deadline=None)
@given(st.integers(1, 25), st.integers(1, 25), st.integers(0, 2**32))
def test_pairs_are_those_of_the_whole_matrix(num_own: int, num_other: int, seed: int) -> None:
    draws = np.random.default_rng(seed)
    examples = sides(num_own, num_other)
    vectors = np.abs(draws.standard_normal((len(examples), 12))).astype(np.float32)  # cosines of encoders are positive
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    own, other = ([i for i, each in enumerate(examples) if each.side == side] for side in (OWN, OTHER))
    pairs = mine(examples, list(vectors))
    expected = brute_force(vectors[own], vectors[other])
    assert list(zip(pairs.own_P, pairs.other_P, strict=True)) == [(own[i], other[j]) for i, j, _ in expected]
    np.testing.assert_allclose(pairs.score_P, [score for *_, score in expected], rtol=1e-5)
    assert len(set(pairs.own_P)) == len(set(pairs.other_P)) == len(pairs.own_P)


def test_of_equal_pairs_the_earlier_come_first() -> None:
    examples = sides(3, 3)
    pairs = mine(examples, [np.array([1.0, 0.0], np.float32)] * 6)
    assert [examples[i].uid for i in pairs.own_P] == ["x0"]
    assert [examples[j].uid for j in pairs.other_P] == ["y0"]


def test_far_sentences_give_numbers() -> None:
    vectors = [np.array(each, np.float32) for each in ([1, 0], [-1, 0], [0, 1], [0, -1])]
    assert np.isfinite(mine(sides(2, 2), vectors).score_P).all()


@pytest.mark.parametrize("side", [OWN, OTHER])
def test_one_side_alone_cannot_be_mined(side: str) -> None:
    missing = OTHER if side == OWN else OWN
    with pytest.raises(ValueError, match=f"none of the 2 sentences is of the {missing} side.*limit"):
        mine([sentence("1", side), sentence("2", side)], [np.ones(2, np.float32)] * 2)


def with_golds(*golds: bool, unfound: int = 0) -> tuple[list[Sentence], Pairs]:
    """Pairs with scores 2.0, 1.9, ... and whether each is right; further pairs that were not found."""
    examples = []
    for i, is_right in enumerate(golds):
        examples += [sentence(f"x{i}", OWN, f"y{i}" if is_right else "z"), sentence(f"y{i}", OTHER)]
    examples += [sentence(f"u{i}", OWN, f"v{i}") for i in range(unfound)]
    places = np.arange(len(golds)) * 2
    return examples, Pairs(places, places + 1, 2.0 - np.arange(len(golds)) / 10)


@pytest.mark.parametrize(
    ("golds", "unfound", "expected"),
    [
        ((True, True, False, False), 0, 1.85),
        ((True, False, True, True, False, False), 0, 1.65),
        ((False, False, True), 0, 1.8),  # all of them: the last is still taken
        ((True,), 5, 2.0),
        ((True, False, False, False, True), 0, 1.6),  # wrong ones found elsewhere count among the golds: "z"
        ((False, False), 3, math.inf),
    ],
)
def test_the_threshold_is_midway_below_the_best_beginning(golds: Any, unfound: int, expected: float) -> None:
    examples, pairs = with_golds(*golds, unfound=unfound)
    found = threshold(examples, pairs)
    assert found == pytest.approx(expected)
    if math.isfinite(found):
        kept = pairs.score_P >= found
        assert f1(golds, unfound, int(kept.sum())) == max(f1(golds, unfound, n) for n in range(1, len(golds) + 1))


def f1(golds: tuple[bool, ...], unfound: int, count: int) -> float:
    return 2 * sum(golds[:count]) / (count + len(golds) + unfound)
