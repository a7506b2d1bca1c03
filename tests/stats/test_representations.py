"""Measures of aligned vectors: what turning, scaling and having nothing in common does to them."""

import numpy as np
import pytest

from crosswind.stats.representations import alignment, centred_kernel


def vectors(seed: int, count: int = 60, width: int = 20) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, (count, width))


def test_equal_vectors_are_aligned() -> None:
    found = alignment(vectors(1), 3 * vectors(1))
    assert (found.retrieval, found.cosine, found.kernel) == pytest.approx((100, 1, 1))
    assert found.by_chance == pytest.approx(100 / 60)


def test_the_kernel_does_not_see_turns_and_the_rest_does() -> None:
    turn = np.linalg.qr(vectors(2, 20))[0]
    found = alignment(vectors(1), vectors(1) @ turn)
    assert found.kernel == pytest.approx(1)
    assert found.retrieval < 20


def test_strangers_have_nothing_in_common_however_many_dimensions() -> None:
    found = [centred_kernel(vectors(seed, 30, 300), vectors(seed + 100, 30, 300)) for seed in range(30)]
    assert np.mean(found) == pytest.approx(0, abs=0.1)


def test_a_common_direction_is_in_the_cosine_of_all_pairs() -> None:
    found = alignment(vectors(1) + 10, vectors(5) + 10)
    assert found.cosine == pytest.approx(found.cosine_of_others, abs=0.01)
    assert found.cosine > 0.95


def test_the_unbiased_product_by_its_definition() -> None:
    """Means of products of similarities over all ordered choices of different items."""
    from itertools import permutations

    from crosswind.stats.representations import hollow, together

    one, other = (hollow(each @ each.T) for each in (vectors(6, 6, 3), vectors(7, 6, 3)))
    pairs = np.mean([one[i, j] * other[i, j] for i, j in permutations(range(6), 2)])
    threes = np.mean([one[i, j] * other[i, k] for i, j, k in permutations(range(6), 3)])
    fours = np.mean([one[i, j] * other[k, m] for i, j, k, m in permutations(range(6), 4)])
    assert together(one, other) == pytest.approx(pairs - 2 * threes + fours)


def test_other_items_are_refused() -> None:
    with pytest.raises(ValueError, match="vectors of 5 and 6 items"):
        alignment(vectors(1, 5), vectors(1, 6))
