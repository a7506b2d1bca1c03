"""Tables as they stand in a paper or a README: LaTeX with booktabs, and Markdown. What is in them says printed.py."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import polars

PREAMBLE = r"\usepackage{booktabs,array,longtable}"
MOST_ROWS = 45  # on one page
NOTHING = "–"
TEX = MappingProxyType(
    {
        "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
        "|": r"\textbar{}", "[": "{[}", "]": "{]}", "±": r"$\pm$", "\n": " ",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its heading. Text that may be long is `wrapped`, and takes that `share` of a line."""

    head: str
    kind: Literal["text", "number", "wrapped"] = "text"
    share: float = 0.2

    @property
    def tex(self) -> str:
        if self.kind == "wrapped":
            return rf">{{\raggedright\arraybackslash}}p{{{self.share:g}\linewidth}}"
        return "r" if self.kind == "number" else "l"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with all its cells in words, and with few enough columns for a page. `title` says what they share."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


def latex(sheets: Sequence[Sheet]) -> str:
    """Tables for a paper, small and without floats around them, so that captions stay its author's."""
    return f"% {PREAMBLE}\n" + "\\medskip\n".join(map(tex_of, sheets))


def tex_of(sheet: Sheet) -> str:
    """One table; a long one breaks over pages."""
    columns = f"{{@{{}}{''.join(column.tex for column in sheet.columns)}@{{}}}}"
    title = rf"\multicolumn{{{len(sheet.columns)}}}{{@{{}}l}}{{\textit{{{escaped(sheet.title)}}}}} \\" + "\n"
    head = f"\\toprule\n{title if sheet.title else ''}{line(heads(sheet))}\\midrule\n"
    body = "".join(line(map(tex_cell, sheet.columns, row)) for row in sheet.rows)
    if len(sheet.rows) > MOST_ROWS:
        inside = f"{head}\\endhead\n\\bottomrule\n\\endfoot\n{body}"
        made = f"\\begin{{longtable}}{columns}\n{inside}\\end{{longtable}}\n"
    else:
        made = f"\\noindent\\begin{{tabular}}{columns}\n{head}{body}\\bottomrule\n\\end{{tabular}}\\par\n"
    return f"{{\\footnotesize\\setlength{{\\tabcolsep}}{{4pt}}\n{made}}}\n"


def heads(sheet: Sheet) -> Iterator[str]:
    return (escaped(column.head) for column in sheet.columns)


def line(cells: Iterable[str]) -> str:
    return f"{' & '.join(cells)} \\\\\n"


def tex_cell(column: Column, text: str) -> str:
    """A cell as LaTeX sets it: minus signs as such, and names that may break where people would break them."""
    guarded = escaped(text)
    if column.kind == "number":
        return re.sub(r"(?<![\w.])-(?=\d)", "$-$", guarded)
    return re.sub(r"(\\_|\+|,|-)(?=\w)", r"\1\\allowbreak{}", guarded) if column.kind == "wrapped" else guarded


def escaped(text: str) -> str:
    """Text that LaTeX sets as it is, without ligatures of hyphens."""
    return "".join(TEX.get(letter, letter) for letter in text).replace("--", "-{}-")


def markdown(sheets: Sequence[Sheet]) -> str:
    """Tables for a README."""
    return "\n".join("".join(f"{each}\n" for each in markdown_lines(sheet)) for sheet in sheets)


def markdown_lines(sheet: Sheet) -> Iterator[str]:
    if sheet.title:
        yield from (f"**{barred(sheet.title)}**", "")
    yield f"| {' | '.join(barred(column.head) for column in sheet.columns)} |"
    yield f"| {' | '.join('---:' if column.kind == 'number' else '---' for column in sheet.columns)} |"
    yield from (f"| {' | '.join(map(barred, row))} |" for row in sheet.rows)


def barred(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")


def sheet_of(table: polars.DataFrame) -> Sheet:
    """A table of few columns as it is."""
    columns = (Column(name, "number" if kind.is_numeric() else "text") for name, kind in table.schema.items())
    rows = (tuple(spelled(value, name) for name, value in row.items()) for row in table.iter_rows(named=True))
    return Sheet(tuple(columns), tuple(rows))


def spelled(value: Any, name: str = "") -> str:
    """A value in words: one decimal, three of what is named as a probability, a dash for nothing."""
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.3f}" if name in PROBABILITIES else f"{value:.1f}"
    return str(value)


PROBABILITIES = frozenset({"p", "adjusted", "confidence", "support", "permutation"})


FORMS: Mapping[str, tuple[str, Callable[[Sequence[Sheet]], str]]] = MappingProxyType(
    {"latex": (".tex", latex), "markdown": (".md", markdown)}
)
