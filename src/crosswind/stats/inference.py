"""One question asked of outcomes: the estimate of a contrast, how sure it is, and why.

Two things vary that a conclusion should not hang on: which items were asked, and which seeds were run. Both are drawn
anew by the bootstrap and both are in the variance of Student's t; languages, conditions and targets are the named ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crosswind.stats.bootstrap import Resampled, least_of_seeds, percentiles, resampled, tail
from crosswind.stats.estimands import Estimand, Undefined
from crosswind.stats.estimates import Contrast, Estimate, Floats, Parts, Way
from crosswind.stats.grids import Grid
from crosswind.stats.intervals import LEVEL
from crosswind.stats.resampling import Sample, sample_of
from crosswind.stats.tallies import Tally
from crosswind.stats.two_way import Strand, Variance, variance

DRAWS = 10_000
LEAST_CLUSTERS = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question.

    `value` is `observed` but for estimands that are not smooth, whose bias the bootstrap takes off. `by_seed` are the
    contrasts of single seeds where both sides have the same ones. `student` is missing for estimands that are not
    smooth. `drawn` are the resampled values. With one run, all of this is about this run and not about its method.
    """

    value: float
    observed: float
    by_seed: Mapping[int, float]
    student: Estimate | None
    bootstrap: Estimate
    drawn: Floats
    parts: Parts
    is_paired: bool
    cells_used: int
    cells_left_out: int
    seed: int

    @property
    def runs(self) -> int:
        return self.parts.runs

    @property
    def clusters(self) -> int:
        return self.parts.clusters

    @property
    def first(self) -> Estimate:
        """The interval to show first: Student's where there is one, as it is nearer to its level with few seeds."""
        return self.student or self.bootstrap

    def p_above(self, threshold: float = 0.0) -> float:
        """How surprising so high a value would be if the truth were `threshold` or less."""
        if self.student is None:
            return tail(self.drawn, threshold, self.bootstrap.degrees)
        return upper_tail(self.student, threshold)

    def p_below(self, threshold: float = 0.0) -> float:
        """How surprising so low a value would be if the truth were `threshold` or more."""
        return 1 - self.p_above(threshold)

    def at(self, level: float) -> "Finding":
        """The same with intervals of another level."""
        student = self.student and widened(self.student, level)
        return replace(
            self, student=student, bootstrap=percentiles(self.value, self.drawn, self.bootstrap.degrees, level)
        )


def find(
    tallies: Sequence[Tally],
    estimand: Estimand,
    contrast: Contrast,
    *,
    seed: int,
    draws: int = DRAWS,
    level: float = LEVEL,
) -> Finding:
    """The contrast of treatments in an estimand, the mean over the targets of `tallies`, then over seeds.

    Only languages and conditions count that every run of these treatments has. Raises Undefined (a ValueError) where
    the estimand means nothing for them, ValueError where there are no outcomes in common.
    """
    asked = Asked.of(tallies, estimand, contrast, seed)
    refuse_too_few(asked.sample)
    strands = asked.observed
    observed = asked.value_of(strands)
    items_BR = asked.items_drawn(seed, draws)
    again = asked.resampled(strands, items_BR, seed)
    drawn, value = again.drawn, observed
    if not estimand.is_smooth:
        drawn = 2 * observed - drawn
        value = float(drawn.mean())
    found = asked.variance(strands) if estimand.is_smooth else again.variance
    kept = sum(tally.cells for tally in asked.sample.tallies)
    return Finding(
        value=value,
        observed=observed,
        by_seed=dict(zip(asked.seeds[0], strands[0].values_R.tolist(), strict=True)) if asked.is_one else {},
        student=students(value, found, level) if estimand.is_smooth else None,
        bootstrap=percentiles(value, drawn, again.variance.degrees, level),
        drawn=drawn,
        parts=found.parts,
        is_paired=asked.is_paired,
        cells_used=kept,
        cells_left_out=asked.planned - kept,
        seed=seed,
    )


def observed(tallies: Sequence[Tally], estimand: Estimand, contrast: Contrast) -> float:
    """The contrast as `Finding.observed` has it, without asking how sure it is."""
    asked = Asked.of(tallies, estimand, contrast, seed=0)
    return asked.value_of(asked.observed)


def estimated(tallies: Sequence[Tally], estimand: Estimand, contrast: Contrast, *, level: float = LEVEL) -> Estimate:
    """Student's interval of a contrast alone, without resampling: for pages with many of them.

    Raises ValueError for an estimand that is not smooth, whose interval only `find` can tell.
    """
    value, found = answered(tallies, estimand, contrast)
    return students(value, found, level)


def parts(tallies: Sequence[Tally], estimand: Estimand, contrast: Contrast) -> Parts:
    """What the variance of a contrast is made of, without resampling; raises ValueError as `estimated` does."""
    return answered(tallies, estimand, contrast)[1].parts


def answered(tallies: Sequence[Tally], estimand: Estimand, contrast: Contrast) -> tuple[float, Variance]:
    """A contrast with its variance."""
    if not estimand.is_smooth:
        raise ValueError(f"{type(estimand).__name__} has no interval without resampling; use find")
    asked = Asked.of(tallies, estimand, contrast, seed=0)
    refuse_too_few(asked.sample)
    strands = asked.observed
    return asked.value_of(strands), asked.variance(strands)


def by_item(tallies: Sequence[Tally], estimand: Estimand, contrast: Contrast) -> Floats:
    """How much each cluster adds to the contrast, its runs averaged: what permutation.sign_flips takes to ask about
    these trained models alone. Their sum is the contrast."""
    asked = Asked.of(tallies, estimand, contrast, seed=0)
    pieces = [
        sum(weight * own.mean(1) for weight, own in zip(asked.weights, space, strict=True)) / len(space[0])
        for space in asked.influences()
    ]
    return np.concatenate(pieces)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question ready to be computed: `weights` are those of its strands, `seeds` those of its treatments."""

    sample: Sample
    whole: tuple[Grid, ...]
    estimands: tuple[Estimand, ...]
    contrast: Contrast
    weights: tuple[float, ...]
    seeds: tuple[tuple[int, ...], ...]
    is_paired: bool
    planned: int

    @classmethod
    def of(cls, tallies: Sequence[Tally], estimand: Estimand, contrast: Contrast, seed: int) -> "Asked":
        needed = tuple(dict.fromkeys((*contrast.treatments, *estimand.needs())))
        common = [tally.common(needed) for tally in tallies]
        for tally in common:
            if not tally.cells:
                told = " and ".join(treatment.arm for treatment in needed)
                raise ValueError(f"{tally.target}: {told} have no language and condition in common")
        sample = sample_of(common, seed)
        grids = sample.whole
        own = tuple(seeds_in_common(grids, place) for place in range(len(contrast.weights)))
        is_paired = len(set(own)) == 1
        is_one = is_paired and estimand.over_seeds == "mean"
        return cls(
            sample=sample,
            whole=grids,
            estimands=tuple(estimand.settled(grid) for grid in grids),
            contrast=contrast,
            weights=(1.0,) if is_one else tuple(contrast.weights.values()),
            seeds=own,
            is_paired=is_paired,
            planned=sum(tally.count(needed) for tally in tallies),
        )

    def strands(self, grids: Sequence[Grid], tallies: Sequence[int] | None = None) -> list[Floats]:
        """The values of every strand, as (B, R): means over targets of single treatments, or of the contrast itself."""
        places = range(len(grids)) if tallies is None else tallies
        values = [self.estimands[place].values(grid) for place, grid in zip(places, grids, strict=True)]
        treatments = [
            np.mean([own[:, place][:, positions(grid, seeds)] for own, grid in zip(values, grids, strict=True)], axis=0)
            for place, seeds in enumerate(self.seeds)
        ]
        if len(self.weights) == len(treatments):
            return treatments
        return [np.asarray(sum(w * own for w, own in zip(self.contrast.weights.values(), treatments, strict=True)))]

    @property
    def is_one(self) -> bool:
        """Whether the contrast is formed within every seed."""
        return len(self.weights) == 1

    @property
    def observed(self) -> list[Strand]:
        """The strands on the whole sample."""
        return [Strand(weight, own[0]) for weight, own in zip(self.weights, self.strands(self.whole), strict=True)]

    def value_of(self, strands: Sequence[Strand]) -> float:
        """One value from the values of seeds; raises Undefined where there is none."""
        pick = np.min if self.estimands[0].over_seeds == "least" else np.mean
        value = float(sum(strand.weight * pick(strand.values_R) for strand in strands))
        if not np.isfinite(value):
            name = type(self.estimands[0]).__name__
            raise Undefined(f"{name} has no value here: no language has all the texts that it needs")
        return value

    def variance(self, strands: Sequence[Strand]) -> Variance:
        """The variance of the contrast by leaving out one unit after the other."""
        return variance(strands, [*self.influences()], self.sample.clusters)

    def influences(self) -> Iterator[list[Floats]]:
        """How much each unit of each space moves each strand: the value with it, less that without it, times I."""
        for space in self.sample.spaces:
            parts = [self.strands(grids, space.tallies) for grids in self.sample.without(space)]
            left = [np.concatenate(own) for own in zip(*parts, strict=True)]
            whole = [own[0] for own in self.strands([self.whole[each] for each in space.tallies], space.tallies)]
            share = len(space.tallies) / len(self.sample.tallies)
            yield [share * (space.units * one - (space.units - 1) * own) for one, own in zip(whole, left, strict=True)]

    def items_drawn(self, seed: int, draws: int) -> list[Floats]:
        """The values of every strand for other items, as (B, R)."""
        found = [self.strands(grids) for grids in self.sample.resampled(seed, draws)]
        return [np.concatenate(own) for own in zip(*found, strict=True)]

    def resampled(self, strands: Sequence[Strand], items_BR: Sequence[Floats], seed: int) -> Resampled:
        """The contrast when items and seeds are drawn anew."""
        units = min(space.units for space in self.sample.spaces)
        again = resampled(strands, items_BR, seed, units, self.sample.clusters, paired=self.is_paired)
        if self.estimands[0].over_seeds == "mean":
            return again
        variance = replace(again.variance, degrees=float("inf"))
        return Resampled(least_of_seeds(strands, items_BR, seed, paired=self.is_paired), variance)


def refuse_too_few(sample: Sample) -> None:
    """Say where there is nothing to tell how much items differ."""
    for space in sample.spaces:
        if space.units < LEAST_CLUSTERS:
            raise Undefined(f"{space.name}: one cluster of items says nothing about what others would give")


def seeds_in_common(grids: Sequence[Grid], place: int) -> tuple[int, ...]:
    """The seeds that a treatment has for every target."""
    own = [{grid.axes.seeds[each] for each in grid.seeds_of(grid.axes.treatments[place])} for grid in grids]
    found = set.intersection(*own)
    if not found:
        raise ValueError(f"{grids[0].axes.treatments[place].arm} has no seed that was run for every target")
    return tuple(sorted(found))


def positions(grid: Grid, seeds: Sequence[int]) -> list[int]:
    return [grid.axes.seeds.index(each) for each in seeds]


def students(value: float, found: Variance, level: float) -> Estimate:
    """Student's interval around a value."""
    way: Way = "two-way t" if found.parts.runs > 1 else "items t"
    return widened(Estimate(value, value, value, float(np.sqrt(found.total)), level, way, found.degrees), level)


def widened(estimate: Estimate, level: float) -> Estimate:
    """The same estimate with its interval at a level."""
    from scipy.special import stdtrit

    half = float(stdtrit(estimate.degrees, (1 + level) / 2)) * estimate.error
    return replace(estimate, low=estimate.value - half, high=estimate.value + half, level=level)


def upper_tail(estimate: Estimate, threshold: float) -> float:
    """Student's probability beyond the distance of a value above a threshold; without any spread it is certain."""
    from scipy.special import stdtr

    apart = estimate.value - threshold
    if estimate.error == 0:
        return 0.5 if apart == 0 else float(apart < 0)
    return float(stdtr(estimate.degrees, -apart / estimate.error))
