"""Study files: what is accepted, and what each mistake makes crosswind say."""

import json
from pathlib import Path

import pytest

from crosswind.recipe import Recipe
from crosswind.study import Study, StudyError
from crosswind.study_file import load_study

GOOD = """
name = "good"
seeds = [1, 2]
base = { model = "pocket" }
targets = ["pocket-nli"]

[[arm]]
name = "plain"

[[condition]]
perturbation = "typo_edit"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def said(folder: Path, text: str) -> list[str]:
    """What is said about a study file, without the name of its folder."""
    with pytest.raises(StudyError) as caught:
        load_study(written(folder, text))
    return [line.replace(f"{folder}/", "") for line in str(caught.value).splitlines()]


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


MISTAKES = {
    "an unknown key": (
        'colour = "red"\n' + GOOD,
        ["study.toml:1: colour: unknown key (allowed:"],
    ),
    "a misspelt key": (
        changed("seeds", "sedes"),
        ["study.toml:3: sedes: unknown key; did you mean 'seeds'?", "seeds: is required and missing"],
    ),
    "a misspelt key of an arm": (
        changed('name = "plain"', 'name = "plain"\nobjectiv = "erm"'),
        ["study.toml:9: arm[1].objectiv: unknown key; did you mean 'objective'?"],
    ),
    "an unknown dial": (
        GOOD + '[pocket]\nlanguages = ["taruvik~ordr=SOV"]',
        ["study.toml:12: pocket: 'taruvik~ordr=SOV': 'ordr' is not a dial; did you mean 'order'? (allowed: adjective,"],
    ),
    "a dial turned too far": (
        GOOD + '[[pocket.family]]\nlike = "taruvik"\ndial = "overlap"\nvalues = [0.2, 1.2]',
        ["pocket: 'taruvik~overlap=1.2': overlap is '1.2': input should be less than or equal to 1"],
    ),
    "a world of no size": (GOOD + "[pocket]\nsize = 0", ["study.toml:13: pocket.size: "]),
    "a described language that no target can have": (
        changed('targets = ["pocket-nli"]', 'targets = ["pocket-nli"]\nlanguages = ["taruvik~order=OVS"]'),
        ["study.toml:6: languages: no target has a language or group 'taruvik~order=OVS'"],
    ),
    "a regime that does not exist": (
        changed('name = "plain"', 'name = "plain"\nregime = "mixd"'),
        ["study.toml:9: arm[1].regime.kind: ", "'mixd'"],
    ),
    "a regime in a language that the task lacks": (
        changed(
            'name = "plain"',
            'name = "plain"\nsequences = [["pocket-tense"]]\nregime = { kind = "mixed", languages = ["tarvik"] }',
        ),
        ["study.toml:10: arm[1].regime.languages: pocket-tense has no language or group 'tarvik'; did you mean"],
    ),
    "a control for no task": (
        changed('name = "plain"', 'name = "plain"\nsequences = [[{ kind = "shuffled", task = "pocket-nil" }]]'),
        ["'pocket-nil' is not one of the tasks; did you mean 'pocket-nli'?"],
    ),
    "an unknown task": (
        changed('"pocket-nli"', '"pocket-nil"'),
        ["study.toml:5: targets[1]: 'pocket-nil' is not one of the tasks; did you mean 'pocket-nli'?"],
    ),
    "an unknown perturbation": (
        changed('"typo_edit"', '"typo_edti"'),
        [
            "study.toml:11: condition[1].perturbation: 'typo_edti' is not one of the perturbations; "
            "did you mean 'typo_edit'?"
        ],
    ),
    "a kind that cannot be imported": (
        changed('"typo_edit"', '{ kind = "nowhere.at:All" }'),
        ["condition[1].perturbation: 'nowhere.at:All' cannot be imported"],
    ),
    "a table without a kind": (
        changed('"typo_edit"', "{ level = 3 }"),
        ["condition[1].perturbation: needs a kind, one of the perturbations: case, "],
    ),
    "a wrong setting of a kind": (
        changed('"typo_edit"', '{ kind = "case", to = "title" }'),
        ["condition[1].perturbation.to: expected 'lower' or 'upper', found 'title'"],
    ),
    "an unknown setting of a kind": (
        changed('"typo_edit"', '{ kind = "case", too = "upper" }'),
        ["condition[1].perturbation.too: unknown key; did you mean 'to'?"],
    ),
    "a severity that does not exist": (
        changed('"typo_edit"', '"typo_edit"\nseverities = [1, 9]'),
        ["condition[1]: severity 9 does not exist for typo_edit (allowed: 1, 2, 3, 4, 5)"],
    ),
    "a condition that applies nowhere": (
        changed('targets = ["pocket-nli"]', 'targets = ["pocket-nli"]\nlanguages = ["qamirut"]').replace(
            '"typo_edit"', '"case"'
        ),
        [
            "study.toml:11: condition[1]: applies to no target in any language: case:lower does not apply to pocket-"
            "nli in qamirut (Arab): it changes nothing in script Arab"
        ],
    ),
    "a text that the items do not have": (
        changed('"typo_edit"', '{ kind = "typo_edit", fields = ["context"] }'),
        ["condition[1]: applies to no target", "its items have no text called context"],
    ),
    "an answer mode where there are no answers": (
        changed('"typo_edit"', '"typo_edit"\nanswer_mode = "protect"'),
        ["condition[1]: applies to no target", "its items have no answers to protect"],
    ),
    "an answer mode that does not exist": (
        changed('"typo_edit"', '"typo_edit"\nanswer_mode = "keep"'),
        ["condition[1].answer_mode: expected 'project' or 'protect', found 'keep'"],
    ),
    "scale iso where levels are no shares of words": (
        changed('"typo_edit"', '"punct"\nscale = "iso"'),
        ["condition[1]: scale iso is for shares of words, and the levels of punct are not such (possible for: codemix"],
    ),
    "a scale that does not exist": (
        changed('"typo_edit"', '"typo_edit"\nscale = "chrf"'),
        ["condition[1].scale: expected 'rate' or 'iso', found 'chrf'"],
    ),
    "text where a number belongs": (
        changed("[1, 2]", '[1, "2"]'),
        ["study.toml:3: seeds[2]: expected a whole number, found '2'"],
    ),
    "a fraction where a whole number belongs": (
        changed("[1, 2]", "[1.5]"),
        ["seeds[1]: expected a whole number, found 1.5"],
    ),
    "true where a number belongs": (changed("[1, 2]", "[true]"), ["seeds[1]: expected a whole number, found true"]),
    "a number where a list belongs": (changed("[1, 2]", "3"), ["seeds: expected a list, found 3"]),
    "no seeds": (changed("[1, 2]", "[]"), ["seeds: must not be empty"]),
    "a seed twice": (changed("[1, 2]", "[1, 1]"), ["seeds: seed 1 stands here twice"]),
    "a negative seed": (changed("[1, 2]", "[-1]"), ["seeds[1]: must be greater than or equal to 0, found -1"]),
    "an arm twice": (GOOD + '[[arm]]\nname = "plain"\n', ["arm: arm plain stands here twice"]),
    "a target twice": (
        changed('["pocket-nli"]', '["pocket-nli", "pocket-nli"]'),
        ["targets: target pocket-nli stands here twice"],
    ),
    "a condition twice": (
        GOOD + '[[condition]]\nperturbation = "typo_edit"\n',
        ["condition: condition typo_edit stands here twice"],
    ),
    "a sequence twice": (
        changed('name = "plain"', 'name = "plain"\nsequences = [[], []]'),
        ["arm[1].sequences: sequence [] stands here twice"],
    ),
    "a wrong name in a list inside a sequence": (
        changed('name = "plain"', 'name = "plain"\nsequences = [[["pocket-tags", "pocket-nil"], "pocket-nli"]]'),
        ["study.toml:9: arm[1].sequences[1][1][2]: 'pocket-nil' is not one of the tasks; did you mean 'pocket-nli'?"],
    ),
    "an empty list inside a sequence": (
        changed('name = "plain"', 'name = "plain"\nsequences = [[[]]]'),
        ["arm[1].sequences: a list inside a sequence is one stage and needs its tasks; this one is empty"],
    ),
    "a task twice in a list inside a sequence": (
        changed('name = "plain"', 'name = "plain"\nsequences = [[["pocket-nli", "pocket-nli"]]]'),
        ["arm[1].sequences: task pocket-nli stands here twice"],
    ),
    "one list in two orders": (
        changed(
            'name = "plain"',
            'name = "plain"\nsequences = [[["pocket-nli", "pocket-tags"]], [["pocket-tags", "pocket-nli"]]]',
        ),
        ["arm[1].sequences: sequence pocket-nli+pocket-tags stands here twice"],
    ),
    "a misspelt sampler": (
        changed('name = "plain"', 'name = "plain"\nsampler = "unifrom"'),
        ["study.toml:9: arm[1].sampler: 'unifrom' is not one of the samplers; did you mean 'uniform'?"],
    ),
    "a sampler where no tasks take turns": (
        changed('name = "plain"', 'name = "plain"\nsampler = "uniform"'),
        ["study.toml:9: arm[1].sampler: no sequence has a list in it, so no tasks take turns"],
    ),
    "weights of a task that is not there": (
        changed(
            'name = "plain"',
            'name = "plain"\nsequences = [[["pocket-nli", "pocket-tags"]]]\n'
            'sampler = { kind = "given", weights = { pocket-nli = 1, pocket-tgas = 1 } }',
        ),
        [
            "study.toml:10: arm[1].sampler: no list of the sequences has a task 'pocket-tgas'; did you mean",
            "arm[1].sampler: pocket-nli+pocket-tags: its weights say nothing about pocket-tags",
        ],
    ),
    "points that go back": (
        changed(
            'name = "plain"',
            'name = "plain"\nsequences = [[["pocket-nli", "pocket-tags"]]]\n'
            'sampler = { kind = "schedule", points = { pocket-nli = [[0.5, 1], [0, 1]], pocket-tags = [[0, 1]] } }',
        ),
        ["arm[1].sampler.points: the points of pocket-nli do not go forward; expected rising progress"],
    ),
    "a recipe for tasks that are not learned at once": (
        GOOD + '[recipes."pocket-nli+pocket-tags"]\nepochs = 1\n',
        ["recipes.pocket-nli+pocket-tags: the study has no task 'pocket-nli+pocket-tags'"],
    ),
    "an arm name that is no file name": (
        changed('name = "plain"', 'name = "a/b"'),
        ["arm[1].name: expected letters, digits and . _ + - (first a letter or digit), found 'a/b'"],
    ),
    "a hub model without a revision": (
        changed('model = "pocket"', 'model = "org/model"'),
        ["base: a hub model needs its revision: the 40 hex digits of a commit"],
    ),
    "a branch as revision": (
        changed('model = "pocket"', 'model = "org/model", revision = "main"'),
        ["base: a hub model needs its revision: the 40 hex digits of a commit"],
    ),
    "a revision of pocket": (
        changed('model = "pocket"', 'model = "pocket", revision = "1"'),
        ["base: only hub models have a revision; remove it"],
    ),
    "a model and a path": (
        changed('model = "pocket"', 'model = "pocket", path = "x"'),
        ["base.path:"],
    ),
    "a folder that is not there": (
        changed('model = "pocket"', 'path = "nowhere"'),
        ["nowhere: there is no such folder"],
    ),
    "an unknown language": (
        changed("targets", 'languages = ["sovlane"]\ntargets'),
        ["study.toml:5: languages: no target has a language or group 'sovlane'; did you mean 'solvane'?"],
    ),
    "recipes for a task that is not trained": (
        GOOD + "[recipes.pocket-paws]\nepochs = 2\n",
        ["study.toml:12: recipes.pocket-paws: the study has no task 'pocket-paws'"],
    ),
    "a recipe out of bounds": (
        changed("targets", "recipe = { learning_rate = 0.0, warmup = 1.0 }\ntargets"),
        ["recipe.learning_rate: must be greater than 0", "recipe.warmup: must be less than 1"],
    ),
    "an unknown schedule": (
        changed("targets", 'recipe = { schedule = "liner" }\ntargets'),
        ["recipe.schedule: expected 'linear', 'cosine' or 'constant', found 'liner'"],
    ),
    "a limit of nothing": (
        changed("targets", "limit = { train = 0 }\ntargets"),
        ["limit.train: must be greater than or equal to 1, found 0"],
    ),
    "a date": (changed("targets", "question = 2026-01-01\ntargets"), ["dates and times have no place in a study"]),
    "infinity": (changed("targets", "recipe = { epochs = inf }\ntargets"), ["recipe.epochs: expected a finite number"]),
    "no TOML": ("name = ", ["study.toml: is not TOML"]),
    "no arms": (GOOD.replace('[[arm]]\nname = "plain"\n', ""), ["arm: is required and missing"]),
    "everything at once": (
        'nam = "x"\nseeds = []\nbase = {}\ntargets = ["pocket-nil"]\n[[arm]]\n',
        [
            "nam: unknown key; did you mean 'name'?",
            "seeds: must not be empty",
            "base: needs either",
            "targets[1]:",
            "arm[1].name: is required",
            "name: is required",
        ],
    ),
}


def test_a_good_study_is_read(tmp_path: Path) -> None:
    study = load_study(written(tmp_path, GOOD))
    assert study.seeds == (1, 2)
    assert study.arms[0].sequences == ((),)
    assert study.conditions[0].levels == (1, 3, 5)


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_said_with_its_place(case: str, tmp_path: Path) -> None:
    text, expected = MISTAKES[case]
    lines = said(tmp_path, text)
    for sentence in expected:
        assert any(sentence in line for line in lines), f"{sentence!r} not in {lines}"
    assert all(line.startswith("study.toml") for line in lines)
    assert not any("pydantic" in line or "http" in line for line in lines)


def test_every_mistake_is_said_once(tmp_path: Path) -> None:
    lines = said(tmp_path, MISTAKES["everything at once"][0])
    assert len(lines) == len(set(lines)) == 6


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="there is no such file"):
        load_study(tmp_path / "none.toml")
    with pytest.raises(StudyError, match="cannot be read"):
        load_study(tmp_path)


def test_text_in_another_encoding_is_said(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('name = "é"'.encode("latin-1"))
    with pytest.raises(StudyError, match="is not UTF-8 text"):
        load_study(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_study(path).name == "good"


def test_lines_are_told_inside_arrays_of_tables(tmp_path: Path) -> None:
    text = GOOD + '\n[[arm]]\nname = "second"\n\n[arm.recipe]\nepochs = 0.0\n'
    assert said(tmp_path, text) == ["study.toml:17: arm[2].recipe.epochs: must be greater than 0, found 0.0"]


def test_a_study_can_be_built_in_python() -> None:
    study = Study(
        name="python",
        seeds=[1],
        base={"model": "pocket"},
        targets=["pocket-nli"],
        arms=[{"name": "plain", "recipe": {"epochs": 1}}],
    )
    assert study.arms[0].recipe.model_fields_set == {"epochs"}


def test_a_recipe_is_overridden_field_by_field() -> None:
    own = Recipe(epochs=7, batch=8)
    assert own.override(Recipe(batch=16)) == Recipe(epochs=7, batch=16)
    assert own.override(Recipe()) == own
    assert own.override(Recipe(epochs=3.0)).epochs == 3.0  # said in so many words, though it is the default
    assert json.loads(own.model_dump_json())["epochs"] == 7
