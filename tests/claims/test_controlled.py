"""Controls as sides of claims, and which of them a claim calls for."""

from pathlib import Path

import pytest

from crosswind.claimed import placed
from crosswind.plan import Plan, make_plan
from crosswind.study import StudyError
from crosswind.study_file import load_study

STUDY = """
name = "s"
seeds = [1]
base = { model = "pocket" }
targets = ["pocket-nli", "pocket-ner"]

[[arm]]
name = "plain"

[[arm]]
name = "taught"
sequences = [[], ["pocket-tags"]]
controls = ["update_matched", "label_shuffled"]

[[arm]]
name = "robust"
objective = "fgm"
controls = ["random_direction", { kind = "update_matched", by = "compute" }]

[[arm]]
name = "same"
sequences = [["pocket-ner"]]
controls = ["joint_same_task"]

[[arm]]
name = "fused"
method = "fusion"
intermediate_method = "bottleneck"
carry = "fuse"
sequences = [["pocket-tags"]]
"""


def planned(tmp_path: Path, contrast: str, more: str = "", study: str = STUDY) -> Plan:
    path = tmp_path / "s.toml"
    path.write_text(f'{study}\n[[claim]]\nname = "c"\ntext = "t"\ncontrast = {contrast}\n{more}', encoding="utf-8")
    return make_plan(load_study(path))


def refused(tmp_path: Path, contrast: str, more: str = "", study: str = STUDY) -> str:
    with pytest.raises(StudyError) as raised:
        planned(tmp_path, contrast, more, study)
    return str(raised.value)


def test_a_control_is_a_side_of_a_contrast_under_the_name_of_its_cells(tmp_path: Path) -> None:
    plan = planned(tmp_path, '{ robust = 1, "robust+random_direction" = -1 }')
    assert placed(plan.study, "robust+random_direction") == ("robust+random_direction", "")
    assert placed(plan.study, "taught+update_matched: pocket-tags") == ("taught+update_matched", "pocket-tags")
    sides = {placed(plan.study, name) for name in plan.study.claims[0].contrast}
    assert sides <= {(cell.arm, cell.sequence) for cell in plan.cells}


def test_it_may_be_the_reference_and_in_the_pool_as_well(tmp_path: Path) -> None:
    own = 'estimand = "mce"\nreference = "robust+random_direction"\nwaive = "a test"'
    condition = '\n[[condition]]\nperturbation = "typo_edit"\n'
    plan = planned(tmp_path, "{ robust = 1, plain = -1 }", own, STUDY + condition)
    assert plan.study.claims[0].treatments == ("robust", "plain", "robust+random_direction")
    own = 'estimand = "effective"\npool = ["plain", "robust+random_directon"]\nwaive = "a test"'
    assert ".pool: arm robust has no control 'random_directon'; did you mean 'robust+random_direction'?" in refused(
        tmp_path, "{ robust = 1, plain = -1 }", own, STUDY + condition
    )


@pytest.mark.parametrize(
    ("side", "told"),
    [
        ("robust+neutral", "arm robust has no control 'neutral' (allowed: robust+random_direction, "),
        ("plain+seeds_only", "arm plain has no control 'seeds_only'; give it controls = [\"seeds_only\"]"),
        ("robst+random_direction", "the study has no arm 'robst+random_direction'; did you mean 'robust+random_"),
        (
            "taught+update_matched",
            "there is no taught+update_matched without intermediate tasks on pocket-nli, pocket-ner: nothing comes "
            "before the target and nothing costs more, so it would be the arm itself; say "
            '"taught+update_matched: pocket-tags"',
        ),
        (
            "same+joint_same_task",
            "there is no same+joint_same_task with pocket-ner on pocket-nli: no intermediate task has the target's "
            "format and labels; name in targets those that have it (pocket-ner)",
        ),
    ],
)
def test_where_there_is_no_such_control_it_is_said_at_the_line(tmp_path: Path, side: str, told: str) -> None:
    found = refused(tmp_path, f'{{ plain = 1, "{side}" = -1 }}', 'waive = "a test"')
    line = (tmp_path / "s.toml").read_text(encoding="utf-8").splitlines().index("[[claim]]") + 4
    assert f"s.toml:{line}: claim[1].contrast: " in found
    assert told in found


def test_on_the_targets_that_have_it_it_may_be_named(tmp_path: Path) -> None:
    planned(tmp_path, '{ plain = 1, "same+joint_same_task" = -1 }', 'targets = ["pocket-ner"]')


def test_an_arm_is_asked_for_the_same_controls_against_one_of_its_controls(tmp_path: Path) -> None:
    """What a control has not taken away may still explain a difference from it."""
    bare = STUDY.replace('controls = ["update_matched", "label_shuffled"]', 'controls = ["update_matched"]')
    contrast = '{ "taught: pocket-tags" = 1, "taught+update_matched: pocket-tags" = -1 }'
    assert 'give arm taught controls = ["label_shuffled"]' in refused(tmp_path, contrast, study=bare)
    planned(tmp_path, contrast)
    planned(tmp_path, '{ "taught+update_matched: pocket-tags" = 1, plain = -1 }')


def test_a_control_that_cannot_be_is_not_asked_for_but_told(tmp_path: Path) -> None:
    """Without adapters of other tasks there is nothing to fuse; shuffled labels leave as many updates."""
    found = refused(tmp_path, "{ fused = 1, plain = -1 }")
    assert 'give arm fused controls = ["label_shuffled"]' in found
    assert "update_matched" not in found
    ready = STUDY.replace('carry = "fuse"', 'carry = "fuse"\ncontrols = ["label_shuffled"]')
    (told,) = planned(tmp_path, "{ fused = 1, plain = -1 }", study=ready).uncontrolled["c"]
    assert told.startswith("intermediate tasks also mean more updates, but fused can have no update_matched: ")
    assert planned(tmp_path, "{ fused = 1, plain = -1 }", 'waive = "a test"').uncontrolled["c"] == ()
