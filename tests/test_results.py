"""Outcomes of many evaluations as one table, whatever their files look like."""

from pathlib import Path

import polars
import pytest

from crosswind import results
from crosswind.plan import Plan
from crosswind.records import Damaged
from crosswind.stages import Evaluate
from crosswind.store import OUTCOMES, Store
from tests.small_study import small_plan


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return small_plan(tmp_path)


@pytest.fixture
def store(tmp_path: Path, plan: Plan) -> Store:
    """A store whose every other evaluation is older than a column; each has as many examples as its number says."""
    store = Store(tmp_path / "store [of *] results")
    store.prepare()
    for number, stage in enumerate(evaluations(plan)):
        work = store.work(stage)
        table = polars.DataFrame({"example": [f"{stage.id}-{place}" for place in range(number)], "right": 1.0})
        (table if number % 2 else table.with_columns(cut=False)).write_parquet(work / OUTCOMES)
        store.publish(stage, work, (OUTCOMES,), {}, {})
    return store


def evaluations(plan: Plan) -> list[Evaluate]:
    return [stage for stage in plan.stages.values() if isinstance(stage, Evaluate)]


@pytest.mark.parametrize("batch", [1, 2, 3, 500])
def test_rows_stand_beside_their_stage_however_many_files_are_read_at_once(
    plan: Plan, store: Store, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(results, "BATCH", batch)
    stages = evaluations(plan)
    found = results.read(plan, store, [stage.id for stage in stages], OUTCOMES)
    assert found.height == sum(range(len(stages)))
    for row in found.iter_rows(named=True):
        assert row["example"].startswith(row["stage"])
    lacking = set(found.filter(polars.col("cut").is_null())["stage"])
    assert lacking == {stage.id for number, stage in enumerate(stages) if number % 2}
    assert set(found.columns) == {"example", "right", "cut", "stage"}


def test_a_changed_file_is_no_outcome(plan: Plan, store: Store) -> None:
    stage = evaluations(plan)[-1]
    path = store.folder(stage) / OUTCOMES
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(Damaged):
        results.read(plan, store, [stage.id], OUTCOMES)


def test_of_nothing_there_is_nothing(plan: Plan, store: Store) -> None:
    assert results.read(plan, store, [], OUTCOMES).is_empty()
