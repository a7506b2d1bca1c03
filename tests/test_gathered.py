"""Few files for all scores: the same numbers, read once, and nothing lost without them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars
import pytest

from crosswind import gathered, run
from crosswind.gathered import MANY, counts_of, gather, keep, scores_of, tables
from crosswind.identity import Stage
from crosswind.jobs import Result
from crosswind.losses import losses
from crosswind.plan import Plan
from crosswind.records import Damaged
from crosswind.run import Run
from crosswind.stages import Evaluate
from crosswind.store import RECORD, SCORES, TABLES, Store
from tests.small_study import Toys, small_plan

COLUMNS = ("stage", "metric", "main", "value")


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "FEW", 0)
    monkeypatch.setattr(gathered, "BATCH", 3)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return small_plan(tmp_path)


@pytest.fixture
def store(tmp_path: Path, plan: Plan) -> tuple[Store, list[Evaluate]]:
    """A store with scores for every evaluation of a small plan."""
    store = Store(tmp_path / "store")
    store.prepare()
    stages = [stage for stage in plan.stages.values() if isinstance(stage, Evaluate)]
    for number, stage in enumerate(stages):
        publish(store, stage, float(number))
    return store, stages


def publish(store: Store, stage: Evaluate, value: float, **columns: object) -> None:
    work = store.work(stage)
    rows = {"metric": ["accuracy", "f1"], "main": [True, False], "value": [value, value / 2]}
    polars.DataFrame(rows).with_columns(polars.lit(own).alias(name) for name, own in columns.items()).write_parquet(
        work / SCORES
    )
    store.publish(stage, work, (SCORES,), {"truncated": int(value), "collided": 0}, {})


def rows(store: Store, stages: Sequence[Evaluate]) -> list[tuple[object, ...]]:
    return sorted(scores_of(Store(store.root), stages).select(COLUMNS).rows())


def expected(stages: Sequence[Evaluate]) -> list[tuple[object, ...]]:
    both = [
        each
        for number, stage in enumerate(stages)
        for each in ((stage.id, "accuracy", True, float(number)), (stage.id, "f1", False, number / 2))
    ]
    return sorted(both)


def nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "read", lambda *_: pytest.fail("a published file was opened again"))


def test_scores_are_the_same_with_and_without_the_files(
    store: tuple[Store, list[Evaluate]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, stages = store
    monkeypatch.setattr(gathered, "FEW", 1000)
    assert rows(found, stages) == expected(stages)
    assert not (found.root / TABLES).exists()
    monkeypatch.setattr(gathered, "FEW", 0)
    assert rows(found, stages) == expected(stages)
    assert len(tables(found)) == 1
    nothing_is_opened(monkeypatch)
    assert rows(found, stages) == expected(stages)
    assert {stage for stage, *_ in rows(found, stages[:1])} == {stages[0].id}


def test_what_came_later_is_added(store: tuple[Store, list[Evaluate]], monkeypatch: pytest.MonkeyPatch) -> None:
    found, stages = store
    rows(found, stages[:2])
    assert rows(found, stages) == expected(stages)
    nothing_is_opened(monkeypatch)
    assert rows(found, stages) == expected(stages)


def test_files_of_other_columns_are_read_as_well(tmp_path: Path, plan: Plan) -> None:
    store = Store(tmp_path / "store")
    store.prepare()
    stages = [stage for stage in plan.stages.values() if isinstance(stage, Evaluate)]
    for number, stage in enumerate(stages):
        publish(store, stage, float(number), **({"changed": 0.5} if number % 3 else {}))
    assert rows(store, stages) == expected(stages)
    changed = dict(scores_of(store, stages).select("stage", "changed").rows())
    assert [changed[stage.id] for stage in stages] == [0.5 if number % 3 else None for number in range(len(stages))]


def test_two_who_write_at_once_lose_nothing(
    store: tuple[Store, list[Evaluate]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, stages = store
    for _ in range(3):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda stage: gather(Store(found.root), [stage]), stages * 2))
    assert 0 < len(tables(found)) < 2 * len(stages) + MANY
    nothing_is_opened(monkeypatch)
    assert rows(found, stages) == expected(stages)


def test_many_files_become_one(store: tuple[Store, list[Evaluate]], monkeypatch: pytest.MonkeyPatch) -> None:
    found, stages = store
    for stage in stages:
        gather(found, [stage])
        assert len(tables(found)) <= MANY
    for _ in range(MANY):
        gather(found, stages[:1])
    nothing_is_opened(monkeypatch)
    assert rows(found, stages) == expected(stages)


@pytest.mark.parametrize("content", [b"PAR1 torn", b"", None])
def test_a_torn_file_is_no_loss(store: tuple[Store, list[Evaluate]], content: bytes | None) -> None:
    found, stages = store
    rows(found, stages)
    path = tables(found)[0]
    path.write_bytes(path.read_bytes()[:-100] if content is None else content)
    assert rows(found, stages) == expected(stages)
    assert rows(found, stages) == expected(stages)


def test_a_file_from_before_is_passed_over(store: tuple[Store, list[Evaluate]]) -> None:
    found, stages = store
    (found.root / TABLES).mkdir()
    old = polars.DataFrame({"stage": [stages[0].id], "metric": ["accuracy"], "main": [True], "value": [-1.0]})
    old.write_parquet(found.root / TABLES / SCORES)
    assert rows(found, stages) == expected(stages)


def test_a_folder_that_cannot_be_written_is_no_loss(store: tuple[Store, list[Evaluate]]) -> None:
    found, stages = store
    (found.root / TABLES).write_text("no folder")
    assert rows(found, stages) == expected(stages)
    gather(found, stages)
    assert counts_of(found) == {}


def test_a_full_disk_leaves_nothing_half_written(
    store: tuple[Store, list[Evaluate]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, stages = store

    def full(table: polars.DataFrame, path: Path) -> None:
        path.write_bytes(b"PAR1")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(polars.DataFrame, "write_parquet", full)
    assert rows(found, stages) == expected(stages)
    assert not list((found.root / TABLES).iterdir())


def test_what_is_made_again_counts_anew(store: tuple[Store, list[Evaluate]]) -> None:
    found, stages = store
    rows(found, stages)
    found.remove(found.folder(stages[0]))
    publish(found, stages[0], 99.0)
    assert {row for row in rows(found, stages) if row[0] == stages[0].id and row[2]} == {
        (stages[0].id, "accuracy", True, 99.0)
    }


def test_the_newest_rows_of_a_stage_count(store: tuple[Store, list[Evaluate]]) -> None:
    found, stages = store
    rows(found, stages)
    stale = scores_of(found, stages[:1]).with_columns(
        polars.lit(-1.0).alias("value"), polars.lit(0).alias("truncated"), polars.lit(0).alias("collided")
    )
    keep(found, stale)
    assert {row[3] for row in rows(found, stages) if row[0] == stages[0].id} == {-1.0}
    gather(found, stages[:1])
    assert rows(found, stages) == expected(stages)


def test_damage_is_told_where_scores_are_read(store: tuple[Store, list[Evaluate]]) -> None:
    found, stages = store
    path = found.folder(stages[-1]) / SCORES
    path.write_bytes(path.read_bytes().replace(b"f1", b"f2"))
    gather(found, stages)
    assert not tables(found)
    with pytest.raises(Damaged, match="has changed since it was published"):
        scores_of(found, stages)
    path.unlink()
    with pytest.raises(Damaged, match="is missing"):
        scores_of(found, stages)


def test_losses_need_no_record_of_what_was_gathered(
    store: tuple[Store, list[Evaluate]], plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, stages = store
    plain = losses(plan, found)
    assert {loss.count for loss in plain} == set(range(1, len(stages)))
    rows(found, stages)
    assert counts_of(found)[stages[1].id] == {"truncated": 1, "collided": 0}
    monkeypatch.setattr(Store, "record", lambda *_: pytest.fail("a record was opened again"))
    assert losses(plan, Store(found.root)) == plain
    (found.folder(stages[-1]) / RECORD).unlink()
    assert len(losses(plan, Store(found.root))) == len(plain) - 1, "what is gone has lost nothing"


def test_a_run_gathers_what_it_has_evaluated(tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "made")
    published: list[str] = []

    def scored(stage: Stage) -> Result | None:
        if not isinstance(stage, Evaluate):
            return None
        publish(store, stage, float(len(published)))
        published.append(stage.id)
        return Result(stage.id, "done")

    monkeypatch.setattr(run, "COPIED_AT_ONCE", 4)
    assert Run(plan, store, lambda: Toys(store, scored))().complete
    assert set(counts_of(store)) == set(published)
    assert len(tables(store)) > 1, "it has gathered on the way as well"


def test_nothing_is_nothing(tmp_path: Path) -> None:
    assert scores_of(Store(tmp_path), []).is_empty()
    assert counts_of(Store(tmp_path)) == {}
