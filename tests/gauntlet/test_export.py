"""A study's perturbed sets as files: whole, the same every time, and enough to make the sets again."""

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crosswind.cli import main
from crosswind.exports import quotes_closed_text
from crosswind.formats.tables import read_examples
from crosswind.gauntlet.records import applied, read
from crosswind.perturbations.distract import Distract
from crosswind.perturbations.entity_swap import EntitySwap
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.plan import make_plan
from crosswind.stages import Dataset, Perturb
from crosswind.store import EXAMPLES, Store
from crosswind.study_file import load_study
from crosswind.tasks.udpos import Udpos
from crosswind.tasks.xquad import Xquad

STUDY = """
name = "tiny"
seeds = [1]
base = { model = "pocket" }
targets = ["pocket-qa", "pocket-nli", "pocket-tags"]
languages = ["prashil"]
limit = { test = 12 }
[[arm]]
name = "plain"
[[condition]]
perturbation = "typo_edit"
severities = [5]
[[condition]]
perturbation = "shuffle_local"
severities = [5]
"""


def run(folder: Path, study: str = STUDY, *more: str) -> tuple[int, str]:
    path = folder / "study.toml"
    path.write_text(study, encoding="utf-8")
    words = ["export-gauntlet", str(path), "--store", str(folder / "store"), "--out", str(folder / "out"), *more]
    found = CliRunner().invoke(main, words)
    return found.exit_code, found.output


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gauntlet")
    code, told = run(folder)
    assert code == 0, told
    return folder


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / "manifest.json").read_text(encoding="ascii"))
    return found


def perturbed(folder: Path) -> Iterator[Perturb]:
    stages = make_plan(load_study(folder / "study.toml")).stages.values()
    return (stage for stage in stages if isinstance(stage, Perturb))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_set_is_there_and_as_the_manifest_says(exported: Path) -> None:
    sets = manifest(exported)["sets"]
    assert len(sets) == len(list(perturbed(exported))) == 8
    for one in sets:
        raw = (exported / "out" / one["file"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == one["sha256"]
        assert raw.isascii()
        assert one["items"] == len(raw.splitlines()) == 12
        assert one["class"] == ("C" if one["perturbation"]["kind"] == "shuffle_local" else "B")
        assert 0 < one["changed"] <= 12
        assert one["chrf"] < 100
    assert {one["file"].split("/")[-1].split(".")[0] for one in sets} == {
        "pocket-qa-question",
        "pocket-qa-context",
        "pocket-nli",
        "pocket-tags",
    }


def test_records_make_the_sets_again(exported: Path) -> None:
    store, sets = Store(exported / "store"), manifest(exported)["sets"]
    for stage, one in zip(perturbed(exported), sets, strict=True):
        form = stage.data.task.format
        clean = read_examples(store.file(stage.data, EXAMPLES), form)
        after = read_examples(store.file(stage, EXAMPLES), form)
        lines = (exported / "out" / one["file"]).read_text(encoding="ascii").splitlines()
        for line, before, changed in zip(lines, clean, after, strict=True):
            record = read(line, "line")
            assert record.id == before.uid
            texts = form.fields(before)
            again = {name: applied(script, texts[name], "line") for name, script in record.fields.items()}
            assert again == {name: text for name, text in form.fields(changed).items() if name in again}
            answers = getattr(changed, "answers", ())
            if record.target and "answers" in record.target:
                assert record.target["answers"] == [[quote.start, quote.text] for quote in answers]
            elif record.target:
                assert tuple(record.target["tags"]) == changed.tags


def test_the_same_study_gives_the_same_bytes(exported: Path, tmp_path: Path) -> None:
    assert run(tmp_path)[0] == 0
    names = sorted(path.relative_to(exported / "out") for path in (exported / "out").rglob("*") if path.is_file())
    assert names == sorted(
        path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*") if path.is_file()
    )
    assert all((exported / "out" / name).read_bytes() == (tmp_path / "out" / name).read_bytes() for name in names)


def test_sheets_ask_about_changed_items_only(exported: Path) -> None:
    text = (exported / "out" / "audit" / "prashil.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(keepends=True)))
    assert {row["perturbation"] for row in rows} == {"typo_edit", "shuffle_local"}
    assert all(row["clean"] != row["perturbed"] for row in rows)
    page = (exported / "out" / "audit" / "prashil.html").read_text(encoding="utf-8")
    assert page.count("<article") == len(rows)


def test_texts_are_written_where_they_may_be(tmp_path: Path) -> None:
    assert run(tmp_path, STUDY, "--with-text")[0] == 0
    one = next(one for one in manifest(tmp_path)["sets"] if "nli" in one["file"])
    record = json.loads((tmp_path / "out" / one["file"]).read_text().splitlines()[0])
    assert all("text" in field for field in record["fields"].values())


def test_what_may_not_be_given_away_is_refused(tmp_path: Path) -> None:
    study = STUDY.replace('"pocket-qa", "pocket-nli", "pocket-tags"', '"udpos"').replace("prashil", "de")
    code, told = run(tmp_path, study, "--with-text")
    assert code == 2
    assert "udpos may not be given away" in told


def test_edits_that_quote_closed_text_are_left_out() -> None:
    data = {"language": "de", "split": "test"}
    for task, change, expected in (
        (Udpos(), TypoEdit(), False),
        (Udpos(), EntitySwap(), True),
        (Xquad(), Distract(), not Xquad.provenance.redistributable),
    ):
        stage = Perturb(data=Dataset(task=task, **data), perturbation=change, severity=1)
        assert quotes_closed_text(stage) == expected


def test_a_study_without_conditions_has_nothing_to_export(tmp_path: Path) -> None:
    code, told = run(tmp_path, STUDY.partition("[[condition]]")[0])
    assert code == 2
    assert "no condition of it changes text" in told
    assert "Traceback" not in told
