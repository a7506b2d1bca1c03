"""The page: what it says beside the numbers."""

import json
from pathlib import Path
from typing import Any

import pytest

from crosswind.plan import make_plan
from crosswind.report.beside import opened
from crosswind.report.limits import declared
from crosswind.report.page import decimal, page, percent, signed
from crosswind.store import Store
from crosswind.study import Study
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


def test_the_study_as_it_was_read_is_one_that_can_be_read_again() -> None:
    own = small_study(
        arms=(
            {"name": "plain", "recipe": {"steps": 3}, "controls": ({"kind": "seeds_only", "seeds": (7, 8)},)},
            {"name": "robust", "objective": {"kind": "fgm", "eps": 0.2}, "method": {"kind": "lora", "rank": 2}},
        ),
        conditions=({"perturbation": {"kind": "case", "to": "upper"}},),
        polls=({"voting": {"kind": "masked", "rate": 0.4}, "text": "all"},),
    )
    told = declared(own)
    assert told["vote"] == [{"voting": {"kind": "masked", "rate": 0.4}, "text": "all"}]
    assert Study.model_validate_json(json.dumps(told), strict=True) == own


def test_a_folder_without_results_is_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no results of small; name the folder of another store"):
        opened(make_plan(small_study()), Store(tmp_path / "own"), tmp_path)


def test_tasks_that_took_turns_before_an_untrained_target_are_no_curve_of_its_own(tmp_path: Path) -> None:
    mixed = ({"name": "mixed", "sequences": ((("pocket-tags", "pocket-nli"),),)},)
    assert "pocket-tatoeba" in text(tmp_path, targets=("pocket-tatoeba",), arms=mixed, conditions=())


def test_differences_that_round_to_nothing_have_no_sign() -> None:
    assert [signed(each) for each in (1.25, -0.5, -0.01, 0.0, None)] == ["+1.2", "-0.5", "0.0", "0.0", "–"]


def test_numbers_that_are_not_there_are_dashes() -> None:
    assert (percent(None), percent(0.049), decimal(None), decimal(1.25)) == ("–", "5 %", "–", "1.2")
