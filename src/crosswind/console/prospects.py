"""What the claims of a study could show before it is run: the smallest difference that each would find."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from crosswind.claimed import about, codes, digest, placed, targets
from crosswind.claims.declared import ON_CLEAN, Claim
from crosswind.conditions import CLEAN
from crosswind.plan import Cell, Plan
from crosswind.quantities import counted_things
from crosswind.stages import label
from crosswind.store import Store
from crosswind.study import Study

# Standard deviations over seeds of a paired difference, in points: a calm and a restless task, where no pilot knows
# better.
CALM, RESTLESS = 0.5, 1.0
DISAGREEING = 0.1  # of the items, one arm alone has right
CORRELATION = 0.5  # of an item's differences in two languages
LEAST_SEEDS = 3  # of both sides, to be a pilot
MOST_ANSWERS = 3_000_000  # that are read for one claim, which takes a second or two


class Spread(NamedTuple):
    """How much a difference varies: over seeds, at least and at most to be reckoned with, and over items; and whence
    that is known."""

    least: float
    most: float
    error_items: float
    known: str


def prospects(plan: Plan, store: Store, held: Collection[str]) -> Iterator[str]:
    """What `crosswind plan` says of claims."""
    study = plan.study
    if not study.claims:
        return
    primary = sum(claim.primary for claim in study.claims)
    yield f"{counted_things(len(study.claims), 'claim')}, {primary} primary; digest {digest(study)}"
    if len(study.seeds) < 2:
        yield "  one seed shows nothing about a method; give at least five"
        return
    for claim in study.claims:
        yield f"  {claim.name}: {told(plan, store, held, claim, primary if claim.primary else 1)}"


def told(plan: Plan, store: Store, held: Collection[str], claim: Claim, family: int) -> str:
    """One claim's prospects in words."""
    from crosswind.stats import power
    from crosswind.stats.intervals import ALPHA

    items = fewest_items(plan.study, claim)
    if not items:
        return "its targets have no test items"
    found = spread(plan, store, claim, finished(plan, held, claim), items)
    calm, restless = (
        power.detectable(len(plan.study.seeds), each, found.error_items, alpha=ALPHA / family / plan.study.looks)
        for each in (found.least, found.most)
    )
    margin = f", beyond its margin of {claim.margin:g}" if claim.margin else ""
    wanted = f"{100 * power.WANTED:g} %"
    seen = f"{calm:.1f} points or more if seeds vary by {found.least:.2g}, {restless:.1f} if by {found.most:.2g}"
    return f"{wanted} sure to see {seen}{margin} ({found.known})"


def finished(plan: Plan, held: Collection[str], claim: Claim) -> list[Cell]:
    """The cells of a claim that a store has."""
    study = plan.study
    treatments = {placed(study, name) for name in claim.treatments}
    languages = {label(target): {*codes(study, claim, target), target.source} for target in targets(study, claim)}
    conditions = {CLEAN} if claim.estimand in ON_CLEAN else {CLEAN, *about(study, claim)}
    return [
        cell
        for cell in plan.cells
        if cell.stage in held
        and (cell.arm, cell.sequence) in treatments
        and cell.language in languages.get(cell.target, ())
        and cell.condition in conditions
    ]


def spread(plan: Plan, store: Store, claim: Claim, cells: Sequence[Cell], items: int) -> Spread:
    """How much a claim's difference varies: as measured where the store has seeds enough, else as guessed."""
    study = plan.study
    sides = [placed(study, name) for name in claim.contrast]
    seeds = min(len({cell.seed for cell in cells if (cell.arm, cell.sequence) == side}) for side in sides)
    if seeds < LEAST_SEEDS:
        return guessed(study, claim, items, f"guesses: the store has no {LEAST_SEEDS} seeds of both sides to tell")
    answers = sum(rows_asked(study, cell) for cell in {cell.stage: cell for cell in cells}.values())
    if answers > MOST_ANSWERS:
        why = f"guesses: the store has {answers:,} answers that would tell, too many to read here"
        return guessed(study, claim, items, why)
    from crosswind.pilots import measured
    from crosswind.stats.power import not_ruled_out

    try:
        found = measured(plan, store, claim, cells)
    except ValueError as error:
        return guessed(study, claim, items, f"guesses: the store has {seeds} seeds, but {error}")
    most = not_ruled_out(found.sd_seeds, found.runs)
    known = f"as the {found.runs} seeds in the store do, and as they do not rule out"
    return Spread(found.sd_seeds, most, found.error_items, known)


def guessed(study: Study, claim: Claim, items: int, why: str) -> Spread:
    """What is assumed of a difference of accuracies on the smallest test set."""
    from crosswind.stats import power

    languages = max(len(codes(study, claim, target)) for target in targets(study, claim))
    error = power.error_of_accuracy(DISAGREEING, items, languages=languages, correlation=CORRELATION)
    return Spread(CALM, RESTLESS, error, why)


def rows_asked(study: Study, cell: Cell) -> int:
    """How many answers a cell has."""
    target = next(each for each in study.targets if label(each) == cell.target)
    size = target.num_rows(cell.language, "test") or 0
    return min(study.limit.test or size, size)


def fewest_items(study: Study, claim: Claim) -> int:
    """The items of the smallest test set that a claim is about; parallel ones are the same items in every language."""
    sizes = [
        min(study.limit.test or size, size)
        for target in targets(study, claim)
        for code in codes(study, claim, target)
        if (size := target.num_rows(code, "test"))
    ]
    return min(sizes, default=0)
