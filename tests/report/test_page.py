"""The page: what it says beside the numbers."""

from pathlib import Path
from typing import Any

from crosswind.plan import make_plan
from crosswind.report.page import decimal, page, percent
from crosswind.store import Store
from tests.studies import small_study


def text(folder: Path, **changes: Any) -> str:
    return page(make_plan(small_study(**changes)), Store(folder))


def test_what_licences_want_said_is_said_once(tmp_path: Path) -> None:
    romanize = {"perturbation": "romanize", "severities": (1,)}
    html = text(tmp_path, languages=("zhelnik",), conditions=(romanize, {"perturbation": "typo_edit"}))
    assert html.count("uroman") == 1
    assert "uroman" not in text(tmp_path)


def test_what_does_not_apply_is_told_with_its_reason(tmp_path: Path) -> None:
    upper = {"perturbation": {"kind": "case", "to": "upper"}}
    html = text(tmp_path, targets=("pocket-nli",), languages=("solvane", "qamirut"), conditions=(upper,))
    assert "does not apply to the task or script" in html
    assert "it changes nothing in script Arab" in html


def test_numbers_that_are_not_there_are_dashes() -> None:
    assert (percent(None), percent(0.049), decimal(None), decimal(1.25)) == ("–", "5 %", "–", "1.2")
