"""What only planning shows is refused at its line, as everything else that is wrong with a study file."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from crosswind.cli import main
from crosswind.plan import make_plan
from crosswind.study import Study, StudyError
from crosswind.study_file import load_study

STUDY = """\
name = "s"
seeds = [1]
base = { model = "pocket" }
targets = ["pocket-nli"]
languages = ["solvane"]

[[arm]]
name = "plain"

[[arm]]
name = "odd"
"""
CASES = {
    "a task that teaches nothing": ('sequences = [["xcopa"]]', 12, "arm[2].sequences: xcopa has no training set"),
    "a method that the encoder cannot take": (
        'recipe = { epochs = 1 }\nmethod = { kind = "lora", rank = 500 }',
        13,
        "arm[2].method: rank is 500, but the hidden states are 128 wide",
    ),
    "methods that cannot follow each other": (
        'sequences = [["pocket-tags"]]\nmethod = "fusion"\nintermediate_method = "bottleneck"\ncarry = "stack"',
        15,
        "arm[2].carry: carry is 'stack', but",
    ),
    "a carry that is not written": (
        'sequences = [["pocket-tags"]]\nmethod = "lora"\nintermediate_method = "bottleneck"',
        10,
        "arm[2].carry: carry is 'continue', but bottleneck comes before lora",
    ),
    "shuffled raw text": (
        'sequences = [[{ kind = "shuffled", task = "pocket-text" }]]',
        12,
        "arm[2].sequences: raw text has no labels",
    ),
    "no language adapters": ('method = "madx"', 12, "arm[2].method: madx stands on language adapters"),
    "language adapters of a task": (
        'method = "madx"\n[arm.language_adapters]\ntext = "pocket-nli"',
        13,
        "arm[2].language_adapters: text: pocket-nli is no raw text",
    ),
    "a vote of an arm that is not there": (
        '[[vote]]\nvoting = "masked"\narms = ["od"]',
        14,
        "vote[1].arms: vote masked: the study has no arm 'od'; did you mean 'odd'?",
    ),
    "a control of nothing": (
        'controls = ["label_shuffled"]',
        12,
        "arm[2].controls: it cannot have the control label_shuffled: no intermediate task comes before the target",
    ),
    "an objective that comes to nothing": (
        'objective = "rdrop"\nrecipe = { dropout = 0.0 }',
        12,
        "arm[2].objective: pocket-nli: rdrop pulls together two passes",
    ),
    "one recipe for two": (
        'sequences = [[["pocket-tags", "pocket-nli"]]]\n[recipes.pocket-nli]\nselection = "last"',
        12,
        "arm[2].sequences: pocket-nli+pocket-tags are learned by one recipe, but selection is",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_planning_refuses_is_said_at_its_line(case: tuple[str, int, str], tmp_path: Path) -> None:
    more, line, told = case
    path = tmp_path / "s.toml"
    path.write_text(f"{STUDY}{more}\n", encoding="utf-8")
    study = load_study(path)
    with pytest.raises(StudyError) as raised:
        make_plan(study)
    assert f"{path}:{line}: {told}" in str(raised.value).splitlines()[0]


def test_the_command_line_says_it_so(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(f'{STUDY}controls = ["label_shuffled"]\n', encoding="utf-8")
    for verb in ("check", "plan", "run"):
        done = CliRunner().invoke(main, [verb, str(path)])
        assert done.exit_code == 2
        assert done.stderr.startswith(f"{path}:12: arm[2].controls: ")


def test_without_a_file_arms_go_by_their_names() -> None:
    own = {"name": "s", "seeds": (1,), "base": {"model": "pocket"}, "targets": ("pocket-nli",)}
    study = Study.model_validate(own | {"arms": ({"name": "odd", "controls": ("label_shuffled",)},)})
    with pytest.raises(StudyError, match=r"^s: arm odd\.controls: it cannot have the control label_shuffled: "):
        make_plan(study)


def test_where_a_study_is_written_is_no_part_of_what_it_is(tmp_path: Path) -> None:
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text(STUDY, encoding="utf-8")
    one, two = (load_study(tmp_path / name) for name in ("one.toml", "two.toml"))
    assert one == two
    assert make_plan(one).stages.keys() == make_plan(two).stages.keys()
    assert "written" not in str(one.model_dump())
