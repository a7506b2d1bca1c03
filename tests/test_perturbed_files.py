"""`crosswind perturb`, as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crosswind.cli import main
from tests.text.sentences import SENTENCES

DATA = Path(os.environ.get("CROSSWIND_DATA", "/nonexistent"))
TEXT = "".join(f"{SENTENCES['de']}\n" for _ in range(40))


def run(*words: object, given: str = "") -> Result:
    return CliRunner().invoke(main, ["perturb", *map(str, words)], input=given)


def command(*words: object, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "crosswind", "perturb", *map(str, words)], input=given, capture_output=True, check=False
    )


def test_standard_input_goes_to_standard_output_as_utf8() -> None:
    found = command("typo_edit", "--language", "th", given=f"{SENTENCES['th']}\n".encode() * 30)
    lines = found.stdout.decode().splitlines()
    assert found.returncode == 0
    assert len(lines) == 30
    assert len(set(lines)) > 5
    again = command("typo_edit", "--language", "th", given=f"{SENTENCES['th']}\n".encode() * 30)
    assert again.stdout == found.stdout


def test_a_file_comes_out_with_the_edits_that_made_it(tmp_path: Path) -> None:
    source, out, edits = tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "edits.jsonl"
    source.write_text("".join(json.dumps({"id": i, "text": SENTENCES["hi"], "label": 1}) + "\n" for i in range(30)))
    found = run("typo_edit", source, "--language", "hi", "--level", 5, "--out", out, "--edits", edits)
    assert found.exit_code == 0
    assert "of 30 changed" in found.output
    before = {str(i): SENTENCES["hi"] for i in range(30)}
    scripts = {json.loads(line)["id"]: json.loads(line) for line in edits.read_text().splitlines()}
    assert scripts
    for line in out.read_text().splitlines():
        row = json.loads(line)
        text = before[str(row["id"])]
        for start, end, new in reversed(scripts.get(str(row["id"]), {"edits": []})["edits"]):
            text = text[:start] + new + text[end:]
        assert row == {"id": row["id"], "text": text, "label": 1}


def test_show_marks_what_changed_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    found = run("case", "--set", "to=upper", "--level", 5, "--language", "de", "--show", "--out", out, given="alt\n")
    assert "- [-alt-]\n+ {+ALT+}\n" in found.output
    assert not out.exists()


def test_words_come_from_a_dictionary_of_the_users(tmp_path: Path) -> None:
    (tmp_path / "de-en.tsv").write_text("Brücke\tbridge\nalt\told\n", encoding="utf-8")
    words = ["codemix", "--language", "de", "--level", 5, "--set", "languages=en", "--set", "sources=dictionary"]
    found = run(*words, "--set", f"dictionary={tmp_path}", given="Die Brücke ist alt.\n" * 20)
    assert found.exit_code == 0, found.output
    assert "Die bridge ist old." in found.output or "Die bridge ist alt." in found.output
    none = run(*words, "--set", f"dictionary={tmp_path}", "--language", "th", given="x\n")
    assert "does not translate th into en" in none.output


def test_rows_may_be_in_several_languages(tmp_path: Path) -> None:
    source = tmp_path / "a.tsv"
    source.write_text("text\tlang\nIstanbul ili\ttr\nIstanbul ili\tde\n")
    found = run("case", source, "--set", "to=upper", "--level", 5, "--language-field", "lang")
    assert found.output == "text\tlang\nISTANBUL İLİ\ttr\nISTANBUL ILI\tde\n"


@pytest.mark.parametrize(
    ("words", "given", "expected"),
    [
        (["typo_edits", "--language", "de"], "a\n", "did you mean 'typo_edit'?"),
        (["typo_edit"], "a text\n", "standard input:1: in which language is it?"),
        (["typo_edit", "--language", "de", "--level", 9], "a\n", "no level 9"),
        (["typo_edit", "--language", "de", "--format", "cvs"], "a\n", "did you mean 'csv'?"),
        (["case", "--set", "to=big", "--language", "de"], "a\n", "expected 'lower' or 'upper', found 'big'"),
        (["case", "--set", "upper", "--language", "de"], "a\n", "expected NAME=VALUE"),
        (["typo_edit", "--language", "de"], "", "standard input: holds no text"),
        (["typo_edit", "--language", "de", "--format", "jsonl"], '{"text": "a"}\n{\n', "standard input:2: is no JSON"),
        (["xling_pair", "--language", "de"], "a\n", "make it a condition of a study"),
        (["codemix", "--language", "de"], "a\n", "draws from what lies beside a text"),
    ],
)
def test_mistakes_are_said_in_words(words: list[object], given: str, expected: str) -> None:
    found = run(*words, given=given)
    assert found.exit_code == 2
    assert expected in found.output
    assert "Traceback" not in found.output


def test_a_broken_row_leaves_no_half_file(tmp_path: Path) -> None:
    source, out, edits = tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "e.jsonl"
    source.write_text('{"text": "Ein alter Satz"}\n{"txt": "b"}\n')
    out.write_text("what was there before")
    found = run("typo_edit", source, "--language", "de", "--out", out, "--edits", edits)
    assert found.exit_code == 2
    assert f"{source}:2: which field holds the text?" in found.output
    assert out.read_text() == "what was there before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl"]


def test_a_missing_folder_and_wrong_bytes_are_said(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_bytes(b"gut\n" + b"\xff\xfe\n")
    assert "is not UTF-8" in run("typo_edit", source, "--language", "de").output
    assert (
        "make it first" in run("typo_edit", "--language", "de", "--out", tmp_path / "no" / "b.txt", given="a\n").output
    )


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text(TEXT * 200)
    line = f"{sys.executable} -m crosswind perturb typo_edit {source} --language de | head -n 1"
    found = subprocess.run(["bash", "-c", line], capture_output=True, check=True)
    assert len(found.stdout.splitlines()) == 1
    assert b"Traceback" not in found.stderr


@pytest.mark.skipif(not DATA.is_dir(), reason="CROSSWIND_DATA is not set")
@pytest.mark.parametrize("language", ["ar", "hi", "th", "zh"])
def test_answers_of_real_files_stand_where_they_say(language: str, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    found = run("typo_edit", DATA / f"xquad/xquad.{language}.json", "--language", language, "--level", 5, "--out", out)
    assert found.exit_code == 0
    for article in json.loads(out.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                for answer in question["answers"]:
                    start = answer["answer_start"]
                    assert paragraph["context"][start : start + len(answer["text"])] == answer["text"] != ""
