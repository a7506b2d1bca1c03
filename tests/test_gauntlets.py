"""A whole suite as one table of a study."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from crosswind import catalog
from crosswind.cli import main
from crosswind.gauntlets import Gauntlet
from crosswind.perturbations.applicability import COMMON_CORE
from crosswind.perturbations.base import Perturbation
from crosswind.perturbations.suites import CORE, SUITES
from crosswind.plan import make_plan
from crosswind.stages import Perturb
from crosswind.study_file import load_study
from crosswind.text.words import BUILTIN
from tests.test_study import said

STUDY = """
name = "tiny"
seeds = [1]
base = { model = "pocket" }
targets = ["pocket-nli", "pocket-tags"]
languages = ["prashil"]
[[arm]]
name = "plain"
[[condition]]
perturbation = "typo_edit"
severities = [5]
[gauntlet]
severities = [1, 3]
leave_out = ["codemix", "romanize"]
"""


@pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.name)
def test_every_entry_is_a_perturbation_with_a_name_of_its_own(suite: object) -> None:
    conditions = Gauntlet(suite=suite.name).conditions  # type: ignore[attr-defined]
    assert all(isinstance(condition.perturbation, Perturbation) for condition in conditions)
    assert len({condition.name for condition in conditions}) == len(conditions)


def test_the_core_is_whole() -> None:
    labels = {condition.perturbation.label for condition in Gauntlet().conditions}
    assert labels >= COMMON_CORE
    kinds = {str(table["kind"]) for table in CORE.perturbations}
    assert kinds == set(catalog.FAMILIES["perturbations"]) - {"recorded", "word_drop", "substitute", "codeswitch"}


def test_levels_are_the_core_ones_or_those_asked_for_that_exist() -> None:
    plain = {condition.perturbation.label: condition.levels for condition in Gauntlet().conditions}
    assert plain["typo_key"] == (1, 3, 5)
    asked = {condition.perturbation.label: condition.levels for condition in Gauntlet(severities=(2, 4)).conditions}
    assert asked["typo_key"] == (2, 4)
    assert "case:lower" not in asked


def test_a_study_has_the_gauntlet_beside_its_own_conditions(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    plan = make_plan(load_study(path))
    cells = {(cell.condition, cell.severity) for cell in plan.cells if cell.target == "pocket-nli" and not cell.reason}
    assert ("typo_edit", 5) in cells  # the study's own condition goes before the suite's of that name
    assert ("typo_edit", 1) not in cells
    assert {("typo_key", 1), ("typo_key", 3), ("space", 1)} <= cells
    assert not any(name.startswith(("codemix", "romanize")) for name, _ in cells)
    reasons = {cell.condition: cell.reason for cell in plan.cells if cell.target == "pocket-tags" and cell.reason}
    assert "space" in reasons
    stages = [stage for stage in plan.stages.values() if isinstance(stage, Perturb)]
    assert {stage.segmenter for stage in stages} == {BUILTIN.id}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("severities = [1, 3]", 'suite = "gauntlet-core"', "did you mean 'gauntlet-core-v1'?"),
        ('"codemix"', '"codemic"', "did you mean 'codemix'?"),
        ("severities = [1, 3]", "severities = [9]", "nothing is left"),
        ("severities = [1, 3]", "levels = [1]", "unknown key"),
        ("seeds = [1]", 'seeds = [1]\nsegmenter = "jieba"', "expected 'builtin' or 'icu'"),
    ],
)
def test_mistakes_are_said(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in STUDY
    assert any(complaint in line for line in said(tmp_path, STUDY.replace(old, new)))


def test_suites_are_listed() -> None:
    found = CliRunner().invoke(main, ["list", "suites"])
    assert found.exit_code == 0
    assert "gauntlet-core-v1" in found.output
    assert "case (to = upper)" in found.output
