"""Where a study's data are looked for, and what is said where they are not, or are not what they were."""

from pathlib import Path

import pytest

from crosswind import catalog
from crosswind.holdings import VARIABLE
from crosswind.jobs import Result
from crosswind.machine import Resources
from crosswind.plan import make_plan
from crosswind.sources.published import UNCONFIRMED, Hub, Library, Wanted, find
from crosswind.sources.rows import Unreadable
from crosswind.stages import Dataset
from crosswind.store import Store
from crosswind.study import StudyError
from crosswind.study_file import load_study
from crosswind.tasks.base import Task
from crosswind.work import perform
from crosswind.workshop import Workshop
from tests.tasks.fixtures.targets import WRITERS

COMMIT = "0123456789abcdef0123456789abcdef01234567"
STUDY = """
name = "s"
seeds = [1]
base = {{ model = "pocket" }}
targets = ["xcopa"]
languages = ["th"]
{more}

[[arm]]
name = "a"
"""


def written(folder: Path, more: str = "") -> Path:
    path = folder / "study.toml"
    path.write_text(STUDY.format(more=more), encoding="utf-8")
    return path


def task(name: str) -> Task:
    found: Task = catalog.load("tasks", name)()
    return found


def test_folders_of_the_study_come_before_those_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.setenv(VARIABLE, f"/one:{tmp_path}")
    study = load_study(written(tmp_path, '[data]\nfolders = ["mine"]'))
    assert study.library.folders == (str(tmp_path / "mine"), "/one", str(tmp_path))


def test_where_data_lie_is_no_part_of_a_task_but_what_becomes_of_broken_rows_is(tmp_path: Path) -> None:
    def ids(more: str) -> set[str]:
        return set(make_plan(load_study(written(tmp_path, more))).stages)

    plain = ids("")
    assert ids(f'[data]\nfolders = ["{tmp_path}"]') == plain
    assert ids('[data.files.xcopa]\ntest = "x-{code}.jsonl"') == plain
    assert ids('[data]\nbroken = "skip"') & plain == set()
    assert ids(f'[data.revisions]\n"cambridgeltl/xcopa" = "{COMMIT}"') != plain


def test_commits_are_whole_and_of_sets_that_the_study_reads(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"data\.revisions\.cambridgeltl/xcopa"):
        load_study(written(tmp_path, '[data.revisions]\n"cambridgeltl/xcopa" = "main"'))
    with pytest.raises(StudyError, match=r"no task of the study is read from 'facebook/xnli'"):
        load_study(written(tmp_path, f'[data.revisions]\n"facebook/xnli" = "{COMMIT}"'))


def test_a_named_file_is_read_like_the_tasks_own(tmp_path: Path) -> None:
    WRITERS["xcopa"](tmp_path / "data")
    (source,) = (tmp_path / "data" / "original").rglob("test.th.jsonl")
    source.rename(tmp_path / "elsewhere-th.jsonl")
    study = load_study(written(tmp_path, '[data.files.xcopa]\ntest = "elsewhere-{code}.jsonl"'))
    assert len(task("xcopa").examples("th", "test", None, study.library)) > 1


def test_a_missing_set_is_said_with_every_place_where_it_would_be(tmp_path: Path) -> None:
    hub = Hub(id="some/set", revision=UNCONFIRMED, config="{code}", splits={"test": "test"})
    with pytest.raises(Unreadable) as caught:
        next(find([hub], Wanted("some", "th", "test"), Library(folders=(str(tmp_path),))))
    for said in ("some test in th: not found", str(tmp_path), "some/set (th, test)", "[data.revisions]", VARIABLE):
        assert said in str(caught.value)
    with pytest.raises(Unreadable, match="no source of this task holds such a split"):
        next(find([hub], Wanted("some", "th", "train"), Library()))


def test_a_copy_of_the_hub_takes_its_place(tmp_path: Path) -> None:
    WRITERS["xcopa"](tmp_path)
    reading = task("xcopa").read("th", "test", None, Library(hub=str(tmp_path / "hub")))
    assert reading.examples
    assert "cambridgeltl/xcopa" in next(iter(reading.sources))


def make(data: Dataset, store: Path, folder: Path) -> Result:
    (done,) = perform((data,), Workshop(Store(store), Resources(library=Library(folders=(str(folder),)))))
    return done


def test_another_file_of_the_same_name_is_refused_with_both_digests(tmp_path: Path) -> None:
    WRITERS["xcopa"](tmp_path / "data")
    folder = tmp_path / "data" / "original"
    data = Dataset(task=task("xcopa"), language="th", split="test")
    less = data.model_copy(update={"limit": 2})
    assert make(data, tmp_path / "store", folder).status == "done"
    assert make(less, tmp_path / "store", folder).status == "done"
    (path,) = folder.rglob("test.th.jsonl")
    path.write_text(path.read_text(encoding="utf-8").replace('"label": 0', '"label": 1'), encoding="utf-8")
    again = make(data.model_copy(update={"limit": 3}), tmp_path / "store", folder)
    assert again.status == "broken"
    assert "test.th.jsonl is another file than this store has read before (sha256 " in again.message
    assert "--store" in again.message
