"""One file for all scores: the same numbers, read once, and nothing lost without it."""

from pathlib import Path

import polars
import pytest

from crosswind import gathered
from crosswind.gathered import FOLDER, scores_of
from crosswind.stages import Evaluate
from crosswind.store import SCORES, Store
from tests.small_study import small_plan


@pytest.fixture
def store(tmp_path: Path) -> tuple[Store, list[Evaluate]]:
    """A store with a score for every evaluation of a small plan."""
    store = Store(tmp_path / "store")
    store.prepare()
    stages = [stage for stage in small_plan(tmp_path).stages.values() if isinstance(stage, Evaluate)]
    for number, stage in enumerate(stages):
        work = store.work(stage)
        polars.DataFrame({"metric": ["accuracy"], "value": [float(number)]}).write_parquet(work / SCORES)
        store.publish(stage, work, (SCORES,), {}, {})
    return store, stages


def test_scores_are_the_same_with_and_without_the_file(
    store: tuple[Store, list[Evaluate]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, stages = store
    plain = scores_of(found, stages)
    assert not (found.root / FOLDER).exists()
    monkeypatch.setattr(gathered, "FEW", 0)
    assert scores_of(found, stages).sort("stage").equals(plain.sort("stage").select("metric", "value", "stage"))
    assert (found.root / FOLDER / SCORES).exists()
    monkeypatch.setattr(gathered, "frames", lambda _, new: [] if not new else pytest.fail("a file was opened again"))
    assert scores_of(found, stages).sort("stage").equals(plain.sort("stage").select("metric", "value", "stage"))
    assert scores_of(found, stages[:1])["stage"].to_list() == [stages[0].id]


def test_what_came_later_is_added(store: tuple[Store, list[Evaluate]], monkeypatch: pytest.MonkeyPatch) -> None:
    found, stages = store
    monkeypatch.setattr(gathered, "FEW", 0)
    scores_of(found, stages[:2])
    assert set(scores_of(found, stages)["stage"]) == {stage.id for stage in stages}
    assert polars.read_parquet(found.root / FOLDER / SCORES).height == len(stages)


def test_a_torn_file_is_no_loss(store: tuple[Store, list[Evaluate]], monkeypatch: pytest.MonkeyPatch) -> None:
    found, stages = store
    monkeypatch.setattr(gathered, "FEW", 0)
    scores_of(found, stages)
    (found.root / FOLDER / SCORES).write_bytes(b"PAR1 torn")
    assert set(scores_of(found, stages)["stage"]) == {stage.id for stage in stages}


def test_nothing_is_nothing(tmp_path: Path) -> None:
    assert scores_of(Store(tmp_path), []).is_empty()
