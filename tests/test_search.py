"""Exact search: what brute force finds, in its order, however the pool comes and however large it is."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from crosswind import search
from crosswind.search import Neighbours, nearest

Array = NDArray[np.float32]


def brute_force(queries: Array, pool: Array, num_neighbours: int) -> Neighbours:
    """All products in double precision, rounded to single, and a stable sort of them."""
    similarity = np.array([[np.float32(np.dot(q.astype(float), p.astype(float))) for p in pool] for q in queries])
    index = np.argsort(-similarity, axis=1, kind="stable")[:, :num_neighbours]
    return Neighbours(np.take_along_axis(similarity, index, 1), index)


def assert_equal(found: Neighbours, expected: Neighbours) -> None:
    np.testing.assert_array_equal(found.index_QK, expected.index_QK)
    np.testing.assert_array_equal(found.similarity_QK, expected.similarity_QK)
    assert (found.similarity_QK.dtype, found.index_QK.dtype) == (np.float32, np.int64)


def drawn(shape: tuple[int, int], seed: int = 1, whole: int | None = None) -> Array:
    """Vectors of length one, or with `whole` of so many different whole numbers, which tie often."""
    generator = np.random.default_rng(seed)
    if whole:
        return generator.integers(-whole, whole + 1, shape).astype(np.float32)
    found = generator.standard_normal(shape, np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def cut(pool: Array, sizes: list[int]) -> Iterator[Array]:
    """A pool in blocks of these sizes, over and over."""
    first = 0
    while first < len(pool):
        size = sizes[first % len(sizes)]
        yield pool[first : first + size]
        first += size


@settings(deadline=None)
@given(
    num_queries=st.integers(1, 12),
    size=st.integers(1, 90),
    width=st.integers(1, 9),
    num_neighbours=st.integers(1, 30),
    whole=st.sampled_from([None, 1, 3]),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=3),
    limits=st.tuples(st.integers(1, 100), st.integers(1, 5), st.integers(1, 9)),
    seed=st.integers(0, 2**32),
)
def test_it_finds_what_brute_force_finds_in_its_order(
    num_queries: int,
    size: int,
    width: int,
    num_neighbours: int,
    whole: int | None,
    sizes: list[int],
    limits: tuple[int, int, int],
    seed: int,
) -> None:
    queries, pool = drawn((num_queries, width), seed, whole), drawn((size, width), seed + 1, whole)
    expected = brute_force(queries, pool, num_neighbours)
    assert expected.index_QK.shape == (num_queries, min(size, num_neighbours))
    with pytest.MonkeyPatch.context() as patch:
        for name, limit in zip(("BLOCK", "TILE", "RUN"), limits, strict=True):
            patch.setattr(search, name, limit)
        assert_equal(nearest(queries, pool, num_neighbours), expected)
        assert_equal(nearest(queries, cut(pool, sizes), num_neighbours), expected)


def test_equal_vectors_tie_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products round differently inside a block and at its edge, which must decide nothing."""
    few, queries = drawn((5, 768)), drawn((40, 768), 2)
    pool = np.concatenate([few] * 101)
    expected = brute_force(queries, pool, 150)
    assert all((np.diff(row)[: 101 - 1] == 5).all() for row in expected.index_QK)
    for block in (7, 64, 333, 16384):
        monkeypatch.setattr(search, "BLOCK", block)
        assert_equal(nearest(queries, pool, 150), expected)


def test_a_pool_in_the_worst_order_is_searched_as_well() -> None:
    """Every vector is nearer than all before it."""
    queries = np.ones((3, 4), np.float32)
    pool = np.arange(4000, dtype=np.float32)[:, None] * np.ones((1, 4), np.float32)
    found = nearest(queries, cut(pool, [100]), 3)
    assert found.index_QK.tolist() == [[3999, 3998, 3997]] * 3


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_a_pool_may_lie_in_a_file(kind: Any, tmp_path: Path) -> None:
    queries, pool = drawn((9, 16)), drawn((300, 16), 2).astype(kind)
    pool.tofile(tmp_path / "pool")
    mapped = np.memmap(tmp_path / "pool", kind, mode="r", shape=pool.shape)
    assert_equal(nearest(queries, mapped, 5), brute_force(queries, pool.astype(np.float32), 5))


def test_more_neighbours_than_there_are() -> None:
    queries, pool = drawn((4, 3)), drawn((2, 3), 2)
    assert nearest(queries, pool, 20).index_QK.shape == (4, 2)
    assert nearest(queries, iter([pool[:1], pool[1:]]), 20).index_QK.shape == (4, 2)
    assert nearest(queries, pool[:0], 20).index_QK.shape == (4, 0)
    assert nearest(queries, [], 20).similarity_QK.shape == (4, 0)
    assert nearest(queries[:0], pool, 20).index_QK.shape[0] == 0


def test_the_mean_is_over_the_neighbours() -> None:
    queries, pool = drawn((6, 8)), drawn((50, 8), 2)
    expected = np.sort(queries @ pool.T, axis=1)[:, -4:].mean(1)
    np.testing.assert_allclose(nearest(queries, pool, 4).means, expected, rtol=1e-5)


def test_memory_does_not_grow_with_the_pool() -> None:
    """What torch allocates is unseen here; a block and a tile of it are bounded by construction."""
    queries, pool = drawn((50, 32)), drawn((4000, 32), 2)

    def peak(times: int) -> int:
        tracemalloc.start()
        nearest(queries, (pool for _ in range(times)), 5)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(1)
    assert peak(20) < 1.5 * peak(2)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_finds_the_same() -> None:
    queries, pool = drawn((200, 768)), np.concatenate([drawn((3000, 768), 2)] * 2)
    on_gpu, here = nearest(queries, pool, 20, "cuda"), nearest(queries, pool, 20)
    np.testing.assert_array_equal(on_gpu.index_QK, here.index_QK)
    np.testing.assert_array_equal(on_gpu.similarity_QK, here.similarity_QK)


def test_what_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="0 neighbours"):
        nearest(drawn((1, 3)), drawn((1, 3)), 0)
    with pytest.raises(ValueError, match="vectors of 4 numbers, the queries of 3"):
        nearest(drawn((1, 3)), drawn((1, 4)), 1)
