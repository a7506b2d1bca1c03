"""The report as files for a paper: tables in LaTeX (booktabs), Markdown and CSV, figures as SVG, PDF and PNG."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars

from crosswind import ledger, results
from crosswind.plan import Plan
from crosswind.report import breakdown, contrasts, explorer, figures, severity, spending, summary
from crosswind.stages import label
from crosswind.store import Store

SUFFIXES = (".svg", ".pdf", ".png")
TEX = MappingProxyType(
    {
        "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    }
)  # fmt: skip


def write_files(plan: Plan, store: Store, form: str, folder: Path) -> Iterator[Path]:
    """Write all tables in one form and as CSV, and all figures; yield the paths."""
    scores = results.scores(plan, store)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables(plan, store, scores).items():
        for suffix, spelled in {FORMS[form][0]: FORMS[form][1], ".csv": csv}.items():
            path = folder / f"{name}{suffix}"
            path.write_text(spelled(table), encoding="utf-8")
            yield path
    for name, chart in charts(plan, store, scores):
        for suffix in SUFFIXES:
            path = folder / f"{name}{suffix}"
            figures.write(chart, path)
            yield path


def tables(plan: Plan, store: Store, scores: polars.DataFrame) -> dict[str, polars.DataFrame]:
    """Every table that has a row, by the name of its file."""
    apart = scores.filter(~summary.is_pair())
    found = {
        "claims": frame(ledger.rows(ledger.ledger(plan, store))),
        "scores": frame([*map(headline, summary.lines(apart))]),
        "languages": by_language(plan, scores),
        "contrasts": frame([row_of(each) for each in contrasts.differences(plan, store, scores)]),
        "perturbations": frame([row for cost in breakdown.costs(scores) for row in levels(cost)]),
        "costs": frame([row_of(each) for each in spending.spendings(plan, store)]),
    }
    return {name: table for name, table in found.items() if table.height}


def frame(rows: list[dict[str, Any]]) -> polars.DataFrame:
    return polars.DataFrame(rows, infer_schema_length=None)


def row_of(record: Any) -> dict[str, Any]:
    """The fields of a record with slots, in their order."""
    return {name: getattr(record, name) for name in type(record).__dataclass_fields__}


def headline(line: summary.Line) -> dict[str, Any]:
    """One row of the results table."""
    told: dict[str, Any] = {"target": line.target, "arm": line.arm, "intermediate tasks": line.sequence or "none"}
    for text, interval in {"clean": line.clean, **line.perturbed}.items():
        told |= {text: interval.mean, f"{text} low": interval.low, f"{text} high": interval.high}
        if text in line.drops:
            told[f"{text} drop"] = line.drops[text]
    return told | {"worst language": line.worst_language, "worst": line.worst, "seeds": line.seeds}


def by_language(plan: Plan, scores: polars.DataFrame) -> polars.DataFrame:
    """Clean scores of every treatment, a column a language; the lowest is named."""
    chances = {label(task): 100 * task.chance for task in plan.study.targets}
    sources = {label(task): task.source for task in plan.study.targets}
    rows = []
    for table in explorer.tables(scores, chances, sources):
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


def charts(plan: Plan, store: Store, scores: polars.DataFrame) -> Iterator[tuple[str, figures.Chart]]:
    """Every figure with the name of its file."""
    chances = {label(task): 100 * task.chance for task in plan.study.targets}
    sources = {label(task): task.source for task in plan.study.targets}
    points = summary.points(scores.filter(~summary.is_pair()))
    differences = contrasts.differences(plan, store, scores)
    for table in explorer.tables(scores, chances, sources):
        name = re.sub(r"[^\w.-]+", "-", table.target, flags=re.ASCII)
        own = [point for point in points if point.target == table.target]
        yield f"{name}-languages", figures.scores_by_language(own, table.chance)
        if against := [each for each in differences if each.target == table.target]:
            yield f"{name}-contrasts", figures.forest(against)
        if heights := severity.heights(table, scores):
            yield f"{name}-severity", figures.curves(heights)
    if marks := spending.marks(plan, store):
        yield "training", figures.falling(marks)


def csv(table: polars.DataFrame) -> str:
    """A table with all its digits."""
    return table.write_csv()


def markdown(table: polars.DataFrame) -> str:
    """A table for a README."""
    rows = [table.columns, ["---"] * table.width, *spelled_rows(table, lambda text: text.replace("|", r"\|"))]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def latex(table: polars.DataFrame) -> str:
    r"""A table for a paper that has \usepackage{booktabs}."""
    columns = "".join("r" if kind.is_numeric() else "l" for kind in table.dtypes)
    head = " & ".join(map(escaped, table.columns))
    body = "".join(f"{' & '.join(row)} \\\\\n" for row in spelled_rows(table, escaped))
    return f"\\begin{{tabular}}{{{columns}}}\n\\toprule\n{head} \\\\\n\\midrule\n{body}\\bottomrule\n\\end{{tabular}}\n"


def escaped(text: str) -> str:
    """Text that LaTeX sets as it is."""
    return "".join(TEX.get(letter, letter) for letter in text).replace("\n", " ")


def spelled_rows(table: polars.DataFrame, guard: Callable[[str], str]) -> Iterator[list[str]]:
    """The cells in words: one decimal, three where they are probabilities, a dash for nothing."""
    for row in table.iter_rows(named=True):
        yield [guard(spelled(name, value)) for name, value in row.items()]


def spelled(name: str, value: Any) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.3f}" if name in PROBABILITIES else f"{value:.1f}"
    return str(value)


PROBABILITIES = frozenset({"p", "adjusted", "confidence", "support", "permutation"})
FORMS: Mapping[str, tuple[str, Callable[[polars.DataFrame], str]]] = MappingProxyType(
    {"latex": (".tex", latex), "markdown": (".md", markdown), "csv": (".csv", csv)}
)
