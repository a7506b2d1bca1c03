import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswind.recipe import Recipe
from crosswind.train.batches import batches, epoch_batches, is_check, microbatches, tokens
from tests.train.specimens import features

LENGTHS = st.lists(st.integers(3, 128), min_size=1, max_size=150)
RECIPES = st.builds(
    Recipe,
    batch=st.integers(1, 40),
    bucket=st.sampled_from([1, 2, 50]),
    epochs=st.floats(0.1, 4),
    steps=st.none() | st.integers(1, 60),
)
SEEDS = st.integers(0, 3)


@given(LENGTHS, RECIPES, SEEDS, SEEDS, SEEDS)
def test_an_epoch_holds_every_example_once(
    lengths: list[int], recipe: Recipe, seed: int, depth: int, epoch: int
) -> None:
    found = epoch_batches(lengths, recipe, seed, depth, epoch)
    assert sorted(index for batch in found for index in batch) == list(range(len(lengths)))
    assert len(found) == math.ceil(len(lengths) / recipe.batch)
    assert all(0 < len(batch) <= recipe.batch for batch in found)


@given(LENGTHS, RECIPES, SEEDS, SEEDS, SEEDS)
def test_order_is_a_pure_function(lengths: list[int], recipe: Recipe, seed: int, depth: int, epoch: int) -> None:
    first = epoch_batches(lengths, recipe, seed, depth, epoch)
    np.random.default_rng().random()
    np.random.random()
    assert epoch_batches(list(lengths), recipe.model_copy(), seed, depth, epoch) == first


def test_order_differs_by_seed_depth_and_epoch() -> None:
    lengths, recipe = [10] * 200, Recipe()
    found = [epoch_batches(lengths, recipe, *key) for key in [(1, 0, 0), (2, 0, 0), (1, 1, 0), (1, 0, 1)]]
    assert len({str(order) for order in found}) == len(found)


def test_order_is_pinned() -> None:
    # A change here silently changes what a seed means: raise Train.VERSION and say so in the changelog.
    lengths = [5, 9, 7, 12, 3, 8, 6, 11, 4, 10]
    assert epoch_batches(lengths, Recipe(batch=3, bucket=2), 1, 0, 0) == PINNED


PINNED = [[4, 0, 6], [8, 2, 7], [3], [5, 1, 9]]


@given(LENGTHS, RECIPES, SEEDS, st.data())
def test_counting_is_enough_to_go_on(lengths: list[int], recipe: Recipe, seed: int, data: st.DataObject) -> None:
    whole = list(batches(lengths, recipe, seed, 0, 0))
    assert len(whole) == recipe.updates(len(lengths))
    done = data.draw(st.integers(0, len(whole)))
    assert list(batches(lengths, recipe, seed, 0, done)) == whole[done:]


@given(LENGTHS, RECIPES)
def test_epochs_follow_each_other(lengths: list[int], recipe: Recipe) -> None:
    per_epoch = math.ceil(len(lengths) / recipe.batch)
    whole = list(batches(lengths, recipe, 1, 0, 0))
    for epoch in range(len(whole) // per_epoch):
        expected = [(epoch, batch) for batch in epoch_batches(lengths, recipe, 1, 0, epoch)]
        assert whole[epoch * per_epoch : (epoch + 1) * per_epoch] == expected


def test_bucketed_batches_waste_little() -> None:
    lengths = np.clip(np.exp(np.random.default_rng(0).normal(3.5, 0.5, 4000)), 8, 128).astype(int).tolist()

    def padded(bucket: int) -> float:
        order = epoch_batches(lengths, Recipe(batch=32, bucket=bucket), 1, 0, 0)
        return float(sum(len(batch) * max(lengths[index] for index in batch) for batch in order) / sum(lengths))

    assert padded(50) < 1.06
    assert padded(1) > 1.8


def test_bucketed_batches_come_in_random_order() -> None:
    lengths = np.random.default_rng(0).integers(5, 120, 1600).tolist()
    order = epoch_batches(lengths, Recipe(batch=32), 1, 0, 0)
    means = [float(np.mean([lengths[index] for index in batch])) for batch in order]
    assert abs(np.corrcoef(means, range(len(means)))[0, 1]) < 0.5
    assert 0.25 < np.mean([one < other for one, other in pairwise(means)]) < 0.75


@pytest.mark.parametrize("size", [None, 1, 3, 8, 100])
def test_microbatches_are_the_batch_in_parts(size: int | None) -> None:
    pool = features("classify", 20)
    batch = [pool[index] for index in (3, 1, 4, 15, 9, 2, 6, 5)]
    parts = list(microbatches(batch, size))
    assert [feature for part in parts for feature in part] == batch
    assert all(len(part) <= (size or len(batch)) for part in parts)


def test_tokens_count_text_only() -> None:
    pool = features("choose", 4)
    assert tokens([pool[0], pool[2]]) == sum(len(row) for number in (0, 2) for row in pool[number].rows)


@given(st.integers(1, 300), st.integers(1, 40))
def test_checks_are_as_many_as_asked_and_evenly_spaced(total: int, checks: int) -> None:
    recipe = Recipe(checks=checks)
    found = [update for update in range(1, total + 1) if is_check(recipe, update, total)]
    assert len(found) == min(checks, total)
    assert found[-1] == total
    gaps = [later - earlier for earlier, later in pairwise([0, *found])]
    assert max(gaps) - min(gaps) <= 1
