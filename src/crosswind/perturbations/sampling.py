"""Severity: which of the proposed edits happen. No level changes the order in which units and options are visited."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from crosswind.perturbations.base import (
    Fixed,
    Levels,
    Option,
    Perturbation,
    Perturbed,
    Rated,
    Rewrite,
    Rewritten,
    Unit,
    weights_of,
)
from crosswind.perturbations.draws import PER_BLOCK, Draw
from crosswind.perturbations.legality import Draft
from crosswind.text.item import Field, Item
from crosswind.text.patterns import LETTER, pattern
from crosswind.text.similarity import chrf_after, chrf_at_least

SUITE = "gauntlet-core-v1"
NOISE = frozenset({"char noise", "space"})
LOWEST_CHRF = 70.0
LOWEST_CHRF_DENSE = 55.0  # where a word is one or two signs, equal noise takes a larger share of the n-grams
DENSE = pattern(r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]")

Rates = Mapping[str, tuple[float, ...]]


@dataclass
class Accepted:
    """The state of sampling one item: a draft for each field, and what became of the selected units."""

    drafts: dict[str, Draft]
    taken: list[tuple[Unit, Option]] = field(default_factory=list)
    barren: list[Unit] = field(default_factory=list)
    withdrawn: list[Unit] = field(default_factory=list)

    def perturbed(self, item: Item) -> Perturbed:
        """The result, checked as a whole."""
        assert all(draft.is_sound() for draft in self.drafts.values() if draft.edits), f"unsound text in {item.uid!r}"
        return Perturbed(
            item=item,
            edits={name: tuple(draft.edits) for name, draft in self.drafts.items()},
            trace=tuple((unit, option.op) for unit, option in self.taken),
            barren=tuple(self.barren),
            withdrawn=tuple(self.withdrawn),
        )


def propose(perturbation: Rated, item: Item, draw: Draw) -> Iterator[tuple[Unit, tuple[Option, ...]]]:
    """Every unit with its options that are legal on the clean text: the space that a search moves in."""
    drafts = clean_drafts(perturbation, item)
    for unit in perturbation.units(item):
        yield unit, tuple(option for option in perturbation.options(item, unit, draw) if fits(option, drafts))


def sample(
    perturbation: Perturbation, item: Item, level: int, seed: int, *, suite: str = SUITE, rates: Rates | None = None
) -> Perturbed:
    """The item at a level; level 0 is the clean item.

    Edits of a level contain those of the level below. Another `suite` gives independent noise, for training. `rates`
    replaces the perturbation's own, kind by kind, and such text is not backed off: the rates say how much is wanted.
    """
    if isinstance(perturbation, Rewrite) and any(text.solid for text in item.fields.values()):
        raise ValueError(f"{perturbation.label} rewrites words together with their tags; call rewritten, not sample")
    accepted = Accepted(clean_drafts(perturbation, item))
    draw = draws(suite, perturbation.label, seed, item.dataset, item.split)
    match perturbation:
        case Rated():
            levels = levels_of(perturbation, rates)
            check_level(perturbation, level, levels)
            take_rated(accepted, perturbation, item, draw, selected(perturbation, item, level, draw, levels.rates))
            if rates is None and perturbation.family in NOISE:
                back_off(accepted)
        case Fixed():
            check_level(perturbation, level, perturbation.levels)
            take_fixed(accepted, perturbation, item, draw, level)
        case _:
            raise ValueError(f"{perturbation.label} changes tagged words alone, and item {item.uid!r} has running text")
    return accepted.perturbed(item)


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
    """The levels in force; raises ValueError where given rates leave out a kind of unit."""
    if rates is None:
        return perturbation.levels
    if rates.keys() != perturbation.levels.rates.keys():
        expected = ", ".join(sorted(perturbation.levels.rates))
        raise ValueError(
            f"rates for {', '.join(sorted(rates))}: expected one for each kind of {perturbation.label}: {expected}"
        )
    return Levels(rates, core=())


def check_level(perturbation: Perturbation, level: int, levels: Levels) -> None:
    """Raises ValueError for a level that does not exist."""
    if level not in (0, *levels.severities):
        existing = ", ".join(map(str, levels.severities))
        raise ValueError(f"{perturbation.label} has no level {level}; it has {existing}, and 0 for the clean text")


def selected(perturbation: Rated, item: Item, level: int, draw: Draw, rates: Rates) -> list[Unit]:
    """The units that a level edits: those of the level below first, each level's in the order of their draws."""
    if level == 0:
        return []
    entries = []
    highest = {kind: shares[level - 1] for kind, shares in rates.items()}
    for unit in perturbation.units(item):
        name, kind, _, index = unit
        share = draw.block(item.fields[name], name, "select", kind, index // PER_BLOCK)[index % PER_BLOCK]
        if share < highest[kind]:
            # by the draw alone, units of a kind with lower rates would come between those of the level below
            entries.append((bisect_right(rates[kind], share), share, kind, name, index, unit))
    return [entry[-1] for entry in sorted(entries)]


def take_rated(accepted: Accepted, perturbation: Rated, item: Item, draw: Draw, units: Sequence[Unit]) -> None:
    """Edit the units in order, each by the first legal one of its options."""
    for unit in units:
        for option in ordered(perturbation.options(item, unit, draw), item.fields[unit.field], unit, draw):
            if take(option, accepted.drafts):
                accepted.taken.append((unit, option))
                break
        else:
            accepted.barren.append(unit)


def take_fixed(accepted: Accepted, perturbation: Fixed, item: Item, draw: Draw, level: int) -> None:
    """Apply the one option of a level, if there is one and it is legal."""
    option = perturbation.option(item, level, draw) if level else None
    if option is None:
        return
    name = option.edits[0][0]
    unit = Unit(name, "whole", (0, len(item.fields[name].text)), 0)
    if take(option, accepted.drafts):
        accepted.taken.append((unit, option))
    else:
        accepted.barren.append(unit)


def ordered(options: Sequence[Option], text: Field, unit: Unit, draw: Draw) -> Iterator[Option]:
    """The options one after another, each drawn from those that are left in proportion to its weight."""
    left, weights = list(range(len(options))), list(weights_of(options))
    for attempt in range(len(options)):
        bounds = list(accumulate(weights))
        share = draw(text, unit.field, "option", unit.kind, unit.index, attempt)
        place = bisect_right(bounds, share * bounds[-1])
        yield options[left.pop(place)]
        del weights[place]


def clean_drafts(perturbation: Perturbation, item: Item) -> dict[str, Draft]:
    """An empty draft for each field of the item."""
    return {name: Draft(text, perturbation.adds_joiners) for name, text in item.fields.items()}


def take(option: Option, drafts: Mapping[str, Draft]) -> bool:
    """Apply all edits of an option, or none where one of them is illegal; returns whether it was applied."""
    for done, (name, edit) in enumerate(option.edits):
        if not drafts[name].legal(edit):
            withdraw(Option(option.op, option.edits[:done]), drafts)
            return False
        drafts[name].add(edit)
    return True


def withdraw(option: Option, drafts: Mapping[str, Draft]) -> None:
    """Undo an option that was applied."""
    for name, edit in reversed(option.edits):
        drafts[name].remove(edit)


def fits(option: Option, drafts: Mapping[str, Draft]) -> bool:
    """Whether an option is legal, leaving the drafts as they are."""
    if not take(option, drafts):
        return False
    withdraw(option, drafts)
    return True


def back_off(accepted: Accepted) -> None:
    """Withdraw the latest units of every field until enough of its text is left; an item may end unchanged."""
    for name, draft in accepted.drafts.items():
        units = [unit for unit, _ in accepted.taken if unit.field == name]
        while units and is_too_much(draft, len(units)):
            last = units.pop()
            place = next(place for place, (unit, _) in enumerate(accepted.taken) if unit == last)
            withdraw(accepted.taken.pop(place)[1], accepted.drafts)
            accepted.withdrawn.append(last)


def is_too_much(draft: Draft, units: int) -> bool:
    """Whether more than 30 % of a field's words are edited (and more than one), or its chrF is below the floor."""
    if units > max(1, -(-3 * len(draft.field.words) // 10)):
        return True
    clean, edits = draft.field.text, draft.edits
    if chrf_at_least(clean, edits) >= LOWEST_CHRF:
        return False
    return chrf_after(clean, edits) < lowest_chrf(clean)


def lowest_chrf(text: str) -> float:
    """The floor under chrF: lower where most letters are Han, Kana or Hangul."""
    dense = len(DENSE.findall(text))
    return LOWEST_CHRF_DENSE if 2 * dense > len(LETTER.findall(text)) else LOWEST_CHRF
