"""Which examples meet in an update, and in what order: a pure function of the recipe and the seed.

Examples of similar length share a batch, so that little of it is padding. Batches are drawn without replacement from a
shuffled epoch: inside every `bucket` batches' worth of examples the order goes by length, and the batches themselves
are shuffled again. A resumed run continues by counting, since nothing here keeps state.
"""

from collections.abc import Iterator, Sequence
from itertools import count, islice
from typing import TypeVar

import numpy as np

from crosswind.formats.base import Feature
from crosswind.randomness import stream
from crosswind.recipe import Recipe

Part = TypeVar("Part")


def epoch_batches(lengths: Sequence[int], recipe: Recipe, seed: int, depth: int, epoch: int) -> list[list[int]]:
    """The batches of one epoch as indices; every example stands in exactly one."""
    generator = np.random.default_rng(stream(seed, "order", depth, epoch))
    shuffled = generator.permutation(len(lengths))
    sizes = np.asarray(lengths)
    pool = recipe.batch * recipe.bucket
    batches = []
    for first in range(0, len(shuffled), pool):
        part = shuffled[first : first + pool]
        if recipe.bucket > 1:
            part = part[np.argsort(sizes[part], kind="stable")]
        batches += [part[start : start + recipe.batch].tolist() for start in range(0, len(part), recipe.batch)]
    return [batches[index] for index in generator.permutation(len(batches))]


def batches(
    lengths: Sequence[int], recipe: Recipe, seed: int, depth: int, done: int
) -> Iterator[tuple[int, list[int]]]:
    """All batches of a training stage after the first `done`, each with its epoch."""
    return islice(passes(lengths, recipe, seed, depth, done), max(0, recipe.updates(len(lengths)) - done))


def passes(lengths: Sequence[int], recipe: Recipe, seed: int, depth: int, done: int) -> Iterator[tuple[int, list[int]]]:
    """Batches without end after the first `done`, each with its epoch."""
    first, skip = divmod(done, -(-len(lengths) // recipe.batch))
    for epoch in count(first):
        for batch in epoch_batches(lengths, recipe, seed, depth, epoch)[skip:]:
            yield epoch, batch
        skip = 0


def microbatches(batch: Sequence[Part], size: int | None) -> Iterator[Sequence[Part]]:
    """A batch in parts of at most `size` features or views of features, whole if None."""
    size = size or len(batch)
    for start in range(0, len(batch), size):
        yield batch[start : start + size]


def tokens(batch: Sequence[Feature]) -> int:
    """How many sub-words of a batch are text, not padding."""
    return sum(len(row) for feature in batch for row in feature.rows)


def is_check(recipe: Recipe, update: int, total: int) -> bool:
    """Whether the dev set is scored after this update: `checks` times as evenly as they fall, the last at the end."""
    return update * recipe.checks % total < recipe.checks
