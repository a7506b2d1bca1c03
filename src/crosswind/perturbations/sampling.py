"""Severity: which of the proposed edits happen. No level changes the order in which units and options are visited."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

from crosswind.perturbations.base import Fixed, Levels, Perturbation, Perturbed, Rated, Rewrite, Rewritten
from crosswind.perturbations.draws import Draw, bits_of
from crosswind.perturbations.revision import Revision
from crosswind.perturbations.units import Option, Unit, places_of, weights_of
from crosswind.text.item import Field, Item

SUITE = "gauntlet-core-v1"
NOISE = frozenset({"char noise", "space"})

Rates = Mapping[str, tuple[float, ...]]


class Sampler:
    """A perturbation at a level with a seed, for any number of items: `sample` with all settled but the item."""

    def __init__(
        self, perturbation: Perturbation, level: int, seed: int, *, suite: str = SUITE, rates: Rates | None = None
    ) -> None:
        """Raises ValueError for a level that does not exist, and for rates that leave out a kind of unit."""
        self.rated = perturbation if isinstance(perturbation, Rated) else None
        self.fixed = perturbation if isinstance(perturbation, Fixed) else None
        levels = levels_of(self.rated, rates) if self.rated else perturbation.levels
        check_level(perturbation, level, levels)
        self.perturbation = perturbation
        self.rewrites = isinstance(perturbation, Rewrite)
        self.adds_joiners = perturbation.adds_joiners
        self.backs_off = rates is None and perturbation.family in NOISE
        self.level = level
        self.thresholds = {kind: Threshold(shares[:level]) for kind, shares in levels.rates.items()} if level else {}
        self.key = suite, perturbation.label, seed

    def __call__(self, item: Item) -> Perturbed:
        """The item at the level; level 0 is the clean item."""
        if self.rewrites and any(text.solid for text in item.fields.values()):
            raise ValueError(
                f"{self.perturbation.label} moves words that have tags, and the tags must come along: make it a "
                "condition of a study, or call sampling.rewritten with them"
            )
        draw = draws(*self.key, item.dataset, item.split)
        revision = Revision(item, self.adds_joiners)
        if self.rated:
            for unit in selected(self.rated, item, self.thresholds, draw) if self.level else ():
                options = self.rated.options(item, unit, draw)
                revision.edit(unit, ordered(options, item.fields[unit.field], unit, draw))
            if self.backs_off:
                revision.back_off()
        elif self.fixed:
            option = self.fixed.option(item, self.level, draw) if self.level else None
            if option:
                name = option.edits[0][0]
                revision.edit(Unit(name, "whole", (0, len(item.fields[name].text)), 0), [option])
        else:
            raise ValueError(
                f"{self.perturbation.label} changes tagged words alone, and item {item.uid!r} has running text"
            )
        return revision.perturbed()


def sample(
    perturbation: Perturbation, item: Item, level: int, seed: int, *, suite: str = SUITE, rates: Rates | None = None
) -> Perturbed:
    """The item at a level; level 0 is the clean item.

    Edits of a level contain those of the level below. Another `suite` gives independent noise, for training. `rates`
    replaces the perturbation's own, kind by kind, and such text is not backed off: the rates say how much is wanted.
    """
    return Sampler(perturbation, level, seed, suite=suite, rates=rates)(item)


def propose(perturbation: Rated, item: Item, draw: Draw) -> Iterator[tuple[Unit, tuple[Option, ...]]]:
    """Every unit with its options that are legal on the clean text: the space that a search moves in."""
    clean = Revision(item, perturbation.adds_joiners)
    for unit in perturbation.units(item):
        yield unit, tuple(option for option in perturbation.options(item, unit, draw) if clean.fits(option))


def rewritten(
    perturbation: Rewrite, item: Item, labels: Sequence[str], level: int, seed: int, *, suite: str = SUITE
) -> Rewritten:
    """An item of tagged words at a level, words and tags; level 0 is the clean item."""
    check_level(perturbation, level, perturbation.levels)
    if level == 0:
        (field,) = item.fields.values()
        return Rewritten(item, tuple(field.text[slice(*span)] for span in field.keep), tuple(labels))
    return perturbation.rewrite(item, labels, level, draws(suite, perturbation.label, seed, item.dataset, item.split))


@lru_cache(maxsize=64)
def draws(suite: str, perturbation: str, seed: int, dataset: str, split: str) -> Draw:
    """The draws for a whole split, made once."""
    return Draw(suite, perturbation, seed, dataset, split)


def levels_of(perturbation: Rated, rates: Rates | None) -> Levels:
    """The levels in force; raises ValueError where given rates leave out a kind of unit or are higher than allowed."""
    if rates is None:
        return perturbation.levels
    if rates.keys() != perturbation.levels.rates.keys():
        expected = ", ".join(sorted(perturbation.levels.rates))
        raise ValueError(
            f"rates for {', '.join(sorted(rates))}: expected one for each kind of {perturbation.label}: {expected}"
        )
    if (highest := max(map(max, rates.values()))) > perturbation.highest_rate:
        raise ValueError(
            f"a rate of {highest} for {perturbation.label}: expected at most {perturbation.highest_rate}; "
            "its class says why"
        )
    return Levels(rates, core=())


def check_level(perturbation: Perturbation, level: int, levels: Levels) -> None:
    """Raises ValueError for a level that does not exist."""
    if level not in (0, *levels.severities):
        existing = ", ".join(map(str, levels.severities))
        raise ValueError(f"{perturbation.label} has no level {level}; it has {existing}, and 0 for the clean text")


class Threshold:
    """What a unit of one kind must be below to be edited: at each level up to the wanted one, and at that in bits."""

    def __init__(self, shares: Sequence[float]) -> None:
        self.shares = shares
        self.bits = bits_of(shares[-1])


def selected(perturbation: Rated, item: Item, thresholds: Mapping[str, Threshold], draw: Draw) -> list[Unit]:
    """The units that a level edits: those of the level below first, each level's in the order of their draws."""
    spans = places_of(perturbation.units(item))
    entries = []
    for (name, kind), places in spans.items():
        text, threshold = item.fields[name], thresholds[kind]
        # by the draw alone, units of a kind with lower rates would come between those of the level below
        entries += [
            (bisect_right(threshold.shares, share), share, kind, name, index)
            for share, index in draw.of(text.lang, text.owner, name).below(threshold.bits, kind, len(places))
        ]
    return [Unit(name, kind, spans[name, kind][index], index) for _, _, kind, name, index in sorted(entries)]


def ordered(options: Sequence[Option], text: Field, unit: Unit, draw: Draw) -> Iterator[Option]:
    """The options one after another, each drawn from those that are left in proportion to its weight."""
    name, kind, _, index = unit
    weights = weights_of(options)
    if len(weights) == 1:
        yield options[0]
        return
    left: Sequence[int] = range(len(weights))
    for attempt in range(len(weights)):
        bounds = list(accumulate(weights))
        place = bisect_right(bounds, bounds[-1] * draw(text, name, "option", kind, index, attempt))
        yield options[left[place]]
        # as a rule that one is legal, and nobody asks for another
        left, weights = [*left[:place], *left[place + 1 :]], [*weights[:place], *weights[place + 1 :]]
