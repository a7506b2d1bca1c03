"""Tasks that a study describes: the examples of docs/own-data.md as they stand there, and what is said of mistakes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from crosswind import results
from crosswind.plan import Plan, make_plan
from crosswind.stages import Dataset, Train, label
from crosswind.store import Store
from crosswind.study import StudyError
from crosswind.study_file import load_study
from tests.test_cli import crosswind

DOCUMENT = Path(__file__).parent.parent / "docs" / "own-data.md"
FILE = re.compile(r"^`([^`\n]+)`:\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sections() -> dict[str, dict[str, str]]:
    """The files of every section that has a study, by its title."""
    parts = re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found = {part.partition("\n")[0]: dict(FILE.findall(part)) for part in parts}
    return {title: files for title, files in found.items() if "study.toml" in files}


def lay(folder: Path, files: dict[str, str], **others: str) -> Path:
    for name, text in (files | others).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "study.toml"


def plan(path: Path) -> Plan:
    return make_plan(load_study(path))


def complaint(path: Path) -> str:
    with pytest.raises(StudyError) as caught:
        load_study(path)
    return str(caught.value)


def test_the_document_has_an_example_of_each_format() -> None:
    assert len(sections()) == 6


@pytest.mark.parametrize("title", sections())
def test_examples_run_as_they_stand(title: str, tmp_path: Path) -> None:
    path = lay(tmp_path, sections()[title])
    done = crosswind("run", "study.toml", "--workers", "1", "--store", "store", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    scores = results.scores(plan(path), Store(tmp_path / "store"))
    assert scores.height > 0
    assert set(scores["status"]) == {"done"}
    assert set(scores["target"]) == {load_study(path).name}
    texts = 2 if title == "Question answering" else 1  # a question and its context are conditions of their own
    assert (scores["language"].n_unique(), scores["condition"].n_unique()) == (2, 1 + texts)


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    return lay(tmp_path, sections()["Text classification"])


def change(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'format = "classify"',
            'format = "clasify"',
            r"task\[1\]\.format: expected 'classify'.*found 'clasify'",
        ),
        ('dev = "dev.csv"', 'dev = "def.csv"', r"files: there is no .*def\.csv \(dev, en\)"),
        ("test-{code}.jsonl", "test-en.jsonl", r"test has one file for 2 languages; put \{code\}"),
        ("test-{code}.jsonl", "test-{code}.xls", r"ends in 'xls', which says nothing.*or say kinds"),
        ('first = "text"', 'frist = "text"', r"columns: unknown 'frist'; did you mean 'first'\?"),
        ('labels = ["bad", "good"]', 'labels = ["bad"]', r"spellings: unknown 'good'"),
        (
            'labels = ["bad", "good"]\nspellings = { "1" = "bad", "5" = "good" }',
            "",
            r"labels: classify needs at least",
        ),
        ('name = "Guarani", ', "", r"task\[1\]\.languages\[2\]\.name: is required and missing"),
        (
            '{ code = "gn", name = "Guarani", script = "Latn" }',
            '"gn"',
            r"'gn' is not in crosswind's table",
        ),
        ('dev = "dev.csv", ', "", r"needs a dev file beside the train file"),
        ('train = "train.csv", dev = "dev.csv", ', "", r'needs a train file, or trains_on = \["\.\.\."\]'),
        ('languages = ["en"', 'source = "eng"\nlanguages = ["en"', r"source: 'eng' is none of its languages; did you"),
        (
            'languages = ["en"',
            'metric = "acuracy"\nlanguages = ["en"',
            r"metric: unknown 'acuracy'; did you mean",
        ),
        ('languages = ["en"', 'metric = "entity_f1"\nlanguages = ["en"', r"metric: unknown 'entity_f1' \(allowed: acc"),
        (
            'targets = ["reviews"]',
            'targets = ["review"]',
            r"targets\[1\]: 'review' is not one of the tasks; did you",
        ),
        ("[[arm]]", "[data]\nfolders = ['nowhere']\n[[arm]]", r"data\.folders: there is no folder .*nowhere"),
        (
            "[[arm]]",
            "[data.files]\nxnli = { test = 'x' }\n[[arm]]",
            r"data\.files\.xnli: no task of the study is read",
        ),
    ],
)
def test_mistakes_are_said(reviews: Path, old: str, new: str, said: str) -> None:
    assert re.search(said, complaint(change(reviews, old, new)), re.DOTALL), complaint(reviews)


def test_a_wrong_table_is_said_once(reviews: Path) -> None:
    lines = complaint(change(reviews, 'first = "text"', 'frist = "text"')).splitlines()
    assert [line for line in lines if "described wrongly" in line] == [lines[0]]
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "test-en.jsonl",
            '{"text": "x", "stars": 5}\n{"text": "y", "stars": 3}\n',
            r"test-en\.jsonl:2: has label 3;",
        ),
        ("test-en.jsonl", '{"text": "x", "stars": 5}\n{"txt": "y", "stars": 5}\n', r":2: has no column 'text'.*'txt'"),
        ("test-en.jsonl", '{"text": "x", "stars": 5}\n{"text": \n', r"test-en\.jsonl:2: is no JSON"),
        ("train.csv", "text,stars\na,5\nb\n", r"train\.csv:3: has 1 fields; expected 2: text, stars"),
    ],
)
def test_broken_rows_are_refused_with_their_place(reviews: Path, file: str, text: str, said: str) -> None:
    (reviews.parent / file).write_text(text, encoding="utf-8")
    done = crosswind("run", "study.toml", "--workers", "1", cwd=reviews.parent)
    assert done.returncode == 1
    assert re.search(said, done.stdout + done.stderr), done.stdout + done.stderr


def test_an_empty_file_is_said_before_anything_runs(reviews: Path) -> None:
    (reviews.parent / "test-en.jsonl").write_text(" \n\n", encoding="utf-8")
    done = crosswind("check", "study.toml", cwd=reviews.parent)
    assert done.returncode == 2
    assert "test-en.jsonl is empty (test, en); it needs at least one row" in done.stderr


def test_broken_rows_can_be_skipped_and_are_counted(reviews: Path) -> None:
    change(reviews, "[[arm]]", '[data]\nbroken = "skip"\n\n[[arm]]')
    rows = [{"text": "a", "stars": 5}, {"text": "b", "stars": 3}, {"text": None, "stars": 1}, {"text": "c", "stars": 1}]
    text = "".join(json.dumps(row) + "\n" for row in rows) + "no json\n"
    (reviews.parent / "test-en.jsonl").write_text(text, encoding="utf-8")
    done = crosswind("run", "study.toml", "--workers", "1", "--store", "store", cwd=reviews.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    (test,) = datasets(plan(reviews), "en", "test")
    facts = Store(reviews.parent / "store").record(test).facts
    assert (facts["units"], facts["broken"], facts["left_out"]) == (2, 3, {})
    assert [line.partition("test-en.jsonl")[2][:2] for line in facts["broken_rows"]] == [":2", ":3", ":5"]
    assert "3 rows" in done.stdout


def datasets(planned: Plan, language: str, split: str) -> list[Any]:
    return [
        stage
        for stage in planned.stages.values()
        if isinstance(stage, Dataset) and (stage.language, stage.split) == (language, split)
    ]


def test_a_changed_file_is_another_task_and_nothing_else_is(reviews: Path) -> None:
    before = plan(reviews)
    (reviews.parent / "test-gn.jsonl").write_text('{"text": "Iporã", "stars": 5}\n', encoding="utf-8")
    after = plan(reviews)
    same = before.stages.keys() & after.stages.keys()
    assert {datasets(before, "en", split)[0].id for split in ("train", "dev", "test")} <= same
    assert datasets(before, "gn", "test")[0].id not in same
    assert [stage.id for stage in before.stages.values() if isinstance(stage, Train)] == [
        stage.id for stage in after.stages.values() if isinstance(stage, Train)
    ]


def test_a_task_learns_from_another_with_its_labels(reviews: Path) -> None:
    other = """
[[task]]
name = "letters"
format = "classify"
files = { test = "test-{code}.jsonl" }
columns = { first = "text", label = "stars" }
labels = ["bad", "good"]
spellings = { "1" = "bad", "5" = "good" }
trains_on = ["reviews"]
languages = ["en"]
"""
    reviews.write_text(reviews.read_text(encoding="utf-8") + other, encoding="utf-8")
    change(reviews, 'targets = ["reviews"]', 'targets = ["reviews", "letters"]')
    planned = plan(reviews)
    assert planned.count("train") == 2
    assert {label(stage.task) for stage in planned.stages.values() if isinstance(stage, Train)} == {"reviews"}
    said = complaint(change(reviews, 'trains_on = ["reviews"]', 'trains_on = ["pocket-nli"]'))
    assert re.search(r"task\[2\]\.trains_on: letters cannot learn from pocket-nli: its labels are contradiction", said)
    assert "did you mean 'reviews'" in complaint(change(reviews, '["pocket-nli"]', '["revews"]'))


@pytest.fixture
def island(tmp_path: Path) -> Path:
    return lay(tmp_path, sections()["Raw text"])


def test_raw_text_needs_text_in_the_languages_that_are_trained_on(island: Path) -> None:
    (island.parent / "train-sw.txt").unlink()
    assert re.search(r"arm\[2\]\.regime\.languages: island has no training set in sw", complaint(island))
    change(island, 'languages = ["en", "sw"] }', 'languages = ["en"] }')
    assert plan(island).count("train") == 2
    assert re.search(r"there is no .*train-en", complaint(change(island, "train-{code}", "train-en-{code}")))


def test_raw_text_has_no_labels(island: Path) -> None:
    told = complaint(change(island, 'format = "mlm"', 'format = "mlm"\nlabels = ["a", "b"]'))
    assert "labels: format mlm has none; remove this" in told


def test_raw_text_makes_language_adapters_as_the_document_says(island: Path) -> None:
    (block,) = re.findall(
        r"```toml\n(\[\[arm\]\]\n[^`]*language_adapters.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL
    )
    (island.parent / "train-sw.txt").unlink()
    change(island, 'languages = ["en", "sw"] }', 'languages = ["en"] }')
    island.write_text(f"{island.read_text('utf-8')}\n{block}", encoding="utf-8")
    made = [cell for cell in plan(island).cells if cell.arm == "madx"]
    assert {(cell.language, cell.adapter) for cell in made} == {("en", "en"), ("sw", "en")}


def test_raw_text_has_no_labels_to_shuffle(island: Path) -> None:
    change(island, 'sequences = [["island"]]', 'sequences = [[{ kind = "shuffled", task = "island" }]]')
    with pytest.raises(ValueError, match="raw text has no labels"):
        plan(island)


def test_a_described_task_can_be_a_control(reviews: Path) -> None:
    change(reviews, 'name = "plain"', 'name = "plain"\nsequences = [[], [{ kind = "shuffled", task = "reviews" }]]')
    assert plan(reviews).count("train") == 2 * 3
