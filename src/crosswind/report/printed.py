"""What a paper prints of a study: tables with few columns. The files of comma-separated values beside them have all."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from crosswind.failures import Toll
from crosswind.ledger import Entry
from crosswind.quantities import duration, size
from crosswind.report.breakdown import Cost
from crosswind.report.contrasts import Difference
from crosswind.report.explorer import Table
from crosswind.report.odds import Odds
from crosswind.report.orders import Matrix
from crosswind.report.rankings import Likeness
from crosswind.report.spending import Spending
from crosswind.report.summary import Line, treatment
from crosswind.report.typeset import NOTHING, Column, Sheet, spelled
from crosswind.report.verdicts import headline, sides
from crosswind.stats.intervals import Interval
from crosswind.stats.mixed import Effect

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
LETTERS = 54  # that the headings of languages may take in one line
LEAST_LETTERS = 4  # which a score needs
LEAST_P = 0.001


def claims(entries: Sequence[Entry]) -> list[Sheet]:
    """A claim a row: what was found, and what became of it."""
    columns = (
        Column("claim", "wrapped", 0.15),
        Column("contrast", "wrapped", 0.2),
        Column("estimand", "wrapped", 0.11),
        Column("effect [95 % interval]", "number"),
        Column("p", "number"),
        Column("verdict", "wrapped", 0.14),
        Column("R", "number"),
    )
    return [Sheet(columns, tuple(map(claim, entries)))] if entries else []


def claim(entry: Entry) -> tuple[str, ...]:
    """The row of one claim; what is exploratory says so."""
    own, finding = entry.claim, entry.finding
    effect = p = runs = NOTHING
    if finding is not None:
        effect = f"{finding.value:+.2f} [{finding.first.low:+.2f}, {finding.first.high:+.2f}]"
        runs = str(finding.runs)
        p = NOTHING if entry.adjusted is None else probability(entry.adjusted)
    name = own.name if own.primary else f"{own.name} (exploratory)"
    verdict = headline(entry).replace(entry.standing.upper(), entry.standing)
    return name, sides(own), own.estimand.replace("_", " "), effect, p, verdict, runs


def probability(value: float) -> str:
    return f"<{LEAST_P:g}" if value < LEAST_P else f"{value:.3f}"


def scores(lines: Sequence[Line]) -> list[Sheet]:
    """The results, a table for each target: means with half their interval over seeds, and the lowest language."""
    return [
        Sheet(score_columns(kinds(own)), tuple(score(each, kinds(own)) for each in own), target)
        for target, own in grouped(lines, lambda each: each.target).items()
    ]


def grouped(things: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Things with the same key together, in the order in which the keys come."""
    found: dict[K, list[T]] = {}
    for each in things:
        found.setdefault(key(each), []).append(each)
    return found


def kinds(lines: Sequence[Line]) -> list[str]:
    """The kinds of perturbed text that any of some rows has."""
    return list(dict.fromkeys(kind for each in lines for kind in each.perturbed))


def score_columns(texts: Sequence[str]) -> tuple[Column, ...]:
    changed = (Column(head, "number") for text in texts for head in (text, "drop"))
    first = (Column("arm", "wrapped", 0.2), Column("intermediate tasks", "wrapped", 0.2), Column("clean", "number"))
    return (*first, *changed, Column("lowest language"), Column("R", "number"))


def score(one: Line, texts: Sequence[str]) -> tuple[str, ...]:
    changed = [told for text in texts for told in (ranged(one.perturbed.get(text)), spelled(one.drops.get(text)))]
    worst = f"{one.worst_language} {one.worst:.1f}"
    return one.arm, one.sequence or "none", ranged(one.clean), *changed, worst, str(one.seeds)


def ranged(found: Interval | None) -> str:
    """A mean and how far its interval reaches on either side; one run has none."""
    if found is None:
        return NOTHING
    return f"{found.mean:.1f}" if found.count < 2 else f"{found.mean:.1f} ± {found.high - found.mean:.1f}"


def languages(tables: Sequence[Table]) -> list[Sheet]:
    """Clean scores, as many languages beside each other as a line holds, the next ones below."""
    return [sheet for table in tables for sheet in parts(table)]


def parts(table: Table) -> Iterator[Sheet]:
    start = 0
    while start < len(table.languages):
        end = start + fitting(table.languages[start:])
        codes = table.languages[start:end]
        rows = (
            (name, *(spelled(values[0]) for values in own[start:end]))
            for name, own in zip(table.treatments, table.values, strict=True)
        )
        whole = len(codes) == len(table.languages)
        title = table.target if whole else f"{table.target}, {codes[0]} to {codes[-1]}"
        columns = (Column("treatment", "wrapped", 0.24), *(Column(code, "number") for code in codes))
        yield Sheet(columns, tuple(rows), title)
        start = end


def fitting(codes: Sequence[str]) -> int:
    """How many of the next languages fit beside each other; always one."""
    taken = 0
    for count, code in enumerate(codes):
        taken += max(LEAST_LETTERS, len(code)) + 1
        if taken > LETTERS and count:
            return count
    return len(codes)


def contrasts(differences: Sequence[Difference]) -> list[Sheet]:
    """Every treatment against the reference, target by target."""
    columns = (Column("treatment", "wrapped", 0.34), Column("asked"), Column("difference [95 % interval]", "number"))
    return [
        Sheet(
            columns,
            tuple(
                (each.treatment, each.asked, f"{each.value:+.1f} [{each.low:+.1f}, {each.high:+.1f}]") for each in own
            ),
            f"{target}, against {reference}, intervals over {over}",
        )
        for (target, reference, over), own in grouped(
            differences, lambda each: (each.target, each.reference, each.over)
        ).items()
    ]


def perturbations(costs: Sequence[Cost]) -> list[Sheet]:
    """Scores by severity beside the clean one in the same languages, target by target."""
    return [by_severity(target, own) for target, own in grouped(costs, lambda each: each.target).items()]


def by_severity(target: str, costs: Sequence[Cost]) -> Sheet:
    levels = sorted({level.severity for cost in costs for level in cost.levels})
    first = (Column("treatment", "wrapped", 0.22), Column("condition", "wrapped", 0.22), Column("class"))
    numbers = ("languages", "clean", *(f"L{level}" for level in levels))
    rows = []
    for cost in costs:
        values = {level.severity: level.value for level in cost.levels}
        clean = cost.levels[0].value + cost.levels[0].drop
        told = (spelled(clean), *(spelled(values.get(level)) for level in levels))
        rows.append((cost.treatment, cost.condition, cost.validity, str(len(cost.languages)), *told))
    return Sheet((*first, *(Column(name, "number") for name in numbers)), tuple(rows), target)


def odds(models: Sequence[Odds]) -> list[Sheet]:
    """The models of all cells, target by target."""
    terms = ("treatment", "x perturbed", "x perturbed x distance")
    columns = (Column("treatment", "wrapped", 0.34), *(Column(f"{term} [95 % interval]", "number") for term in terms))
    return [
        Sheet(
            columns,
            tuple(
                (each.treatment, *map(log_odds, (each.clean, each.perturbed, each.distance))) for each in model.lines
            ),
            f"{model.target}, log odds against {model.reference}; distance: {model.distance}",
        )
        for model in models
        if model.lines
    ]


def log_odds(effect: Effect) -> str:
    return f"{effect.value:+.2f} [{effect.low:+.2f}, {effect.high:+.2f}]"


def orders(matrices: Sequence[Matrix]) -> list[Sheet]:
    """Bounds on how far the row is from being above the column, by the columns' numbers."""
    return [
        Sheet(
            (
                Column("treatment", "wrapped", 0.34),
                *(Column(str(place), "number") for place in range(1, len(each.treatments) + 1)),
            ),
            tuple(
                (f"{place} {name}", *(NOTHING if own is None else f"{own.bound:.2f}" for own in row))
                for place, (name, row) in enumerate(zip(each.treatments, each.rows, strict=True), start=1)
            ),
            f"{each.target}, {each.text}: bound on the violation of row above column",
        )
        for each in matrices
    ]


def likenesses(found: Sequence[Likeness]) -> list[Sheet]:
    """How often answers are the same in two languages, and how alike rankings are, target by target."""
    columns = (
        Column("treatment", "wrapped", 0.3), Column("text"), Column("same answers", "number"),
        Column("RankC", "number"), Column("least alike", "wrapped", 0.22), Column("", "number"),
    )  # fmt: skip
    return [
        Sheet(
            columns,
            tuple(
                (each.treatment, each.text, spelled(each.answers), spelled(each.rankings), each.pair,
                 spelled(each.least))
                for each in own
            ),
            target,
        )
        for target, own in grouped(found, lambda each: each.target).items()
    ]  # fmt: skip


def failures(tolls: Sequence[Toll]) -> list[Sheet]:
    """How many runs failed, target by target."""
    names = ("runs", "diverged", "collapsed", "failed % [95 % interval]")
    columns = (Column("treatment", "wrapped", 0.34), *(Column(name, "number") for name in names))
    return [
        Sheet(columns, tuple(map(failure, own)), target)
        for target, own in grouped(tolls, lambda each: each.target).items()
    ]


def failure(toll: Toll) -> tuple[str, ...]:
    share = toll.interval
    told = f"{100 * share.mean:.0f} [{100 * share.low:.0f}, {100 * share.high:.0f}]"
    name = treatment(*toll.treatment)
    return name, str(toll.finished), str(toll.diverged), str(toll.collapsed), told


def costs(spendings: Sequence[Spending]) -> list[Sheet]:
    """What every arm cost."""
    names = ("trainings", "finished", "time", "tokens", "updates", "weights trained", "disk")
    rows = (
        (
            each.arm, str(each.trainings), str(each.done), duration(each.seconds), f"{each.tokens:,}",
            f"{each.updates:,}", f"{each.trained:,}", size(each.disk),
        )
        for each in spendings
    )  # fmt: skip
    columns = (Column("arm", "wrapped", 0.22), *(Column(name, "number") for name in names))
    return [Sheet(columns, tuple(rows))] if spendings else []
