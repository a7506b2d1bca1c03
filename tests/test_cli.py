"""The command line: its verbs and flags held still, its start-up, and how it speaks of mistakes."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from crosswind import catalog
from crosswind.cli import main
from crosswind.pocket import LANGUAGES

STUDY = """
name = "tiny"
seeds = [1]
base = { model = "pocket" }
targets = ["pocket-nli"]
languages = ["solvane"]
[[arm]]
name = "plain"
"""

VERBS = {
    "check": ["STUDY"],
    "claims": ["--format", "--out", "--store", "STUDY"],
    "export": ["--arm", "--out", "--seed", "--sequence", "--store", "--suite", "STUDY"],
    "export-gauntlet": ["--out", "--store", "--with-text", "STUDY"],
    "explain": ["--store", "--study", "STAGE"],
    "list": ["FAMILY"],
    "new": ["--on", "--out", "QUESTION"],
    "perturb": [
        *("--edits", "--field", "--format", "--id-field", "--language", "--language-field", "--level", "--out"),
        *("--seed", "--set", "--show", "PERTURBATION", "SOURCE"),
    ],
    "plan": ["--store", "STUDY"],
    "pocket": ["--sentences", "LANGUAGES"],
    "probe": ["--format", "--out", "--store", "--workers", "STUDY"],
    "report": ["--format", "--out", "--store", "--with", "STUDY"],
    "results": ["--format", "--out", "--store", "--table", "STUDY"],
    "run": ["--device", "--microbatch", "--store", "--threads", "--workers", "STUDY"],
    "score": ["--compat", "--format", "--out", "--suite", "PREDICTIONS", "LABELS"],
    "status": ["--store", "STUDY"],
    "store prune": ["--store", "--yes", "STUDIES"],
    "store verify": ["--remove", "--store"],
}


SLOW = {"torch", "transformers", "polars", "altair", "pydantic", "rich"}


def spelled(command: click.Command) -> list[str]:
    options = [name for each in command.params for name in each.opts if isinstance(each, click.Option)]
    arguments = [each.name.upper() for each in command.params if isinstance(each, click.Argument) and each.name]
    return sorted(name for name in options if name.startswith("--")) + arguments


def verbs(group: click.Group, prefix: str = "") -> dict[str, list[str]]:
    found = {}
    for name, command in group.commands.items():
        found |= (
            verbs(command, f"{prefix}{name} ")
            if isinstance(command, click.Group)
            else {prefix + name: spelled(command)}
        )
    return found


def crosswind(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crosswind", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


def loaded_by(*arguments: str, cwd: Path) -> set[str]:
    """The slow libraries that a command imports."""
    code = (
        "import sys; from crosswind.cli import main\n"
        f"try: main({list(arguments)!r}, standalone_mode=False)\n"
        f"finally: print('loaded', *({SLOW!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=cwd)
    return set(done.stdout.rpartition("loaded")[2].split())


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    return path


def test_verbs_and_flags_hold_still() -> None:
    assert verbs(main) == VERBS


def test_help_loads_nothing_slow(tmp_path: Path) -> None:
    assert loaded_by("--help", cwd=tmp_path) == set()


@pytest.mark.parametrize("verb", ["check", "plan", "status"])
def test_looking_at_a_study_loads_no_torch(verb: str, study: Path) -> None:
    assert loaded_by(verb, study.name, cwd=study.parent) & {"torch", "transformers", "polars", "altair"} == set()


def test_looking_at_pocket_loads_no_torch(tmp_path: Path) -> None:
    assert loaded_by("pocket", cwd=tmp_path) & {"torch", "transformers", "polars", "altair"} == set()


def test_pocket_shows_every_language_or_the_ones_asked_for() -> None:
    shown = CliRunner().invoke(main, ["pocket"]).output
    assert all(f"\n{code}: " in shown for code in LANGUAGES)
    some = CliRunner().invoke(main, ["pocket", "taruvik~order=SOV", "--sentences", "6"]).output
    assert "\ntaruvik~order=SOV: Latin, SOV; " in some
    assert some.count("‘") == 6
    assert "solvane: " not in some


def test_pocket_answers_an_unknown_language_before_it_shows_any() -> None:
    done = CliRunner().invoke(main, ["pocket", "solvane", "prashill"])
    assert done.exit_code == 2
    assert "did you mean 'prashil'?" in done.stderr
    assert done.stdout == ""


def test_check_says_what_is_in_order(study: Path) -> None:
    done = CliRunner().invoke(main, ["check", str(study)])
    assert done.exit_code == 0
    assert "is in order: 1 trainings, 1 cells" in done.output


@pytest.mark.parametrize("verb", ["check", "plan", "run", "status", "results", "report"])
def test_a_bad_study_exits_with_2_and_no_traceback(verb: str, study: Path) -> None:
    study.write_text(STUDY.replace("seeds", "sedes"), encoding="utf-8")
    done = crosswind(verb, study.name, cwd=study.parent)
    assert done.returncode == 2
    assert "study.toml:3: sedes: unknown key; did you mean 'seeds'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_typo_in_a_verb_is_said(tmp_path: Path) -> None:
    done = crosswind("chek", cwd=tmp_path)
    assert done.returncode == 2
    assert "No such command 'chek'" in done.stderr


def test_list_shows_every_name_with_a_line() -> None:
    output = CliRunner().invoke(main, ["list"]).output
    for family, entries in catalog.FAMILIES.items():
        for name in entries:
            line = next(each for each in output.splitlines() if each.split() and each.split()[0] == name)
            assert len(line.split()) > 4, f"{family} {name} has no description"


def test_list_of_an_unknown_family_says_which_there_are() -> None:
    done = CliRunner().invoke(main, ["list", "task"])
    assert done.exit_code == 2
    assert "did you mean 'tasks'?" in done.output


def test_plan_shows_the_tree_what_merges_and_what_is_there(study: Path) -> None:
    output = CliRunner().invoke(main, ["plan", str(study), "--store", str(study.parent / "store")]).output
    assert "pocket-nli [full, erm, 6 epochs at 0.0005]  ×1" in output
    assert "trainings: 1 one by one, 1 with equal ones merged" in output
    assert "train          1 stages, 0 in the store, 1 to make" in output
    assert "unknown until some stages have run" in output


def test_a_path_that_cannot_be_written_is_named_in_words(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(STUDY, encoding="utf-8")
    out = tmp_path / "none" / "x.csv"
    done = CliRunner().invoke(main, ["claims", str(tmp_path / "s.toml"), "--store", str(tmp_path), "--out", str(out)])
    assert done.exit_code == 2
    assert done.stderr == f"{out}: No such file or directory\n"
