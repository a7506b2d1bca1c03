"""Tables as a paper prints them: what is in them, and that LaTeX takes them."""

import re
import shutil
import subprocess
from pathlib import Path

import polars
import pytest

from crosswind.ledger import Entry, ledger
from crosswind.report import printed
from crosswind.report.breakdown import Cost, Level
from crosswind.report.contrasts import Difference
from crosswind.report.explorer import Column as Condition
from crosswind.report.explorer import Table
from crosswind.report.files import Told, write_files
from crosswind.report.spending import Spending
from crosswind.report.summary import Line
from crosswind.report.typeset import MOST_ROWS, PREAMBLE, Column, Sheet, latex, markdown
from crosswind.stats.intervals import Interval
from tests.claims.test_ledger import filled

CODES = ("en", *(f"{first}{second}" for first in "abcdefg" for second in "klmnopq"))
LONG = "robust-by-the-longest-name+update_matched(by=compute): squad > wikiann+udpos"
HOSTILE = r"50 % of a_b & c#d {e} ~f ^g \h $i <j> [k] | தமிழ் 中文 --"


def lines() -> list[Line]:
    mean = Interval(71.26, 70.1, 72.4, 3)
    own = Line("xnli", LONG, "", mean, {"perturbed": mean}, {"perturbed": 3.21}, "sw", 51.2, 3)
    other = Line("tydiqa", HOSTILE, "snli > squad", Interval(50.0, 50.0, 50.0, 1), {}, {}, "te", 4.0, 1)
    return [own, other, Line("xnli", "plain", "", mean, {}, {}, "sw", 50.0, 3)]


def table(treatments: int) -> Table:
    values = tuple(tuple((float(place),) for place, _ in enumerate(CODES)) for _ in range(treatments))
    names = tuple(f"{LONG} {number}" for number in range(treatments))
    return Table("xnli", 33.3, "en", names, CODES, (Condition("clean", 0, "", ""),), values)


def sheets() -> list[Sheet]:
    levels = tuple(Level(severity, 60.0 - severity, 5.0 + severity, is_unaudited=False) for severity in range(1, 6))
    return [
        *printed.scores(lines()),
        *printed.languages([table(2)]),
        *printed.contrasts(
            [Difference("xnli", LONG, "plain", "on perturbed text", -1.23, -3.0, 0.5, "seeds and items")]
        ),
        *printed.perturbations([Cost("xnli", LONG, "typo_edit", "noise", "B", ("en", "sw"), levels)] * (MOST_ROWS + 1)),
        *printed.costs([Spending(LONG, 45, 45, 98765.4, 123456789, 250000, 278045952, 12345678901)]),
    ]


def cells(row: str) -> list[str]:
    return re.split(r"(?<!\\)&", row.removesuffix(r" \\"))


def test_every_row_has_the_columns_of_its_table() -> None:
    for sheet in sheets():
        assert {len(row) for row in sheet.rows} == {len(sheet.columns)}
        rows = [line for line in latex([sheet]).splitlines() if line.endswith(r" \\") and "multicolumn" not in line]
        assert len(rows) == len(sheet.rows) + 1
        assert {len(cells(row)) for row in rows} == {len(sheet.columns)}
        own = [line for line in markdown([sheet]).splitlines() if line.startswith("|")]
        assert {len(re.split(r"(?<!\\)\|", line)) for line in own} == {len(sheet.columns) + 2}


def test_what_latex_reads_as_a_command_is_guarded() -> None:
    text = latex([Sheet((Column(HOSTILE), Column("n", "number")), ((HOSTILE, "-1.5 [-3.0, -0.1]"),), HOSTILE)])
    for told in (r"50 \% of a\_b \& c\#d \{e\}", r"\textasciitilde{}f \textasciicircum{}g", r"\textbackslash{}h \$i"):
        assert text.count(told) == 3
    assert text.count(r"\textless{}j\textgreater{} {[}k{]} \textbar{} தமிழ் 中文 -{}-") == 3
    assert r"$-$1.5 {[}$-$3.0, $-$0.1{]}" in text
    inside = re.sub(r"\\.", "", text.replace(PREAMBLE, ""))
    assert inside.count("{") == inside.count("}")


def test_languages_stand_in_blocks_and_each_once() -> None:
    found = printed.languages([table(2)])
    assert [column.head for sheet in found for column in sheet.columns if column.kind == "number"] == list(CODES)
    assert max(len(sheet.columns) for sheet in found) < 14
    assert [cell for sheet in found for cell in sheet.rows[0][1:]] == [f"{place:.1f}" for place, _ in enumerate(CODES)]


def test_a_table_of_few_columns_is_printed_as_it_is() -> None:
    table = polars.DataFrame({"name": ["a", None], "p": [0.0123, 1.0], "value": [-1.26, None], "sure": [True, False]})
    (sheet,) = Told.plain(table).printed
    assert sheet.rows == (("a", "0.012", "-1.3", "yes"), ("–", "1.000", "–", "no"))
    assert [column.kind for column in sheet.columns] == ["text", "number", "number", "text"]
    assert Told.plain(table.head(0)).printed == []


def test_targets_are_kept_apart() -> None:
    xnli, tydiqa = printed.scores(lines())
    assert ([row[0] for row in xnli.rows], xnli.title) == ([LONG, "plain"], "xnli")
    assert xnli.rows[0][2:] == ("71.3 ± 1.1", "71.3 ± 1.1", "3.2", "sw 51.2", "3")
    assert xnli.rows[1][3:5] == ("–", "–")
    assert tydiqa.rows[0][1:] == ("snli > squad", "50.0", "te 4.0", "1")


def test_a_claim_is_a_row_of_seven_cells(tmp_path: Path) -> None:
    plan, store = filled(tmp_path, {"fgm": 0.75, "erm": 0.55})
    entries = ledger(plan, store)
    (sheet,) = printed.claims(entries)
    better, worse, alike = sheet.rows
    finding = entries[0].finding
    assert finding is not None
    assert better[:3] == ("better", "robust - plain", "clean")
    assert better[3] == f"{finding.value:+.2f} [{finding.first.low:+.2f}, {finding.first.high:+.2f}]"
    assert entries[0].adjusted is not None
    assert float(better[4]) == pytest.approx(entries[0].adjusted, abs=5e-4)
    assert better[5:] == ("supported, but not against robust+random_direction", "5")
    assert printed.probability(0.0004) == "<0.001"
    assert worse[5] == "refuted at 1 point"
    assert alike[0] == "alike (exploratory)"
    assert printed.claim(Entry(entries[0].claim, "no outcomes"))[3:] == ("–", "–", "no outcomes", "–")


def test_a_study_leaves_every_table_in_full_and_as_it_is_printed(tmp_path: Path) -> None:
    plan, store = filled(tmp_path, {"fgm": 0.75, "erm": 0.55})
    paths = list(write_files(plan, store, "latex", tmp_path / "files"))
    names = {path.stem for path in paths if path.suffix == ".csv"}
    assert names >= {"claims", "scores", "languages", "contrasts", "costs"}
    assert {path.stem for path in paths if path.suffix == ".tex"} == names
    assert "bootstrap_low" in (tmp_path / "files" / "claims.csv").read_text(encoding="utf-8")
    assert "bootstrap" not in (tmp_path / "files" / "claims.tex").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX is installed")
def test_it_compiles_and_fits_a_line_of_sixteen_centimetres(tmp_path: Path) -> None:
    plan, store = filled(tmp_path, {"fgm": 0.75, "erm": 0.55})
    tables = latex([*printed.claims(ledger(plan, store)), *sheets()]).replace("தமிழ் 中文 ", "")
    start = f"\\documentclass{{article}}\\usepackage[textwidth=16cm]{{geometry}}{PREAMBLE}\\begin{{document}}\n"
    (tmp_path / "paper.tex").write_text(f"{start}{tables}\\end{{document}}\n", encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    for _ in range(2):  # long tables know their widths the second time
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=120)
        assert done.returncode == 0, done.stdout[-2000:]
    too_wide = [float(found) for found in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", done.stdout)]
    assert [each for each in too_wide if each > 2] == []
