"""Items drawn again, together in everything in which they occur: languages, conditions, treatments, seeds and targets.

Of a space with very many clusters, groups dealt at random are drawn in their place. Any fixed number of groups gives an
unbiased variance; with twenty thousand, its own relative error is one per cent. Letters: B resamples, I units that are
drawn (clusters or groups), N cells, U different columns of lower sums.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from crosswind.randomness import stream
from crosswind.stats.estimates import Floats
from crosswind.stats.grids import Grid
from crosswind.stats.tallies import Block, Places, Tally

MOST_UNITS = 20_000
ROOM = 2**21  # numbers in the largest array of a step


@dataclass(frozen=True, slots=True)
class Space:
    """What is drawn as one: `units` clusters or groups, for the tallies whose places are given."""

    name: str
    units: int
    tallies: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """The tallies of one question, their clusters placed in common spaces."""

    tallies: tuple[Tally, ...]
    spaces: tuple[Space, ...]
    clusters: int

    @property
    def whole(self) -> tuple[Grid, ...]:
        """The scores themselves."""
        return tuple(scores(tally, np.ones((1, len(tally.clusters)))) for tally in self.tallies)

    def resampled(self, seed: int, draws: int) -> Iterator[tuple[Grid, ...]]:
        """Grids of all tallies with items drawn anew, a number of resamples at a time.

        The weights depend on the seed, the space's name and its number of units alone.
        """
        generators = [np.random.default_rng(stream(seed, f"items of {space.name}")) for space in self.spaces]
        for first in range(0, draws, self.step):
            count = min(self.step, draws - first)
            weights = [drawn(own, space.units, count) for own, space in zip(generators, self.spaces, strict=True)]
            yield tuple(scores(tally, weights[self.space_of(place)]) for place, tally in enumerate(self.tallies))

    def without(self, space: Space) -> Iterator[tuple[Grid, ...]]:
        """Grids of the tallies of one space without each of its units in turn, a number of them at a time."""
        for first in range(0, space.units, self.step):
            last = min(first + self.step, space.units)
            yield tuple(without(self.tallies[place], first, last) for place in space.tallies)

    @property
    def step(self) -> int:
        cells = (math.prod(tally.axes.shape) for tally in self.tallies)
        return max(1, ROOM // max(*cells, *(space.units for space in self.spaces)))

    def space_of(self, place: int) -> int:
        """Which space a tally's clusters are in."""
        return next(number for number, space in enumerate(self.spaces) if place in space.tallies)


def sample_of(tallies: Sequence[Tally], seed: int = 0) -> Sample:
    """The tallies with their clusters at the places of units; `seed` deals groups where there are too many."""
    placed: list[Tally] = [*tallies]
    spaces, clusters = [], 0
    for name in dict.fromkeys(tally.space for tally in tallies):
        members = tuple(place for place, tally in enumerate(tallies) if tally.space == name)
        units, index = units_of([tallies[place] for place in members], name, seed)
        clusters += len(index)
        for place in members:
            own = np.array([index.get(cluster, -1) for cluster in tallies[place].clusters], np.intp)
            blocks = tuple(regrouped(block, own) for block in tallies[place].blocks)
            names = tuple(map(str, range(units)))
            tally = tallies[place]
            placed[place] = Tally(tally.target, tally.space, tally.chance, tally.axes, names, blocks)
        spaces.append(Space(name, units, members))
    return Sample(tuple(placed), tuple(spaces), clusters)


def units_of(tallies: Sequence[Tally], name: str, seed: int) -> tuple[int, dict[str, int]]:
    """How many units a space has, and which one each of its clusters is in.

    A group has clusters of the same languages, as far as possible, so that sparse tables stay sparse.
    """
    blocks = [(tally, block) for tally in tallies for block in tally.blocks]
    kinds: dict[str, int] = {}
    for number, (tally, block) in enumerate(blocks):
        for place in block.clusters_I.tolist():
            cluster = tally.clusters[place]
            kinds[cluster] = kinds.get(cluster, 0) | 1 << number
    order = sorted(kinds)
    if len(order) <= MOST_UNITS:
        return len(order), {cluster: place for place, cluster in enumerate(order)}
    shuffled = np.random.default_rng(stream(seed, f"groups of {name}")).permutation(len(order)).tolist()
    dealt = sorted((kinds[order[place]], turn, order[place]) for turn, place in enumerate(shuffled))
    return MOST_UNITS, {cluster: place * MOST_UNITS // len(dealt) for place, (_, _, cluster) in enumerate(dealt)}


def regrouped(block: Block, unit_of_cluster: Places) -> Block:
    """A block whose rows are units: clusters of one unit added up."""
    units, row = np.unique(unit_of_cluster[block.clusters_I], return_inverse=True)
    if len(units) == len(row) and (np.diff(row) > 0).all():
        return Block(units, block.cells_N, block.over_IN, block.under_IU, block.which_N)
    over, under = np.zeros((len(units), block.over_IN.shape[1])), np.zeros((len(units), block.under_IU.shape[1]))
    np.add.at(over, row, block.over_IN)
    np.add.at(under, row, block.under_IU)
    return Block(units, block.cells_N, over, under, block.which_N)


def drawn(generator: np.random.Generator, units: int, count: int) -> Floats:
    """How often each unit comes when as many are drawn as there are, `count` times.

    Each time is a call of its own, so that the numbers do not depend on how many are made in one step.
    """
    kind = np.uint16 if units <= 2**16 else np.uint32
    found = np.empty((count, units))
    for row in found:
        row[:] = np.bincount(generator.integers(0, units, units, kind), minlength=units)
    return found


def scores(tally: Tally, weights_BI: Floats) -> Grid:
    """The grid in which every unit counts as often as its weight says."""
    values = np.full((len(weights_BI), math.prod(tally.axes.shape)), np.nan)
    for block in tally.blocks:
        is_whole = len(block.clusters_I) == weights_BI.shape[1]
        weights = weights_BI if is_whole else weights_BI[:, block.clusters_I]
        values[:, block.cells_N] = ratios(weights @ block.over_IN, (weights @ block.under_IU)[:, block.which_N])
    return Grid(tally.axes, tally.chance, values.reshape(len(values), *tally.axes.shape))


def without(tally: Tally, first: int, last: int) -> Grid:
    """The grids without the units from `first` up to `last`, each by itself."""
    values = np.full((last - first, math.prod(tally.axes.shape)), np.nan)
    for block in tally.blocks:
        begin, end = np.searchsorted(block.clusters_I, [first, last])
        over, under = block.over_IN.sum(0), block.under_IU.sum(0)
        values[:, block.cells_N] = ratios(over, under[block.which_N])
        rows = block.clusters_I[begin:end, None] - first
        own_under = (under - block.under_IU[begin:end])[:, block.which_N]
        values[rows, block.cells_N] = ratios(over - block.over_IN[begin:end], own_under)
    return Grid(tally.axes, tally.chance, values.reshape(len(values), *tally.axes.shape))


def ratios(over: Floats, under: Floats) -> Floats:
    """Scores in points; NaN where a cell has nothing to share."""
    return np.asarray(100 * np.divide(over, under, out=np.full(over.shape, np.nan), where=under > 0))
