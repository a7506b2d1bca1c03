"""The report as files: tables in full as CSV and as a paper prints them, figures as SVG, PDF and PNG."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars

from crosswind import ledger, results
from crosswind.plan import Plan
from crosswind.report import (
    breakdown,
    contrasts,
    explorer,
    failed,
    figures,
    odds,
    orders,
    printed,
    severity,
    spending,
    summary,
)
from crosswind.report.opinions import opinions
from crosswind.report.typeset import FORMS, Sheet, sheet_of
from crosswind.store import Store

SUFFIXES = (".svg", ".pdf", ".png")


@dataclass(frozen=True, slots=True)
class Told:
    """A table in full, and the same as it is printed."""

    whole: polars.DataFrame
    printed: Sequence[Sheet]

    @classmethod
    def plain(cls, table: polars.DataFrame) -> "Told":
        """A table that is printed as it is, since it has few columns."""
        return cls(table, [sheet_of(table)] if table.height else [])


@dataclass(frozen=True, slots=True)
class Found:
    """The scores of a study and what tables and figures both show of them."""

    scores: polars.DataFrame
    tables: Sequence[explorer.Table]
    differences: Sequence[contrasts.Difference]

    @property
    def apart(self) -> polars.DataFrame:
        """The scores without those of pairs of languages."""
        return self.scores.filter(~summary.is_pair())


def write_files(plan: Plan, store: Store, form: str, folder: Path) -> Iterator[Path]:
    """Write all tables in full as CSV, in another form as a paper prints them, and all figures; yield the paths."""
    found = found_of(plan, store)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables(plan, store, found).items():
        for path, text in written(table, form, folder / name):
            path.write_text(text, encoding="utf-8")
            yield path
    for name, chart in charts(plan, store, found):
        for suffix in SUFFIXES:
            path = folder / f"{name}{suffix}"
            figures.write(chart, path)
            yield path


def written(table: Told, form: str, path: Path) -> Iterator[tuple[Path, str]]:
    """The files of one table, without their endings in `path`, with what stands in them."""
    yield path.with_name(f"{path.name}.csv"), csv(table.whole)
    if form in FORMS and table.printed:
        suffix, spelled = FORMS[form]
        yield path.with_name(path.name + suffix), spelled(table.printed)


def found_of(plan: Plan, store: Store) -> Found:
    """What tables and figures are made from, each computed once."""
    scores = results.scores(plan, store)
    return Found(scores, explorer.tables(plan.study, scores), contrasts.differences(plan, store, scores))


def tables(plan: Plan, store: Store, found: Found) -> dict[str, Told]:
    """Every table that has a row, by the name of its file."""
    entries, lines = ledger.ledger(plan, store, found.scores), list(summary.lines(found.apart))
    costs, spendings = breakdown.costs(found.scores), spending.spendings(plan, store)
    failures, others = failed.rows(plan, store, found.scores), opinions(plan, store, found.scores)
    told = {
        "claims": Told(frame(ledger.rows(entries)), printed.claims(entries)),
        "scores": Told(frame([*map(headline, lines)]), printed.scores(lines)),
        "languages": Told(by_language(found.tables), printed.languages(found.tables)),
        "contrasts": Told(frame([asdict(each) for each in found.differences]), printed.contrasts(found.differences)),
        "perturbations": Told(frame([row for cost in costs for row in levels(cost)]), printed.perturbations(costs)),
        "odds": Told(frame(odds.rows(others.odds)), printed.odds(others.odds)),
        "orders": Told(frame(orders.rows(others.orders)), printed.orders(others.orders)),
        "likeness": Told(frame([asdict(each) for each in others.likenesses]), printed.likenesses(others.likenesses)),
        "failures": Told(frame([*map(failed.row, failures)]), printed.failures(failures)),
        "costs": Told(frame([asdict(each) for each in spendings]), printed.costs(spendings)),
    }
    return {name: table for name, table in told.items() if table.whole.height}


def frame(rows: list[dict[str, Any]]) -> polars.DataFrame:
    return polars.DataFrame(rows, infer_schema_length=None)


def headline(line: summary.Line) -> dict[str, Any]:
    """One row of the results table."""
    told: dict[str, Any] = {"target": line.target, "arm": line.arm, "intermediate tasks": line.sequence or "none"}
    for text, interval in {"clean": line.clean, **line.perturbed}.items():
        told |= {text: interval.mean, f"{text} low": interval.low, f"{text} high": interval.high}
        if text in line.drops:
            told[f"{text} drop"] = line.drops[text]
    return told | {
        "worst language": line.worst_language,
        "worst": line.worst,
        "seeds": line.seeds,
        "diverged": line.diverged,
    }


def by_language(found: Sequence[explorer.Table]) -> polars.DataFrame:
    """Clean scores of every treatment, a column a language; the lowest is named."""
    rows = []
    for table in found:
        for name, values in zip(table.treatments, table.values, strict=True):
            clean = {code: row[0] for code, row in zip(table.languages, values, strict=True)}
            there = {code: value for code, value in clean.items() if value is not None}
            rows.append(
                {"target": table.target, "treatment": name, **clean, "lowest": min(there, key=there.__getitem__)}
            )
    return frame(rows)


def levels(cost: breakdown.Cost) -> Iterator[dict[str, Any]]:
    """One row a severity."""
    for level in cost.levels:
        yield {
            "target": cost.target, "treatment": cost.treatment, "condition": cost.condition, "class": cost.validity,
            "severity": level.severity, "score": level.value, "drop": level.drop, "languages": len(cost.languages),
        }  # fmt: skip


def charts(plan: Plan, store: Store, found: Found) -> Iterator[tuple[str, figures.Chart]]:
    """Every figure with the name of its file."""
    points = summary.points(found.apart)
    for table in found.tables:
        name = re.sub(r"[^\w.-]+", "-", table.target, flags=re.ASCII)
        own = [point for point in points if point.target == table.target]
        yield f"{name}-languages", figures.scores_by_language(own, table.chance)
        if against := [each for each in found.differences if each.target == table.target]:
            yield f"{name}-contrasts", figures.forest(against)
        if heights := severity.heights(table, found.scores):
            yield f"{name}-severity", figures.curves(heights)
    if marks := spending.marks(plan, store):
        yield "training", figures.falling(marks)


def csv(table: polars.DataFrame) -> str:
    """A table with all its digits."""
    return table.write_csv()
