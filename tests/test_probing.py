"""The probe of a study: what perturbations leave, told before any model exists, as evaluations will tell it again."""

import csv
from pathlib import Path
from typing import Any

import polars
import pytest

from crosswind import results
from crosswind.console.probed import probed
from crosswind.console.running import crew, execute
from crosswind.plan import Plan, make_plan
from crosswind.probing import SCHEMA
from crosswind.stages import kind
from crosswind.store import Store
from tests.small_study import crosswind, small_file
from tests.studies import small_study

CONDITIONS = (
    {"perturbation": "typo_edit", "severities": (1, 5)},
    {"perturbation": {"kind": "case", "to": "upper"}, "severities": (3,)},
    {"perturbation": "digits", "severities": (5,)},
)
SHARED = ("eligible", "rate", "chrf", "changed", "effective", "unk_delta", "len_ratio", "trunc_rate")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Store, polars.DataFrame]:
    plan = make_plan(
        small_study(
            seeds=(1, 2),
            targets=("pocket-nli", "pocket-qa", "pocket-bucc"),
            languages=("solvane", "qamirut"),
            conditions=CONDITIONS,
            arms=({"name": "plain"},),
        )
    )
    store = Store(tmp_path_factory.mktemp("probe"))
    return plan, store, probed(plan, store, workers=1)


def test_no_model_is_trained_or_asked(made: Any) -> None:
    plan, store, _ = made
    kinds = {kind(plan.stages[each]) for each in store.held()}
    assert kinds == {"dataset", "perturb"}


def test_seeds_and_arms_that_read_the_same_text_are_one_row(made: Any) -> None:
    _, _, table = made
    assert table.select("target", "language", "condition", "severity", "draw").is_unique().all()
    assert dict(table.schema) == SCHEMA
    assert set(table.filter(target="pocket-qa")["condition"]) >= {"typo_edit[question]", "typo_edit[context]"}


def test_what_does_not_apply_and_what_reaches_nobody_says_why(made: Any) -> None:
    _, _, table = made
    notes = {(row["language"], row["condition"]): row["note"] for row in table.filter(target="pocket-nli").to_dicts()}
    assert "it changes nothing in script Arab" in notes["qamirut", "case:upper"]
    assert notes["qamirut", "digits"] == "n/a: 0 % of the items changed, less than 5 %"  # no text of Pocket has any
    assert notes["solvane", "typo_edit"] == ""


def test_evaluations_find_what_the_probe_has_found(made: Any) -> None:
    plan, store, table = made
    assert execute(plan, store, crew(plan, workers=1)).complete
    keys = ["target", "language", "condition", "severity", "draw"]
    scores = results.scores(plan, store).filter(polars.col("main") & (polars.col("condition") != "clean"))
    both = scores.join(table, on=keys, suffix="_probe")
    assert both.height >= table.filter(polars.col("changed").is_not_null()).height
    for name in SHARED:
        assert both[name].to_list() == pytest.approx(both[f"{name}_probe"].to_list(), nan_ok=True), name


def test_the_verb_prints_and_writes(tmp_path: Path) -> None:
    verb = ("probe", small_file(tmp_path), "--store", tmp_path / "store", "--workers", "1")
    said, _ = crosswind(*verb, "--out", tmp_path / "p.csv", "--format", "csv").communicate()
    with (tmp_path / "p.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["language"] for row in rows} == {"solvane", "zhelnik"}
    assert all(0 < float(row["effective"]) <= 1 for row in rows)
    shown = crosswind(*verb)
    out, _ = shown.communicate()
    assert shown.returncode == 0, said
    assert "typo_edit" in out
