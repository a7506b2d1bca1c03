"""The five questions: every edition is a study in order, says what it would show, and can be taken by its name."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from crosswind.claimed import digest, placed
from crosswind.cli import main
from crosswind.plan import make_plan
from crosswind.questions.library import question, questions
from crosswind.stats.verdicts import LEAST_RUNS
from crosswind.study_file import load_study

EDITIONS = [(each.name, edition) for each in questions().values() for edition in each.editions]


def test_there_are_five_and_each_runs_everywhere() -> None:
    assert [*questions()] == ["adapters", "difficulty", "intermediate", "multilingual", "order"]
    assert all([*each.editions] == ["pocket", "xtreme-r"] for each in questions().values())


@pytest.mark.parametrize(("name", "edition"), EDITIONS)
def test_an_edition_is_in_order_and_says_what_it_would_show(name: str, edition: str, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(question(name).on(edition), encoding="utf-8")
    study = load_study(path)

    assert study.name == f"{name}-{edition}"
    assert len(study.seeds) >= LEAST_RUNS
    assert any(claim.primary for claim in study.claims)
    assert study.conditions or study.gauntlet
    assert study.base.model == "pocket" or study.base.revision


@pytest.mark.parametrize("name", [*questions()])
def test_an_edition_on_pocket_can_be_planned(name: str, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(question(name).on("pocket"), encoding="utf-8")
    plan = make_plan(load_study(path))

    assert 0 < plan.count("train") <= plan.one_by_one
    assert {cell.condition for cell in plan.cells} > {"clean"}
    assert {(cell.arm, cell.sequence) for cell in plan.cells} >= {
        placed(plan.study, treatment) for claim in plan.study.claims for treatment in claim.contrast
    }


def test_a_copy_is_the_question_as_it_ships_and_never_overwrites(tmp_path: Path) -> None:
    told = tmp_path / "mine.toml"
    first = CliRunner().invoke(main, ["new", "order", "--out", str(told)])
    assert first.exit_code == 0
    assert str(told) in first.output
    assert told.read_text(encoding="utf-8") == question("order").on("pocket")

    told.write_text("mine", encoding="utf-8")
    again = CliRunner().invoke(main, ["new", "order", "--out", str(told)])
    assert again.exit_code == 2
    assert "already" in again.output
    assert told.read_text(encoding="utf-8") == "mine"


def test_a_copy_is_named_after_question_and_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["new", "adapters", "--on", "xtreme-r"]).exit_code == 0
    assert (tmp_path / "adapters-xtreme-r.toml").exists()


def test_unknown_names_are_answered_with_the_known_ones() -> None:
    found = CliRunner().invoke(main, ["new", "ordr"])
    assert (found.exit_code, "did you mean 'order'" in found.output) == (2, True)
    found = CliRunner().invoke(main, ["new", "order", "--on", "mars"])
    assert (found.exit_code, "pocket and on xtreme-r" in found.output) == (2, True)


def test_the_list_shows_every_question_with_how_to_take_it() -> None:
    shown = CliRunner().invoke(main, ["list", "questions"]).output
    assert all(each.asked in shown and f"crosswind new {each.name}" in shown for each in questions().values())


def test_claims_as_they_ship_have_a_digest_that_changes_with_them(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    text = question("order").on("pocket")
    path.write_text(text, encoding="utf-8")
    shipped = digest(load_study(path))
    path.write_text(text.replace("margin = 2.0", "margin = 3.0"), encoding="utf-8")
    assert digest(load_study(path)) != shipped
