"""How the page averages: in one order, inside each seed, without what tested nothing."""

from typing import Any

import polars
import pytest

from crosswind.report import summary

COLUMNS = {
    "arm": "a",
    "sequence": "",
    "target": "t",
    "seed": 1,
    "language": "x",
    "condition": "clean",
    "severity": 0,
    "draw": 0,
    "stage": "0",
    "reason": "",
    "status": "done",
    "metric": "accuracy",
    "main": True,
    "value": 0.0,
    "examples": 10,
    "changed": 0.0,
    "effective": None,
}


def table(*rows: dict[str, Any]) -> polars.DataFrame:
    """Scores, each of an evaluation of its own where no stage is named."""
    numbered = [COLUMNS | {"stage": str(number)} | row for number, row in enumerate(rows)]
    return polars.DataFrame(numbered, schema_overrides={"effective": polars.Float64})


def typos(value: float, **more: Any) -> dict[str, Any]:
    own = {"condition": "typo_edit", "severity": 1, "draw": 1, "changed": 0.9, "effective": 1.0, "value": value}
    return own | more


def test_draws_then_severities_then_conditions_then_languages() -> None:
    frame = table(
        {"value": 80.0},
        typos(10.0, draw=1),
        typos(20.0, draw=2),
        typos(45.0, severity=3),
        typos(90.0, condition="case:upper"),
    )
    means = dict(summary.averaged(frame).select("text", "value").iter_rows())
    assert means == {"clean": 80.0, "perturbed": pytest.approx(((15 + 45) / 2 + 90) / 2)}


def test_seeds_that_share_an_evaluation_are_one_number() -> None:
    frame = table({"value": 60.0, "stage": "s"}, {"value": 60.0, "stage": "s", "seed": 2})
    assert next(summary.lines(frame)).seeds == 1
    assert summary.points(frame)[0].interval.count == 1


def test_seeds_are_averaged_last() -> None:
    frame = table({"value": 60.0}, {"value": 70.0, "seed": 2}, {"value": 90.0, "seed": 2, "language": "y"})
    line = next(summary.lines(frame))
    assert line.clean.mean == pytest.approx((60 + 80) / 2)
    assert line.seeds == 2
    assert (line.worst_language, line.worst) == ("x", 65.0)
    assert line.perturbed is None


def test_a_condition_that_reached_no_model_counts_nowhere_but_is_listed() -> None:
    frame = table(
        {"value": 80.0}, typos(80.0, effective=0.1), typos(50.0, language="y"), {"value": 70.0, "language": "y"}
    )
    means = dict(summary.averaged(frame).select("text", "value").iter_rows())
    assert means["perturbed"] == 50.0
    assert summary.idle_cells(frame).select("language", "effective").rows() == [("x", 0.1)]


def test_a_condition_that_changed_hardly_any_item_counts_nowhere() -> None:
    frame = table({"value": 80.0}, typos(80.0, changed=0.01), typos(80.0, changed=0.0, effective=None, severity=3))
    assert dict(summary.averaged(frame).select("text", "value").iter_rows()) == {"clean": 80.0}
    assert summary.idle_cells(frame).height == 2


def test_failed_and_missing_cells_are_left_out_of_means() -> None:
    frame = table(
        {"value": 80.0}, {"value": None, "status": "missing", "seed": 2}, {"value": None, "status": "failed", "seed": 3}
    )
    assert next(summary.lines(frame)).seeds == 1
