"""XTREME-R and XTREME in small: every task from files to a scored submission, with a tiny real encoder."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import polars
import pytest

from crosswind import results, submission
from crosswind.console.running import crew, execute
from crosswind.leaderboard.layout import Texts
from crosswind.leaderboard.scoring import score_folder
from crosswind.leaderboard.suites import SUITES, SuiteTask
from crosswind.plan import Plan, make_plan
from crosswind.stages import Dataset, Evaluate
from crosswind.store import OUTCOMES, Store
from crosswind.study_file import load_study
from crosswind.workshop import Workshop
from tests.tasks.fixtures import intermediates, targets
from tests.test_cli import crosswind

SUITE_TASKS: dict[str, SuiteTask] = {task.name: task for suite in SUITES.values() for task in suite.tasks}
LEARNED_FROM = ("mnli", "socialiqa", "copa", "squad")
STUDY = """
name = "small"
seeds = [1]
base = {{ path = "{encoder}" }}
targets = [{targets}]
languages = [{languages}]
recipe = {{ steps = 2, batch = 4, max_length = 96, checks = 1, precision = "fp32" }}

[data]
folders = [{folders}]
hub = "data/hub"

[[arm]]
name = "plain"

[[condition]]
perturbation = "typo_edit"
severities = [5]
"""

pytestmark = pytest.mark.xdist_group("published")


def listed(names: Any) -> str:
    return ", ".join(f'"{name}"' for name in names)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Callable[[str], Path]) -> tuple[Plan, Store, Path]:
    """A folder in which a study of all leaderboard tasks has been run on small files."""
    folder = tmp_path_factory.mktemp("published")
    data = folder / "data"
    for name in SUITE_TASKS:
        targets.WRITERS[name](data)
    for name in LEARNED_FROM:
        intermediates.WRITERS[name](data)
    told = STUDY.format(
        encoder=tiny_encoder("xlm-roberta"),
        targets=listed(SUITE_TASKS),
        languages=listed(["en", "de", "ar", "zh", "th", "et"]),
        folders=listed(["data", "data/xtreme", "data/original"]),
    )
    (folder / "study.toml").write_text(told, encoding="utf-8")
    planned, store = make_plan(load_study(folder / "study.toml")), Store(folder / "store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets.config, "HF_DATASETS_CACHE", folder / "cache")
        summary = execute(planned, store, crew(planned, workers=1))
    astray = [each.cause for each in summary.broken if not isinstance(each.stage, Dataset)]
    assert not summary.failed
    assert all(cause.startswith("needs ") for cause in astray), astray  # the small files lack some languages
    return planned, store, folder


def test_every_task_is_evaluated_clean_and_perturbed(made: tuple[Plan, Store, Path]) -> None:
    planned, store, _ = made
    scores = results.scores(planned, store)
    clean = scores.filter((polars.col("condition") == "clean") & (polars.col("status") == "done"))
    covered = dict(clean.group_by("target").agg(polars.col("language").n_unique()).rows())
    assert set(covered) == set(SUITE_TASKS)
    assert min(covered.values()) >= 2
    perturbed = scores.filter((polars.col("condition") != "clean") & (polars.col("status") == "done"))
    assert set(SUITE_TASKS) - set(perturbed["target"]) <= {"tatoeba"}  # its queries are English


def labels(planned: Plan, store: Store, folder: Path) -> None:
    """A folder of labels in the leaderboard's layout, from what the study read."""
    workshop = Workshop(store, crew(planned, workers=1).resources)
    for stage in planned.stages.values():
        if isinstance(stage, Evaluate) and isinstance(stage.data, Dataset) and store.has(stage):
            task, code = SUITE_TASKS[type(stage.data.task).__name__.lower()], stage.data.language
            path = folder / task.name / f"test-{code}{task.layout.suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            gold = polars.read_parquet(store.file(stage, OUTCOMES), columns=["example", "gold"]).rows()
            if isinstance(task.layout, Texts):
                told = [
                    {"id": each.uid, "answers": [{"text": quote.text} for quote in each.answers]}
                    for each in workshop.examples(stage.data)
                ]
                path.write_text(json.dumps({"data": [{"paragraphs": [{"qas": told}]}]}), encoding="utf-8")
            else:
                path.write_text(task.layout.spell(gold), encoding="utf-8")


@pytest.mark.parametrize("suite", SUITES)
def test_an_exported_submission_scores_as_the_study_does(made: tuple[Plan, Store, Path], suite: str) -> None:
    planned, store, folder = made
    out = folder / suite
    chosen = submission.treatment(planned, None, None, None)
    written, missing = submission.export(planned, store, chosen, SUITES[suite], out)
    assert {each.task for each in written} == {task.name for task in SUITES[suite].tasks}
    gaps = [each for each in missing if "of the test set were left out" in each]
    assert {each.partition(" ")[0] for each in gaps} <= {"pawsx"}  # a row that is only a placeholder
    assert all("not part of the study" in each or "not run yet" in each for each in set(missing) - set(gaps))
    assert bool(gaps) == (suite == "xtreme")
    labels(planned, store, folder / "labels")
    mine = results.scores(planned, store).filter(polars.col("condition") == "clean")
    scored = score_folder(out, folder / "labels", suite)
    compared = 0
    for task in scored.tasks:
        for language in task.languages:
            own = mine.filter((polars.col("target") == task.task.name) & (polars.col("language") == language.language))
            expected = dict(own.select("metric", "value").rows())
            for name in task.task.counted:
                assert language.scores[name] == pytest.approx(expected[name], abs=1e-9), (
                    task.task.name,
                    language.language,
                )
                compared += 1
    assert compared >= len(written)
    manifest = json.loads((out / submission.MANIFEST).read_text(encoding="utf-8"))
    assert {each["file"] for each in manifest["files"]} == {
        str(path.relative_to(out)) for path in out.rglob("test-*") if path.is_file()
    }


def test_what_cannot_be_exported_is_said(made: tuple[Plan, Store, Path]) -> None:
    planned, store, folder = made
    with pytest.raises(ValueError, match="there is no arm 'plane'; did you mean 'plain'"):
        submission.treatment(planned, "plane", None, None)
    part = planned.study.model_copy(update={"limit": planned.study.limit.model_copy(update={"test": 3})})
    with pytest.raises(ValueError, match=r"reads only 3 rows.*remove limit\.test"):
        submission.export(
            make_plan(part), store, submission.Treatment("plain", "", 1), SUITES["xtreme"], folder / "part"
        )
    done = crosswind("export", "study.toml", "--store", "store", "--out", "cli", "--suite", "xtreme", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "files of 9 tasks" in done.stdout
