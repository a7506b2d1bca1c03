"""Folders of predictions: right ones score 100, what is missing never bears an official name, mistakes stay local."""

import json
from pathlib import Path

import pytest

import crosswind
from crosswind.leaderboard.scoring import Standing, TaskScore, score_folder
from crosswind.leaderboard.suites import SUITES
from tests.leaderboard.submissions import squad, write_submission


@pytest.fixture(params=list(SUITES))
def suite(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folders(tmp_path: Path, suite: str) -> tuple[Path, Path]:
    return write_submission(tmp_path, suite)


def task(standing: Standing, name: str) -> TaskScore:
    return next(each for each in standing.tasks if each.task.name == name)


@pytest.mark.parametrize("compat", [False, True])
def test_right_answers_score_100(suite: str, folders: tuple[Path, Path], compat: bool) -> None:
    standing = crosswind.score_folder(*folders, suite, compat)
    assert standing.complaints == ()
    official = [each for each in standing.tasks if each.task.languages]
    assert all(each.score.complete and each.score.value == 100.0 for each in official)
    for each in official:
        assert all(one.scores[name] == 100.0 for one in each.languages for name in each.task.counted)
    assert standing.overall.value == 100.0
    assert standing.overall.complete == (not compat or suite == "xtreme")


def test_the_official_evaluator_never_reaches_an_overall_score_of_xtreme_r(tmp_path: Path) -> None:
    standing = score_folder(*write_submission(tmp_path, "xtreme-r"), "xtreme-r", compat=True)
    assert (standing.overall.there, standing.overall.expected) == (9, 10)
    assert standing.groups.keys() == {"classification", "multi_choice", "tagging", "qa", "retrieval"}
    assert all(mean.complete for mean in standing.groups.values())


def test_a_missing_language_costs_the_task_its_official_score(suite: str, folders: tuple[Path, Path]) -> None:
    predictions, labels = folders
    (predictions / "xnli" / "test-sw.tsv").rename(predictions / "xnli" / "test-swa.tsv")
    standing = score_folder(predictions, labels, suite)
    found = task(standing, "xnli")
    assert (found.score.complete, found.score.value, found.score.there) == (False, 100.0, 14)
    assert not standing.groups["classification"].complete
    assert not standing.overall.complete
    assert standing.overall.there == len(standing.tasks) - 1
    (told,) = standing.complaints
    assert told.startswith(f"{predictions / 'xnli'}: ")
    assert "14 of 15" in told
    assert "for sw" in told
    assert "test-swa.tsv" in told
    assert found.ignored == ("test-swa.tsv",)


def test_a_missing_task_costs_the_suite_its_official_score(suite: str, folders: tuple[Path, Path]) -> None:
    predictions, labels = folders
    (predictions / "mlqa").rename(predictions / ".mlqa")
    standing = score_folder(predictions, labels, suite)
    assert standing.complaints == ()
    assert task(standing, "mlqa").score.value is None
    assert (standing.overall.complete, standing.overall.value) == (False, 100.0)
    assert not standing.groups["qa"].complete
    assert standing.groups["tagging"].complete


def test_labels_that_are_missing_are_said(tmp_path: Path) -> None:
    predictions, labels = write_submission(tmp_path, "xtreme")
    (labels / "pawsx").rename(tmp_path / "elsewhere")
    (told,) = score_folder(predictions, labels, "xtreme").complaints
    assert told.startswith(f"{labels / 'pawsx'}: ")
    assert "0 of 7" in told


def test_a_mistake_does_not_hide_other_scores(tmp_path: Path) -> None:
    predictions, labels = write_submission(tmp_path, "xtreme")
    (predictions / "panx" / "test-de.tsv").write_text("B-LOC\nI-LOK\n\nB-ORG\n", encoding="utf-8")
    (predictions / "tatoeba" / "test-fr.tsv").write_text("[1]\n0\n2\n", encoding="utf-8")
    standing = score_folder(predictions, labels, "xtreme")
    assert [told.partition(": ")[0] for told in standing.complaints] == [
        f"{predictions / 'panx' / 'test-de.tsv'}:2",
        f"{predictions / 'tatoeba' / 'test-fr.tsv'}:1",
    ]
    assert (task(standing, "panx").score.there, task(standing, "tatoeba").score.there) == (39, 35)
    assert standing.overall.there == 7


def test_answers_too_few_and_too_many_are_counted(tmp_path: Path) -> None:
    predictions, labels = write_submission(tmp_path, "xtreme-r")
    path = "test-en.json"
    (predictions / "xquad" / path).write_text(json.dumps({"q1": "water", "q7": "x", "q8": "y"}), encoding="utf-8")
    (predictions / "mewslix" / path).write_text(json.dumps({"q2": ["c", "b"], "q9": ["a"]}), encoding="utf-8")
    standing = score_folder(predictions, labels, "xtreme-r")
    assert standing.complaints == ()
    for name, scores in (("xquad", {"em": 50.0, "f1": 50.0}), ("mewslix", {"mrr": 25.0})):
        english = next(each for each in task(standing, name).languages if each.language == "en")
        assert english.scores == scores
        assert (english.examples, english.missing) == (2, 1)
        assert english.extra == (2 if name == "xquad" else 1)


def test_question_answering_counts_exact_match_and_f1_alike(tmp_path: Path) -> None:
    predictions, labels = write_submission(tmp_path, "xtreme")
    for language in "en", "es", "vi":
        (predictions / "mlqa" / f"test-{language}.json").write_text('{"q1": "water x", "q2": "1999"}', encoding="utf-8")
    found = task(score_folder(predictions, labels, "xtreme"), "mlqa")
    means = {"em": 100 - 3 * 50 / 7, "f1": 100 - 3 * (100 / 3 / 2) / 7}
    assert found.means == pytest.approx(means)
    assert found.score.value == pytest.approx(sum(means.values()) / 2)


def test_mlqa_is_read_in_the_language_of_its_context(tmp_path: Path) -> None:
    predictions, labels = write_submission(tmp_path, "xtreme")
    for name in "mlqa", "xquad":
        (labels / name / "test-es.json").write_text(squad({"q1": ["el agua"]}), encoding="utf-8")
        (predictions / name / "test-es.json").write_text('{"q1": "agua"}', encoding="utf-8")
    standing = score_folder(predictions, labels, "xtreme")
    found = {
        name: {one.language: one.scores["em"] for one in task(standing, name).languages} for name in ("mlqa", "xquad")
    }
    assert (found["mlqa"]["es"], found["xquad"]["es"]) == (100.0, 0.0)


def test_pairs_count_as_sets(tmp_path: Path) -> None:
    predictions, labels = write_submission(tmp_path, "xtreme")
    lines = "de-000000001\ten-000000007\nde-000000002\ten-000000009\nde-000000003\ten-000000004\n"
    (predictions / "bucc2018" / "test-de.tsv").write_text(lines, encoding="utf-8")
    (predictions / "bucc2018" / "test-fr.tsv").write_text("", encoding="utf-8")
    german, french, *_ = task(score_folder(predictions, labels, "xtreme"), "bucc2018").languages
    assert german.scores == pytest.approx({"f1": 40.0, "precision": 100 / 3, "recall": 50.0})
    assert set(french.scores.values()) == {0.0}


def test_a_folder_that_is_no_task_is_said(tmp_path: Path) -> None:
    predictions, labels = write_submission(tmp_path, "xtreme")
    (predictions / "xnlii").mkdir()
    (predictions / "xcopa").mkdir()  # of the other suite
    standing = score_folder(predictions, labels, "xtreme")
    (told,) = standing.complaints
    assert told.startswith(f"{predictions / 'xnlii'}: ")
    assert "did you mean 'xnli'?" in told
    assert standing.overall.complete


@pytest.mark.parametrize("side", ["predictions", "labels"])
def test_a_folder_that_is_not_there_is_said(tmp_path: Path, side: str) -> None:
    predictions, labels = write_submission(tmp_path, "xtreme")
    (tmp_path / side).rename(tmp_path / "elsewhere")
    with pytest.raises(ValueError, match=f"{side}: no such folder"):
        score_folder(predictions, labels, "xtreme")


def test_a_folder_without_tasks_is_said(tmp_path: Path) -> None:
    predictions, labels = write_submission(tmp_path, "xtreme")
    with pytest.raises(ValueError, match="found labels, predictions; expected a folder for each task"):
        score_folder(predictions.parent, labels, "xtreme")


def test_labels_without_examples_score_nothing(tmp_path: Path) -> None:
    predictions, labels = write_submission(tmp_path, "xtreme")
    for side in predictions, labels:
        (side / "xnli" / "test-de.tsv").write_text("", encoding="utf-8")
    (told,) = score_folder(predictions, labels, "xtreme").complaints
    assert told.startswith(f"{labels / 'xnli' / 'test-de.tsv'}:1: found no labels")
