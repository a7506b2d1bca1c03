"""Augmentation as a study declares it: what it comes to, what is refused, and which results it marks."""

from pathlib import Path
from typing import Any

import pytest

from crosswind.machine import Resources
from crosswind.plan import Plan, make_plan, trainings
from crosswind.stages import Dataset, Evaluate, Perturb, Train, families_seen, kind, label, slug
from crosswind.store import Store
from crosswind.study import StudyError
from crosswind.study_file import load_study
from crosswind.work import perform
from crosswind.workshop import Workshop
from tests.studies import small_study

TYPOS = {"perturbation": "typo_edit", "severity": 3}


def plan(**arm: Any) -> Plan:
    return make_plan(small_study(arms=({"name": "one", **arm},), seeds=(1,)))


def on(found: Plan, task: str) -> list[Train]:
    return [stage for stage in trainings(found.stages) if label(stage.task) == task]


def test_arms_without_it_are_what_they_were() -> None:
    plain = make_plan(small_study())
    assert all(not stage.redrawn and not stage.views for stage in trainings(plain.stages))
    assert all("redrawn" not in stage.payload and "views" not in stage.payload for stage in trainings(plain.stages))
    assert not any(cell.seen for cell in plain.cells)


def test_online_draws_make_no_stages() -> None:
    plain, found = plan(), plan(augment=TYPOS)
    assert plain.count("perturb") == found.count("perturb")
    assert plain.count("dataset") == found.count("dataset")
    for one, other in zip(trainings(plain.stages), trainings(found.stages), strict=True):
        assert other.data == one.data
        assert other.id != one.id
        (change,) = other.redrawn
        assert (change.data, change.severity, label(change.perturbation)) == (one.data[0], 3, "typo_edit")
        assert "online-typo_edit" in slug(other)


def test_copies_are_stages_and_the_text_as_it_was_is_not_among_them() -> None:
    found = plan(augment={**TYPOS, "mode": "offline", "copies": 3})
    for stage in trainings(found.stages):
        assert [each.draw for each in stage.data if isinstance(each, Perturb)] == [1, 2, 3]
        assert all(each.id in found.stages for each in stage.data)
        assert not any(isinstance(each, Dataset) for each in stage.data)


@pytest.mark.parametrize(
    ("stages", "target", "before"), [("target", 1, 0), ("intermediate", 0, 1), ("all", 1, 1)], ids=str
)
def test_stages_say_which_trainings(stages: str, target: int, before: int) -> None:
    found = plan(sequences=(("pocket-tags",),), augment={**TYPOS, "stages": stages})
    assert all(len(each.redrawn) == target for each in (*on(found, "pocket-nli"), *on(found, "pocket-paws")))
    assert all(len(each.redrawn) == before for each in on(found, "pocket-tags"))


def test_the_regime_switches_before_a_target() -> None:
    regime = {"kind": "codeswitch", "languages": ("zhelnik", "tingsao"), "switching": {"cross": 0.3}}
    found = plan(sequences=((), ("pocket-tags",)), regime=regime)
    (tags,) = on(found, "pocket-tags")
    (change,) = tags.redrawn
    assert change.perturbation.languages == ("zhelnik", "tingsao")  # type: ignore[attr-defined]
    assert change.perturbation.levels.rates == {"word": (0.3,)}  # type: ignore[attr-defined]
    assert [each.language for each in tags.data if isinstance(each, Dataset)] == ["solvane"]
    assert all(not each.redrawn for each in on(found, "pocket-nli"))
    everything = plan(sequences=(("pocket-tags",),), regime="codeswitch")
    assert len(on(everything, "pocket-tags")[0].redrawn[0].perturbation.languages) == 13  # type: ignore[attr-defined]


def test_regimes_of_several_languages_change_each() -> None:
    regime = {"kind": "multiplied", "languages": ("solvane", "zhelnik")}
    found = plan(sequences=(("pocket-tags",),), regime=regime, augment={**TYPOS, "stages": "all"})
    assert [each.data.language for each in on(found, "pocket-tags")[0].redrawn] == ["solvane", "zhelnik"]
    offline = plan(
        sequences=(("pocket-tags",),), regime=regime, augment={**TYPOS, "stages": "all", "mode": "offline", "copies": 2}
    )
    assert len(on(offline, "pocket-tags")[0].data) == 4


def test_trainings_without_a_view_are_plain() -> None:
    found = plan(sequences=(("pocket-tags",),), objective="consistency", augment={**TYPOS, "mode": "view"})
    assert {label(each.objective) for each in on(found, "pocket-tags")} == {"erm"}
    for stage in on(found, "pocket-nli"):
        assert label(stage.objective) == "consistency"
        assert (len(stage.views), stage.redrawn) == (1, ())


def test_questions_and_contexts_change_both() -> None:
    found = make_plan(
        small_study(targets=("pocket-qa",), conditions=(), arms=({"name": "one", "augment": TYPOS},), seeds=(1,))
    )
    assert on(found, "pocket-qa")[0].redrawn[0].perturbation.fields == ()
    mixed = {"kind": "codemix", "languages": ("zhelnik",), "sources": ("dictionary",), "dictionary": "lexicon"}
    found = make_plan(
        small_study(
            targets=("pocket-qa",),
            conditions=(),
            arms=({"name": "one", "augment": {"perturbation": mixed, "severity": 3}},),
            seeds=(1,),
        )
    )
    assert on(found, "pocket-qa")[0].redrawn[0].perturbation.fields == ("question",)


def test_what_was_met_in_training_is_seen_wherever_it_is_met_again() -> None:
    conditions = ({"perturbation": "typo_key", "severities": (3,)}, {"perturbation": "punct", "severities": (3,)})
    arms = (
        {"name": "plain"},
        {"name": "before", "sequences": (("pocket-tags",),), "augment": {**TYPOS, "stages": "intermediate"}},
        {"name": "copies", "augment": {**TYPOS, "mode": "offline"}},
        {"name": "view", "objective": "consistency", "augment": {**TYPOS, "mode": "view"}},
    )
    found = make_plan(small_study(arms=arms, conditions=conditions, seeds=(1,)))
    seen = {(cell.arm, cell.condition) for cell in found.cells if cell.seen}
    assert seen == {(arm, "typo_key") for arm in ("before", "copies", "view")}
    for cell in found.cells:
        stage = found.stages[cell.stage]
        assert isinstance(stage, Evaluate)
        assert families_seen(stage.model) == (frozenset() if cell.arm == "plain" else {"char noise"})


def test_tasks_that_take_turns_change_each(tmp_path: Path) -> None:
    found = plan(sequences=((("pocket-qa", "pocket-tags"),),), augment={**TYPOS, "stages": "all"})
    (mix,) = [stage for stage in trainings(found.stages) if stage.sampler is not None]
    assert [label(change.data.task) for change in mix.redrawn] == ["pocket-qa", "pocket-tags"]
    shop = Workshop(Store(tmp_path), Resources(checkpoint_seconds=1e9))
    results = perform([*mix.data, *mix.dev, mix], shop)
    assert {result.status for result in results} == {"done"}, results
    told = shop.store.record(mix).facts["augment"]
    assert told.keys() == {"pocket-qa", "pocket-tags"}
    assert all(own["char noise"]["solvane"]["changed_words"] > 0.05 for own in told.values())


def test_raw_text_is_not_changed_besides_being_masked(tmp_path: Path) -> None:
    arm = 'sequences = [["pocket-text"]]\naugment = { perturbation = "typo_edit", severity = 3, stages = "all" }'
    path = tmp_path / "wrong.toml"
    path.write_text(STUDY.format(target="pocket-nli", arm=arm), encoding="utf-8")
    with pytest.raises(StudyError, match="raw text has other words hidden"):
        load_study(path)


def test_pools_of_a_change_are_read_before_training() -> None:
    found = make_plan(
        small_study(
            targets=("pocket-ner",),
            conditions=(),
            arms=({"name": "one", "augment": {"perturbation": "entity_swap", "severity": 1}},),
            seeds=(1,),
        )
    )
    (stage,) = on(found, "pocket-ner")
    assert stage.redrawn[0].pools
    order = list(found.stages)
    assert all(order.index(pool.id) < order.index(stage.id) for pool in stage.redrawn[0].pools)
    assert not any(kind(each) == "perturb" for each in found.stages.values())


STUDY = """
name = "wrong"
seeds = [1]
base = {{ model = "pocket" }}
targets = ["{target}"]

[[arm]]
name = "one"
{arm}
"""


@pytest.mark.parametrize(
    ("arm", "complaint"),
    [
        ('augment = { perturbation = "typo_edit" }', "says no severity of typo_edit; expected one of 1, 2, 3, 4, 5"),
        ('augment = { perturbation = "typo_edit", severity = 7 }', "severity 7 does not exist for typo_edit"),
        (
            'augment = { perturbation = "typo_edit", severity = 3, copies = 2 }',
            '2 copies are made with mode = "offline" alone',
        ),
        ('augment = { perturbation = "codemix", severity = 3 }', "training sets have no versions to align"),
        ('augment = { perturbation = "xling_pair", severity = 1 }', "it exchanges parts with other test sets"),
        (
            'augment = { perturbation = "typo_edit", severity = 3, mode = "view" }',
            "the objective erm compares the text with no view of it; use consistency",
        ),
        ('objective = "consistency"', 'name a second one, augment with mode = "view"'),
        (
            'objective = "consistency"\naugment = { perturbation = "typo_edit", severity = 3 }',
            'name a second one, augment with mode = "view"',
        ),
        ('augment = { perturbation = "typo_edit", severity = 3, mode = "twice" }', "expected 'online', 'offline' or"),
        (
            'augment = { perturbation = { kind = "codeswitch", languages = ["klingon"] } }',
            "codeswitch:klingon cannot change pocket-nli in solvane: its dictionary does not translate solvane",
        ),
        (
            'augment = { perturbation = { kind = "substitute", files = { en = "none.tsv" } } }',
            "expected words and their neighbours in en",
        ),
        (
            'augment = { perturbation = "romanize", severity = 3 }',
            "romanize cannot change pocket-nli in solvane: it changes nothing in script Latn",
        ),
        (
            'sequences = [["pocket-tags"]]\nregime = "codeswitch"\n'
            'augment = { perturbation = "typo_edit", severity = 3, stages = "all" }',
            "the regime codeswitch changes the text of intermediate tasks already",
        ),
        (
            'sequences = [["pocket-tags"]]\naugment = { perturbation = "space", severity = 3, stages = "all" }',
            "space cannot change pocket-tags in solvane",
        ),
        (
            'regime = { kind = "codeswitch", switching = { cross = 2.0 } }',
            "regime.switching.cross: must be less than or equal to 1",
        ),
        (
            'augment = { perturbation = "typo_edit", severity = 3, stages = "intermediate" }',
            "augment.stages: it is about intermediate tasks, and the arm has none",
        ),
        ('regime = "mixed"', "regime: it is about intermediate tasks, and the arm has none"),
        (
            'method = "full"\nsequences = [[["pocket-tags", ["pocket-ner"]]]]',
            "[2]: expected a name or a table with a kind",
        ),
        (
            'method = "lora"\nintermediate_method = { kind = "bottleneck", reduction = 4 }\n'
            'sequences = [["pocket-tags"]]',
            "carry is 'continue', but bottleneck with reduction = 4 comes before lora",
        ),
    ],
)
def test_mistakes_are_said_before_anything_runs(tmp_path: Path, arm: str, complaint: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(STUDY.format(target="pocket-nli", arm=arm), encoding="utf-8")
    with pytest.raises(ValueError) as error:  # noqa: PT011  (a StudyError, or what only a plan can tell)
        make_plan(load_study(path))
    assert complaint in str(error.value)


def test_a_table_of_the_user_is_found_beside_the_study(tmp_path: Path) -> None:
    (tmp_path / "near.tsv").write_text("gotda\tmuzisu\n", encoding="utf-8")
    path = tmp_path / "right.toml"
    arm = 'augment = { perturbation = { kind = "substitute", files = { solvane = "near.tsv" } }, mode = "offline" }'
    path.write_text(STUDY.format(target="pocket-nli", arm=arm), encoding="utf-8")
    study = load_study(path)
    assert str(tmp_path / "near.tsv") in study.library.contents.values()
    (stage,) = on(make_plan(study), "pocket-nli")
    assert set(study.library.contents) == set(stage.data[0].perturbation.contents.values())  # type: ignore[union-attr]
