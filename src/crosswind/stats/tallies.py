"""Outcome rows of one target as sums per cluster and cell: all that any resampling of its items needs.

A cluster is what is drawn together: one premise with its hypotheses, one paragraph with its questions, and the same
item in all its languages. Rows are independent between clusters at most, never between the languages, conditions, arms
and seeds in which a cluster stands. Letters: I clusters, N cells, U different columns of the lower sums.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import polars
from numpy.typing import NDArray

from crosswind.stats.averages import CLEAN
from crosswind.stats.estimands import Diverged
from crosswind.stats.estimates import Floats, Treatment
from crosswind.stats.grids import Axes
from crosswind.stats.items import CELL, COUNTED, Counts
from crosswind.stats.ratios import RATIOS

Places = NDArray[np.intp]
BETWEEN = "\x1f"


class Lost(NamedTuple):
    """A run without any answers in a language, since a training that they rest on diverged."""

    treatment: Treatment
    seed: int
    language: str


@dataclass(frozen=True, slots=True)
class Block:
    """The cells of languages that have the same clusters: `over_IN` and `under_IU[:, which_N]` add up to their scores.

    `clusters_I` are places among the tally's clusters, `cells_N` places in the flattened grid. Lower sums are mostly
    the same in all cells, as every model answers every item, so each different column stands here once.
    """

    clusters_I: Places
    cells_N: Places
    over_IN: Floats
    under_IU: Floats
    which_N: Places

    def only(self, cells: Mapping[int, int]) -> "Block":
        """The block without the cells that are not named; the others move to the places that are."""
        kept = np.array([place for place, cell in enumerate(self.cells_N.tolist()) if cell in cells], np.intp)
        moved = np.array([cells[cell] for cell in self.cells_N[kept].tolist()], np.intp)
        used, which = np.unique(self.which_N[kept], return_inverse=True)
        return Block(self.clusters_I, moved, self.over_IN[:, kept], self.under_IU[:, used], which.astype(np.intp))

    def with_guessing(self, share: float, donors: Mapping[int, int]) -> "Block":
        """The block with more cells, whose clusters have a share of what those of the cells behind them could have."""
        places = {cell: place for place, cell in enumerate(self.cells_N.tolist())}
        cells = [cell for cell, donor in donors.items() if donor in places]
        which = self.which_N[[places[donors[cell]] for cell in cells]]
        return replace(
            self,
            cells_N=np.concatenate([self.cells_N, np.array(cells, np.intp)]),
            over_IN=np.concatenate([self.over_IN, share * self.under_IU[:, which]], axis=1),
            which_N=np.concatenate([self.which_N, which]),
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """All outcomes of one target. Targets of one `space` have clusters in common, by name."""

    target: str
    space: str
    chance: float
    axes: Axes
    clusters: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def cells(self) -> int:
        """How many cells of the grid have outcomes."""
        return sum(len(block.cells_N) for block in self.blocks)

    def count(self, treatments: Sequence[Treatment]) -> int:
        """How many cells of some treatments have outcomes."""
        return int(self.there[[self.axes.treatments.index(each) for each in treatments]].sum())

    @property
    def there(self) -> NDArray[np.bool_]:
        """Which cells of the grid have outcomes."""
        found = np.zeros(self.axes.shape, bool)
        for block in self.blocks:
            found.reshape(-1)[block.cells_N] = True
        return found

    def without(self, language: str) -> "Tally":
        """All outcomes but those in one language."""
        if language not in self.axes.languages:
            return self
        languages = tuple(each for each in self.axes.languages if each != language)
        return self.taken(replace(self.axes, languages=languages), map(self.axes.languages.index, languages), 2)

    def without_seeds(self, seeds: Collection[int]) -> "Tally":
        """All outcomes but those of some seeds, whichever treatment's."""
        if not {*seeds} & {*self.axes.seeds}:
            return self
        left = tuple(each for each in self.axes.seeds if each not in seeds)
        return self.taken(replace(self.axes, seeds=left), map(self.axes.seeds.index, left), 1)

    def taken(self, axes: Axes, places: Iterable[int], axis: int) -> "Tally":
        """The outcomes at some places of one axis; `axes` are all that are left."""
        kept = [*places]
        index = np.arange(self.there.size).reshape(self.axes.shape).take(kept, axis)
        there = self.there.take(kept, axis)
        return self.moved(axes, index[there], np.flatnonzero(there))

    def allowing(self, lost: Collection[Lost], how: Diverged) -> "Tally":
        """The outcomes with runs that diverged as guesses, or without their seeds in any treatment, which leaves what
        is paired paired."""
        return self.with_guessing(lost) if how == "guesses" else self.without_seeds({each.seed for each in lost})

    def with_guessing(self, lost: Collection[Lost]) -> "Tally":
        """The outcomes with runs that have none as if they had guessed: all clusters get the share that guessing gets.

        They have the conditions that other runs of their treatment have in a language; those that any run has where the
        treatment has none there.
        """
        known = [each for each in lost if each.language in self.axes.languages]
        if not known:
            return self
        wider = self.with_room({each.treatment for each in known}, {each.seed for each in known})
        donors = {cell: donor for each in known for cell, donor in wider.donors(each)}
        return replace(wider, blocks=tuple(each.with_guessing(self.chance / 100, donors) for each in wider.blocks))

    def donors(self, one: Lost) -> Iterator[tuple[int, int]]:
        """The cells that a lost run would have had in its language, and beside each the cell of a run that has one."""
        arm, run = self.axes.treatments.index(one.treatment), self.axes.seeds.index(one.seed)
        place = self.axes.languages.index(one.language)
        index = np.arange(self.there.size).reshape(self.axes.shape)
        there_ARC, index_ARC = self.there[:, :, place], index[:, :, place]
        rows = slice(arm, arm + 1) if there_ARC[arm].any() else slice(None)
        there_XC, index_XC = (each[rows].reshape(-1, self.axes.conditions) for each in (there_ARC, index_ARC))
        for condition in np.flatnonzero(there_XC.any(0) & ~there_ARC[arm, run]):
            yield int(index_ARC[arm, run, condition]), int(index_XC[there_XC[:, condition].argmax(), condition])

    def with_room(self, treatments: Collection[Treatment], seeds: Collection[int]) -> "Tally":
        """The same outcomes in a grid that also has places for these treatments and seeds."""
        wider = replace(
            self.axes,
            treatments=tuple(sorted({*self.axes.treatments, *treatments})),
            seeds=tuple(sorted({*self.axes.seeds, *seeds})),
        )
        places = [wider.treatments.index(each) for each in self.axes.treatments]
        runs = [wider.seeds.index(each) for each in self.axes.seeds]
        index = np.arange(math.prod(wider.shape)).reshape(wider.shape)[np.ix_(places, runs)]
        return self.moved(wider, np.flatnonzero(self.there), index[self.there])

    def moved(self, axes: Axes, cells: Places, places: Places) -> "Tally":
        """The outcomes of some cells, at their places in the grid of other axes."""
        to = dict(zip(cells.tolist(), places.tolist(), strict=True))
        blocks = tuple(block.only(to) for block in self.blocks)
        return replace(self, axes=axes, blocks=tuple(block for block in blocks if len(block.cells_N)))

    def common(self, treatments: Sequence[Treatment]) -> "Tally":
        """The outcomes of some treatments in the languages and conditions that all seeds of all of them have.

        Raises ValueError for a treatment without any outcomes.
        """
        if missing := [each for each in treatments if each not in self.axes.treatments]:
            told, known = missing[0].told, ", ".join(each.told for each in self.axes.treatments) or "no others"
            raise ValueError(f"{self.target} has no outcomes of {told}, only of {known}")
        places = [self.axes.treatments.index(each) for each in treatments]
        own_ARLC = self.there[places]
        runs_AR = np.asarray(own_ARLC.any((2, 3)))
        seeds = np.flatnonzero(runs_AR.any(0))
        shared_LC = own_ARLC[runs_AR].all(0)
        kept_ARLC = (runs_AR[:, :, None, None] & shared_LC)[:, seeds]
        index_ARLC = np.arange(self.there.size).reshape(self.axes.shape)[places][:, seeds]
        own_seeds = tuple(self.axes.seeds[place] for place in seeds)
        axes = replace(self.axes, treatments=tuple(treatments), seeds=own_seeds)
        return self.moved(axes, index_ARLC[kept_ARLC], np.flatnonzero(kept_ARLC))


def tally(
    outcomes: polars.DataFrame, metric: str, *, counts: Counts = "score", chance: float = 0.0, space: str | None = None
) -> Tally:
    """The outcome rows of one target (results.outcomes) added up; queries that collided are out.

    Raises ValueError unless the rows are of one target and no item stands twice in a cell.
    """
    targets = outcomes["target"].unique().to_list()
    if len(targets) != 1:
        raise ValueError(f"one tally is of one target, found {len(targets)} ({', '.join(map(repr, targets[:3]))})")
    rows = outcomes.filter(~polars.col("collided")).with_columns(*RATIOS[metric].columns())
    if rows.select(*CELL, "example").is_duplicated().any():
        raise ValueError(f"{targets[0]}: an item stands twice in one cell; give every cell of a study once")
    sums = COUNTED[counts](rows).group_by(*CELL, "cluster").agg(polars.col("over", "under").sum())
    axes = axes_of(sums)
    clusters = tuple(sums["cluster"].unique().sort())
    placed = sums.select(
        polars.Series("cell", cell_places(sums, axes)),
        indexed(sums["cluster"], clusters),
        "language",
        "over",
        "under",
    )
    return Tally(targets[0], space or targets[0], chance, axes, clusters, blocks_of(placed))


def axes_of(sums: polars.DataFrame) -> Axes:
    """Everything that occurs, sorted, so that neither the order of rows nor that of names matters."""
    treatments = sums.select("arm", "sequence").unique().sort("arm", "sequence").rows()
    perturbed = sums.filter(polars.col("condition") != CLEAN)
    kinds, severities, draws = (tuple(perturbed[name].unique().sort()) for name in ("condition", "severity", "draw"))
    seeds, languages = (tuple(sums[name].unique().sort()) for name in ("seed", "language"))
    return Axes(tuple(Treatment(*each) for each in treatments), seeds, languages, kinds, severities, draws)


def indexed(values: polars.Series, names: Sequence[object]) -> polars.Series:
    """Each value as its place among `names`."""
    table = polars.DataFrame({"name": polars.Series(names, dtype=values.dtype), "place": np.arange(len(names))})
    return values.to_frame("name").join(table, on="name", how="left", maintain_order="left")["place"].alias(values.name)


def cell_places(sums: polars.DataFrame, axes: Axes) -> Places:
    """Where each row stands in the flattened grid."""
    both = sums.select(polars.concat_str("arm", "sequence", separator=BETWEEN).alias("treatment"))["treatment"]
    treatment = indexed(both, [BETWEEN.join(each) for each in axes.treatments]).to_numpy()
    run = treatment * len(axes.seeds) + indexed(sums["seed"], axes.seeds).to_numpy()
    row = run * len(axes.languages) + indexed(sums["language"], axes.languages).to_numpy()
    kind, severity, draw = (
        indexed(sums[name], names).fill_null(0).to_numpy()
        for name, names in (("condition", axes.kinds), ("severity", axes.severities), ("draw", axes.draws))
    )
    changed = 1 + (kind * len(axes.severities) + severity) * len(axes.draws) + draw
    condition = np.where((sums["condition"] == CLEAN).to_numpy(), 0, changed)
    return np.asarray(row * axes.conditions + condition, np.intp)


def blocks_of(placed: polars.DataFrame) -> tuple[Block, ...]:
    """The rows as dense arrays, one for all languages with the same clusters."""
    alike: dict[bytes, list[str]] = defaultdict(list)
    for language in placed["language"].unique().sort():
        own = placed.filter(polars.col("language") == language)["cluster"]
        alike[own.unique().sort().to_numpy().tobytes()].append(language)
    return tuple(block_of(placed.filter(polars.col("language").is_in(languages))) for languages in alike.values())


def block_of(rows: polars.DataFrame) -> Block:
    clusters, item = np.unique(rows["cluster"].to_numpy(), return_inverse=True)
    cells, cell = np.unique(rows["cell"].to_numpy(), return_inverse=True)
    over_IN, under_IN = np.zeros((2, len(clusters), len(cells)))
    over_IN[item, cell] = rows["over"].to_numpy()
    under_IN[item, cell] = rows["under"].to_numpy()
    under_UI, which_N = np.unique(under_IN.T, axis=0, return_inverse=True)
    return Block(
        clusters.astype(np.intp), cells.astype(np.intp), over_IN, under_UI.T.copy(), which_N.reshape(-1).astype(np.intp)
    )
