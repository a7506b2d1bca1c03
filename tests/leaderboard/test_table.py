"""A standing as table, CSV and JSON, and the verb that prints it."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from crosswind.cli import main
from crosswind.leaderboard.scoring import score_folder
from crosswind.leaderboard.table import as_csv, as_json, as_table
from tests.leaderboard.submissions import write_submission


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A submission to XTREME-R with a language too few, an answer too few and one too many."""
    predictions, labels = write_submission(tmp_path, "xtreme-r")
    (predictions / "xnli" / "test-de.tsv").unlink()
    (predictions / "tydiqa" / "test-fi.json").write_text('{"q1": "water", "q3": "x"}', encoding="utf-8")
    (predictions / "mlqa" / "test-fr.json").write_text("{}", encoding="utf-8")
    return predictions, labels


def test_the_table_fits_and_keeps_partial_means_apart(folders: tuple[Path, Path]) -> None:
    lines = as_table(score_folder(*folders, "xtreme-r")).splitlines()
    assert max(map(len, lines)) <= 100
    where = {name: lines[0].index(name) + len(name) for name in ("score", "partial")}
    rows = {line.split()[0]: line for line in lines if line and not line.startswith(" ")}
    assert rows["xcopa"][: where["score"]].endswith("100.00")
    for name in "xnli", "XTREME-R", "classification":
        assert rows[name][: where["score"]].endswith(" -")
        assert rows[name][: where["partial"]].endswith(("100.00", "99.38"))
    assert "9 of 10 tasks" in rows["XTREME-R"]
    assert "14 of 15" in rows["xnli"]
    told = "\n".join(lines)
    assert "  fi: 1 example without an answer" in told
    assert "  fi: 1 answer to no example" in told
    assert "  not read: test-fr.json" in told


def test_csv_holds_every_number(folders: tuple[Path, Path]) -> None:
    standing = score_folder(*folders, "xtreme-r")
    rows = list(csv.DictReader(io.StringIO(as_csv(standing))))
    by_key = {(row["scope"], row["name"], row["language"], row["score"]): row for row in rows}
    assert len(by_key) == len(rows)
    finnish = by_key["language", "tydiqa", "fi", "em"]
    assert (float(finnish["value"]), finnish["examples"], finnish["missing"], finnish["extra"]) == (50.0, "2", "1", "1")
    assert by_key["task", "xnli", "", "score"]["value"] == ""
    assert float(by_key["task", "xnli", "", "score"]["partial"]) == 100.0
    whole = by_key["suite", "xtreme-r", "", "score"]
    assert (whole["value"], float(whole["partial"])) == ("", standing.overall.value)
    assert (whole["counted"], whole["expected"]) == ("9", "10")


def test_json_holds_everything(folders: tuple[Path, Path]) -> None:
    standing = score_folder(*folders, "xtreme-r")
    found = json.loads(as_json(standing))
    assert (found["suite"], found["compat"], found["score"]) == ("xtreme-r", False, None)
    assert found["partial"] == standing.overall.value
    assert found["groups"]["tagging"]["score"] == 100.0
    assert found["tasks"]["tydiqa"]["languages"]["fi"] == {
        "scores": {"f1": 50.0, "em": 50.0},
        "examples": 2,
        "missing": 1,
        "extra": 1,
    }
    assert "means" in found["tasks"]["tydiqa"]
    assert "means" not in found["tasks"]["xnli"]
    assert found["mistakes"] == list(standing.complaints)


def test_the_verb_prints_scores_and_mistakes_and_exits_with_2(folders: tuple[Path, Path]) -> None:
    done = CliRunner().invoke(main, ["score", *map(str, folders), "--suite", "xtreme-r"])
    assert done.exit_code == 2
    assert done.stdout == as_table(score_folder(*folders, "xtreme-r"))
    assert done.stderr.startswith(f"{folders[0] / 'xnli'}: found 14 of 15 languages")
    assert done.stderr.count("\n") == 1


def test_the_verb_writes_a_file(tmp_path: Path) -> None:
    folders, out = write_submission(tmp_path, "xtreme"), tmp_path / "scores.json"
    asked = ["score", *map(str, folders), "--suite", "xtreme", "--compat", "--format", "json", "--out", str(out)]
    done = CliRunner().invoke(main, asked)
    assert (done.exit_code, done.output) == (0, "")
    assert json.loads(out.read_text(encoding="utf-8"))["score"] == 100.0


def test_the_verb_says_plainly_what_is_wrong_and_loads_nothing_slow(tmp_path: Path) -> None:
    code = (
        "import sys; from crosswind.cli import main\n"
        "try: main(['score', 'nowhere', 'nowhere', '--suite', 'xtreme'])\n"
        "finally: print(*({'torch', 'polars', 'pydantic', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("nowhere: no such folder")
    assert "Traceback" not in done.stderr
    assert done.stdout.strip() == ""
