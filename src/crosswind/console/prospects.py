"""What the claims of a study could show before it is run: the smallest difference that each would find."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from crosswind.claimed import about, codes, digest, placed, spoken, targets
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
MOST_ANSWERS = 2_000_000  # that are read for all claims together, which takes some seconds


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
    cells = {claim.name: pilot(study, claim, finished(plan, held, claim)) for claim in study.claims}
    few = affordable(study, cells)
    for claim in study.claims:
        own = few.get(claim.name)
        yield f"  {claim.name}: {told(plan, store, claim, own, primary if claim.primary else 1)}"


def told(plan: Plan, store: Store, claim: Claim, cells: Sequence[Cell] | None, family: int) -> str:
    """One claim's prospects in words; without cells there are too many to read."""
    from crosswind.stats import power
    from crosswind.stats.intervals import ALPHA

    items = fewest_items(plan.study, claim)
    if not items:
        return "its targets have no test items"
    found = spread(plan, store, claim, cells, items)
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
    languages = {label(target): spoken(study, claim, target) for target in targets(study, claim)}
    conditions = {CLEAN} if claim.estimand in ON_CLEAN else {CLEAN, *about(study, claim)}
    return [
        cell
        for cell in plan.cells
        if cell.stage in held
        and (cell.arm, cell.sequence) in treatments
        and cell.language in languages.get(cell.target, ())
        and cell.condition in conditions
    ]


def pilot(study: Study, claim: Claim, cells: Sequence[Cell]) -> list[Cell]:
    """The cells, if both sides have seeds enough among them to tell how much others will vary; else none."""
    sides = [placed(study, name) for name in claim.contrast]
    seeds = min(len({cell.seed for cell in cells if (cell.arm, cell.sequence) == side}) for side in sides)
    return list(cells) if seeds >= LEAST_SEEDS else []


def affordable(study: Study, cells: Mapping[str, list[Cell]]) -> dict[str, list[Cell]]:
    """The claims whose cells can be read in a few seconds, the smallest ones first."""
    answers = {name: answers_of(study, own) for name, own in cells.items()}
    found, total = {}, 0
    for name in sorted(cells, key=answers.__getitem__):
        total += answers[name]
        if total <= MOST_ANSWERS:
            found[name] = cells[name]
    return found


def spread(plan: Plan, store: Store, claim: Claim, cells: Sequence[Cell] | None, items: int) -> Spread:
    """How much a claim's difference varies: as measured where the store has seeds enough, else as guessed."""
    study = plan.study
    if cells is None:
        return guessed(study, claim, items, "guesses: the store has more answers that would tell than plan reads")
    if not cells:
        return guessed(study, claim, items, f"guesses: the store has no {LEAST_SEEDS} seeds of both sides to tell")
    from crosswind.pilots import measured
    from crosswind.stats.power import not_ruled_out

    try:
        found = measured(plan, store, claim, cells)
    except ValueError as error:
        return guessed(study, claim, items, f"guesses: {error}")
    most = not_ruled_out(found.sd_seeds, found.runs)
    known = f"as the {found.runs} seeds in the store do, and as they do not rule out"
    return Spread(found.sd_seeds, most, found.error_items, known)


def guessed(study: Study, claim: Claim, items: int, why: str) -> Spread:
    """What is assumed of a difference of accuracies on the smallest test set."""
    from crosswind.stats import power

    languages = max(len(codes(study, claim, target)) for target in targets(study, claim))
    error = power.error_of_accuracy(DISAGREEING, items, languages=languages, correlation=CORRELATION)
    return Spread(CALM, RESTLESS, error, why)


def answers_of(study: Study, cells: Sequence[Cell]) -> int:
    """How many answers some cells have, as far as that is known before they are read."""
    tasks = {label(task): task for task in study.targets}
    asked = {cell.stage: tasks[cell.target].num_rows(cell.language, "test") for cell in cells}
    return sum(min(study.limit.test or size, size) for size in asked.values())


def fewest_items(study: Study, claim: Claim) -> int:
    """The items of the smallest test set that a claim is about; parallel ones are the same items in every language."""
    sizes = [
        min(study.limit.test or size, size)
        for target in targets(study, claim)
        for code in codes(study, claim, target)
        if (size := target.num_rows(code, "test"))
    ]
    return min(sizes, default=0)
