"""How the page averages: in one order, inside each seed, without what tested nothing."""

from typing import Any

import polars
import pytest

from crosswind.report import breakdown, summary

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
    "validity": "",
    "family": "",
    "track": "",
    "core": False,
    "control_of": "",
    "seen": False,
    "scale": None,
    "segmenter": None,
    "not_nfc": 0.0,
    **dict.fromkeys(("eligible", "rate", "chrf", "unk_delta", "len_ratio", "trunc_rate"), 0.9),
}


def table(*rows: dict[str, Any]) -> polars.DataFrame:
    """Scores, each of an evaluation of its own where no stage is named."""
    numbered = [COLUMNS | {"stage": str(number)} | row for number, row in enumerate(rows)]
    overrides = {"effective": polars.Float64, "scale": polars.String, "segmenter": polars.String}
    return polars.DataFrame(numbered, schema_overrides=overrides)


def typos(value: float, **more: Any) -> dict[str, Any]:
    own = {"condition": "typo_edit", "severity": 1, "draw": 1, "changed": 0.9, "effective": 1.0, "value": value}
    own |= {"validity": "B", "family": "char noise", "core": True, "scale": "rate", "segmenter": "builtin-1"}
    return own | more


def test_draws_then_severities_then_conditions_then_languages() -> None:
    frame = table(
        {"value": 80.0},
        typos(10.0, draw=1),
        typos(20.0, draw=2),
        typos(45.0, severity=3),
        typos(90.0, condition="typo_key"),
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
    assert line.perturbed == {}


def test_a_condition_that_reached_no_model_counts_nowhere_but_is_listed() -> None:
    frame = table(
        {"value": 80.0}, typos(80.0, effective=0.1), typos(50.0, language="y"), {"value": 70.0, "language": "y"}
    )
    means = dict(summary.averaged(frame).select("text", "value").iter_rows())
    assert means["perturbed"] == 50.0
    told = {row["language"]: row["idle"] for row in breakdown.reach(frame)}
    assert told == {"x": "n/a: of the changed items, 10 % reach the model, less than half", "y": ""}


def test_a_condition_that_changed_hardly_any_item_counts_nowhere() -> None:
    frame = table({"value": 80.0}, typos(80.0, changed=0.01), typos(80.0, changed=0.0, effective=None, severity=3))
    assert dict(summary.averaged(frame).select("text", "value").iter_rows()) == {"clean": 80.0}
    assert [row["idle"][:30] for row in breakdown.reach(frame)] == [
        "n/a: 1 % of the items changed,",
        "n/a: 0 % of the items changed,",
    ]


def test_failed_and_missing_cells_are_left_out_of_means() -> None:
    frame = table(
        {"value": 80.0}, {"value": None, "status": "missing", "seed": 2}, {"value": None, "status": "failed", "seed": 3}
    )
    line = next(summary.lines(frame))
    assert (line.seeds, line.diverged) == (1, 1)


def test_headlines_are_over_the_common_core_and_what_somebody_vouches_for() -> None:
    frame = table(
        {"value": 80.0},
        typos(60.0),
        typos(10.0, condition="case:upper", core=False),
        typos(0.0, severity=5, validity="C"),
    )
    line = next(summary.lines(frame))
    assert {text: interval.mean for text, interval in line.perturbed.items()} == {"perturbed": 60.0}
    assert line.drops == {"perturbed": 20.0}


def test_what_some_arm_has_met_in_training_leaves_the_means_of_all() -> None:
    space = {"condition": "space", "family": "space"}
    frame = table(
        {"value": 80.0},
        typos(60.0),
        typos(70.0, **space),
        {"value": 90.0, "arm": "augmented"},
        typos(85.0, arm="augmented", seen=True),
        typos(76.0, arm="augmented", **space),
    )
    found = {line.arm: {text: each.mean for text, each in line.perturbed.items()} for line in summary.lines(frame)}
    assert found[COLUMNS["arm"]] == {"perturbed": 70.0, "perturbed, met in training": 60.0}
    assert found["augmented"] == {"perturbed": 76.0, "perturbed, met in training": 85.0}
    marked = {(cost.treatment.partition(":")[0], cost.condition) for cost in breakdown.costs(frame) if cost.is_seen}
    assert marked == {("augmented", "typo_edit")}


def test_what_was_met_is_known_before_its_own_scores_are() -> None:
    frame = table(
        {"value": 80.0},
        typos(60.0),
        {"value": 90.0, "arm": "augmented"},
        typos(0.0, arm="augmented", seen=True) | {"value": None, "status": "missing"},
    )
    line = next(summary.lines(frame))
    assert line.perturbed.keys() == {"perturbed, met in training"}


def test_questions_and_contexts_and_scales_are_kept_apart() -> None:
    frame = table(
        {"value": 80.0},
        typos(60.0, condition="typo_edit[question]", track="question"),
        typos(40.0, condition="typo_edit[context]", track="context"),
        typos(20.0, condition="typo_edit[context], iso", track="context", scale="iso"),
    )
    line = next(summary.lines(frame))
    assert {text: interval.mean for text, interval in line.perturbed.items()} == {
        "perturbed question": 60.0,
        "perturbed context": 40.0,
        "perturbed context, iso": 20.0,
    }


def test_drops_compare_the_languages_that_have_both() -> None:
    frame = table(
        {"value": 80.0}, {"value": 20.0, "language": "y"}, typos(70.0), typos(20.0, language="y", changed=0.0)
    )
    line = next(summary.lines(frame))
    assert line.perturbed["perturbed"].mean == 70.0
    assert line.drops == {"perturbed": 10.0}


def test_every_perturbation_has_its_row_and_class_c_a_table_of_its_own() -> None:
    frame = table(
        {"value": 80.0},
        {"value": 60.0, "language": "y"},
        typos(70.0),
        typos(40.0, language="y"),
        typos(30.0, severity=4),
        typos(10.0, severity=5, validity="C"),
        typos(50.0, condition="case:upper", core=False, validity="A", severity=5),
    )
    typo, upper = breakdown.costs(frame)
    assert (typo.condition, typo.validity, typo.family, typo.languages) == ("typo_edit", "B", "char noise", ("x", "y"))
    assert [(level.severity, level.value, level.drop, level.is_unaudited) for level in typo.levels] == [
        (1, 55.0, 15.0, False),
        (4, 30.0, 50.0, True),
    ]
    assert [(level.value, level.is_unaudited) for level in upper.levels] == [(50.0, False)]
    (diagnostic,) = breakdown.diagnostics(frame)
    assert (diagnostic.validity, diagnostic.languages, diagnostic.levels[0].value) == ("C", ("x",), 10.0)


def test_text_that_was_not_published_in_normal_form_is_told_by_language() -> None:
    frame = table({"value": 80.0, "not_nfc": 0.3}, {"value": 80.0, "language": "y"}, typos(1.0, not_nfc=0.3))
    assert breakdown.published(frame) == [("t", [("x", 0.3)])]
