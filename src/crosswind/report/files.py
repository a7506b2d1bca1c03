"""The report as files for a paper: tables in LaTeX (booktabs), Markdown and CSV, figures as SVG, PDF and PNG."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars

from crosswind import ledger, results
from crosswind.plan import Plan
from crosswind.report import breakdown, contrasts, explorer, figures, severity, spending, summary
from crosswind.report.opinions import opinions
from crosswind.store import Store

SUFFIXES = (".svg", ".pdf", ".png")
TEX = MappingProxyType(
    {
        "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    }
)  # fmt: skip


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
    """Write all tables in one form and as CSV, and all figures; yield the paths."""
    found = found_of(plan, store)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables(plan, store, found).items():
        for suffix, spelled in {FORMS[form][0]: FORMS[form][1], ".csv": csv}.items():
            path = folder / f"{name}{suffix}"
            path.write_text(spelled(table), encoding="utf-8")
            yield path
    for name, chart in charts(plan, store, found):
        for suffix in SUFFIXES:
            path = folder / f"{name}{suffix}"
            figures.write(chart, path)
            yield path


def found_of(plan: Plan, store: Store) -> Found:
    """What tables and figures are made from, each computed once."""
    scores = results.scores(plan, store)
    return Found(scores, explorer.tables(plan.study, scores), contrasts.differences(plan, store, scores))


def tables(plan: Plan, store: Store, found: Found) -> dict[str, polars.DataFrame]:
    """Every table that has a row, by the name of its file."""
    told = {
        "claims": frame(ledger.rows(ledger.ledger(plan, store))),
        "scores": frame([*map(headline, summary.lines(found.apart))]),
        "languages": by_language(found.tables),
        "contrasts": frame([asdict(each) for each in found.differences]),
        "perturbations": frame([row for cost in breakdown.costs(found.scores) for row in levels(cost)]),
        "costs": frame([asdict(each) for each in spending.spendings(plan, store)]),
        **{name: frame(rows) for name, rows in opinions(plan, store, found.scores).rows.items()},
    }
    return {name: table for name, table in told.items() if table.height}


def frame(rows: list[dict[str, Any]]) -> polars.DataFrame:
    return polars.DataFrame(rows, infer_schema_length=None)


def headline(line: summary.Line) -> dict[str, Any]:
    """One row of the results table."""
    told: dict[str, Any] = {"target": line.target, "arm": line.arm, "intermediate tasks": line.sequence or "none"}
    for text, interval in {"clean": line.clean, **line.perturbed}.items():
        told |= {text: interval.mean, f"{text} low": interval.low, f"{text} high": interval.high}
        if text in line.drops:
            told[f"{text} drop"] = line.drops[text]
    return told | {"worst language": line.worst_language, "worst": line.worst, "seeds": line.seeds}


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
    """The cells in words: one decimal, three where they are probabilities or odds, a dash for nothing."""
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


ODDS = ("log odds", "log odds low", "log odds high")
PROBABILITIES = frozenset({"p", "adjusted", "confidence", "support", "permutation", "violation", "bound", *ODDS})
FORMS: Mapping[str, tuple[str, Callable[[polars.DataFrame], str]]] = MappingProxyType(
    {"latex": (".tex", latex), "markdown": (".md", markdown), "csv": (".csv", csv)}
)
