"""Controls trained and told: in the plan's outline, among the results, in the report, and not in submissions."""

from pathlib import Path

import polars
import pytest

from crosswind import results, submission
from crosswind.console.outline import outline
from crosswind.machine import Resources
from crosswind.plan import Plan, make_plan
from crosswind.report import controls
from crosswind.report.page import page
from crosswind.store import Store
from crosswind.work import perform
from crosswind.workshop import Workshop
from tests.studies import small_study
from tests.train.conftest import one_thread  # noqa: F401

TWIN = {"kind": "pocket-nli", "seed": 7}
SEQUENCE = "pocket-tags > pocket-nli(seed=7)"
CONTROLS = ("update_matched", "joint_same_task", "no_target", "reversed")


@pytest.fixture(scope="module")
def plan() -> Plan:
    arm = {"name": "arm", "sequences": ((), ("pocket-tags", TWIN)), "controls": CONTROLS}
    return make_plan(
        small_study(
            seeds=(1,),
            targets=("pocket-nli",),
            languages=("solvane",),
            limit={"train": 16, "dev": 4, "test": 8},
            recipe={"epochs": 1, "batch": 4, "checks": 1},
            arms=(arm,),
            conditions=(),
        )
    )


@pytest.fixture(scope="module")
def store(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("controls") / "store")
    store.prepare()
    done = perform(list(plan.stages.values()), Workshop(store, Resources(device="cpu", threads=1)))
    assert {result.status for result in done} == {"done"}, [result.reason for result in done]
    return store


def test_every_control_is_trained_and_has_a_score(plan: Plan, store: Store) -> None:
    scores = results.scores(plan, store).filter(polars.col("main"))
    assert set(scores["status"]) == {"done"}
    found = {(arm, of) for arm, of in scores.select("arm", "control_of").rows()}
    assert found == {("arm", ""), *((f"arm+{name}", "arm") for name in CONTROLS)}


def test_updates_were_made_as_planned(plan: Plan, store: Store) -> None:
    rows = {row.companion.control.payload["kind"]: row for row in controls.rows(plan, store)}
    for name in ("update_matched", "joint_same_task", "reversed"):
        assert (rows[name].low, rows[name].high) == (1.0, 1.0), name
    assert rows["no_target"].high == pytest.approx(2 / 3)
    assert rows["reversed"].reasons == ["no intermediate task comes before the target"]


def test_updates_are_unknown_before_they_are_made(plan: Plan, tmp_path: Path) -> None:
    assert {row.low for row in controls.rows(plan, Store(tmp_path / "store"))} == {None}


def test_the_report_names_them_beside_their_arm(plan: Plan, store: Store) -> None:
    html = page(plan, store)
    assert "<small>control of arm</small></td><td>beside pocket-tags &gt; pocket-nli(seed=7)" in html
    assert "<b>4</b>controls" in html
    assert "<td>arm+no_target</td><td>arm</td><td>The chain without its training on the target;" in html
    assert "Controls" not in page(make_plan(small_study()), store)


def test_the_outline_says_where_they_stand(plan: Plan, tmp_path: Path) -> None:
    lines = list(outline(plan, Store(tmp_path / "store")))
    assert lines[0] == "small: 1 arm, 4 controls, 1 target, 1 seed, 6 cells"
    assert "arm+reversed         control of arm, beside 1 of 2 sequences and targets" in lines
    assert "                     not where no intermediate task comes before the target" in lines


def test_a_submission_is_of_an_arm_unless_a_control_is_named(plan: Plan) -> None:
    assert submission.treatment(plan, None, "", None).arm == "arm"
    assert submission.treatment(plan, "arm+reversed", None, None).sequence == SEQUENCE
