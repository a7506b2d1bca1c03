import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosswind.identity import Stage
from crosswind.store import RECORD, WEIGHTS, Damaged, StageRecord, Store, Unwritable, check_folder
from tests.small_study import first_train, publish_toy, small_plan


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return first_train(small_plan(tmp_path))


def test_a_published_stage_is_found_again(store: Store, stage: Stage) -> None:
    assert not store.has(stage)
    assert store.held() == set()
    publish_toy(store, stage)
    assert Store(store.root).has(stage)
    assert Store(store.root).held() == {stage.id}
    record = check_folder(store.folder(stage))
    assert record.payload == stage.payload
    assert record.weights == "kept"
    assert store.file(stage, "made.txt").read_text() == "made"
    assert not list((store.root / "work").iterdir())


def test_nothing_of_the_work_folder_is_published_but_what_was_named(store: Store, stage: Stage) -> None:
    (store.work(stage) / "checkpoint.safetensors").write_text("half-way")
    publish_toy(store, stage)
    assert {path.name for path in store.folder(stage).iterdir()} == {RECORD, "made.txt", WEIGHTS}


@pytest.mark.parametrize("call", ["write", "rename", "replace"])
def test_a_failure_while_publishing_leaves_nothing_half_published(
    store: Store, stage: Stage, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(StageRecord if call == "write" else Path, call, full)
        with pytest.raises(OSError, match="No space"):
            publish_toy(store, stage)
    assert not store.has(stage)
    assert list(store.folders()) == []
    publish_toy(store, stage)
    assert check_folder(store.folder(stage)).status == "done"
    assert not list((store.root / "work").iterdir())


def test_the_first_result_stays_when_a_stage_is_published_twice(store: Store, stage: Stage) -> None:
    publish_toy(store, stage, "first")
    publish_toy(store, stage, "second")
    assert store.file(stage, "made.txt").read_text() == "first"
    check_folder(store.folder(stage))


def test_pruned_weights_come_back_when_the_stage_is_made_again(store: Store, stage: Stage) -> None:
    publish_toy(store, stage, "first")
    assert store.file(stage, WEIGHTS).exists()
    assert store.prune_weights(store.folder(stage)) == len("first")
    assert not store.has_weights(stage)
    assert check_folder(store.folder(stage)).weights == "pruned"
    with pytest.raises(Damaged, match="pruned"):
        Store(store.root).file(stage, WEIGHTS)
    publish_toy(store, stage, "again")
    assert store.has_weights(stage)
    assert Store(store.root).file(stage, WEIGHTS).read_text() == "again"


def test_a_folder_without_a_record_is_no_result(store: Store, stage: Stage) -> None:
    store.folder(stage).mkdir(parents=True)
    (store.folder(stage) / "half").write_text("copied")
    assert not store.has(stage)
    assert store.held() == set()
    publish_toy(store, stage)
    assert check_folder(store.folder(stage)).id == stage.id


def test_a_stage_is_found_under_a_slug_of_former_days(store: Store, stage: Stage) -> None:
    publish_toy(store, stage)
    folder = store.folder(stage)
    folder.rename(folder.with_name(f"as-it-was-called-{stage.id}"))
    later = Store(store.root)
    assert later.held() == {stage.id}
    assert later.has(stage)
    assert later.file(stage, "made.txt").exists()


def test_other_peoples_files_are_left_alone(store: Store, stage: Stage) -> None:
    publish_toy(store, stage)
    (store.root / "train" / "notes").mkdir()
    (store.root / "train" / ".DS_Store").touch()
    assert [path.name[-12:] for path in store.folders()] == [stage.id]


def test_a_number_that_is_none_is_written_as_text(store: Store, stage: Stage) -> None:
    store.publish(stage, store.work(stage), (), {"loss": float("nan"), "norm": float("inf")}, {}, "diverged")
    text = (store.folder(stage) / RECORD).read_text()
    assert json.loads(text, parse_constant=pytest.fail)["facts"] == {"loss": "nan", "norm": "inf"}
    assert check_folder(store.folder(stage)).status == "failed"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    store, stage = Store(folder / "store"), first_train(small_plan(folder))
    publish_toy(store, stage, "what was learned")
    return store.folder(stage)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from([RECORD, "made.txt", WEIGHTS]), where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7)
)
def test_one_flipped_bit_is_found_wherever_it_is(published: Path, name: str, where: float, bit: int) -> None:
    path = published / name
    whole = path.read_bytes()
    place = int(where * (len(whole) - (name == RECORD)))  # the line feed after the record says nothing
    flipped = bytearray(whole)
    flipped[place] ^= 1 << bit
    path.write_bytes(flipped)
    try:
        if not json_equal(whole, bytes(flipped)):  # white space may change
            with pytest.raises(Damaged, match="verify --remove"):
                check_folder(published)
    finally:
        path.write_bytes(whole)
    check_folder(published)


def json_equal(one: bytes, other: bytes) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"seal": 1}', b"\xff\xfe", b"null"])
def test_a_record_that_is_none_is_damage(store: Store, stage: Stage, content: bytes) -> None:
    publish_toy(store, stage)
    (store.folder(stage) / RECORD).write_bytes(content)
    with pytest.raises(Damaged, match=r"record\.json.*verify --remove"):
        store.record(stage)


def test_a_record_in_another_stages_folder_is_damage(store: Store, stage: Stage) -> None:
    publish_toy(store, stage)
    moved = store.folder(stage).rename(store.root / "train" / "moved-0123456789ab")
    with pytest.raises(Damaged, match="another stage"):
        check_folder(moved)


def test_a_store_that_is_a_file_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "store"
    path.touch()
    with pytest.raises(Unwritable, match="--store"):
        Store(path).prepare()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_store_is_refused_with_advice(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Unwritable, match="--store"):
        Store(tmp_path).prepare()
