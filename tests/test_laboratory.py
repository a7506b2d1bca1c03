"""What a study may change in Pocket, and in which languages its intermediate tasks are taught."""

from pathlib import Path
from typing import Any

import pytest

from crosswind.plan import Plan, make_plan, trainings
from crosswind.stages import Dataset, Evaluate, Train, chain, clean, label
from crosswind.study import Study

TURNED = "taruvik~order=SOV"


def planned(**changes: Any) -> Plan:
    fields: dict[str, Any] = {
        "name": "laboratory",
        "seeds": (1,),
        "base": {"model": "pocket"},
        "targets": ("pocket-nli",),
        "languages": ("taruvik",),
        "limit": {"train": 40, "dev": 10, "test": 10},
        "arm": ({"name": "plain", "sequences": ((), ("pocket-tense",))},),
    }
    return make_plan(Study(**fields | changes))


def asked(plan: Plan) -> set[str]:
    return {clean(stage.data).language for stage in plan.stages.values() if isinstance(stage, Evaluate)}


def taught(plan: Plan) -> list[Dataset]:
    """The training sets of the first intermediate stage."""
    first = next(stage for stage in trainings(plan.stages) if "tense" in chain(stage)[0])
    return [clean(data) for data in first.data]


def test_languages_can_be_described_where_others_are_named() -> None:
    assert asked(planned(languages=("taruvik", TURNED))) == {"taruvik", TURNED}
    assert asked(planned(languages=("taruvik~spaced=true", "taruvik~order=SOV,spaced=true"))) == {"taruvik", TURNED}


def test_further_languages_come_beside_the_others() -> None:
    family = {"like": "taruvik", "dial": "overlap", "values": (0.0, 0.25)}
    found = asked(planned(pocket={"languages": (TURNED,), "family": (family,)}))
    assert found == {"taruvik", TURNED, "taruvik~overlap=0.25"}


def test_other_languages_leave_the_training_as_it_was() -> None:
    plain, wider = planned(), planned(pocket={"languages": (TURNED,)})
    assert {stage.id for stage in trainings(plain.stages)} == {stage.id for stage in trainings(wider.stages)}


def test_seed_and_size_reach_every_task_but_those_with_their_own() -> None:
    own = {"kind": "pocket-nli", "seed": 7}
    plan = planned(pocket={"seed": 2, "size": 0.5}, targets=("pocket-nli", own))
    datasets = [stage for stage in plan.stages.values() if isinstance(stage, Dataset)]
    assert {label(stage.task) for stage in datasets} == {
        "pocket-nli(seed=2,size=0.5)",
        "pocket-nli(seed=7,size=0.5)",
        "pocket-tense(seed=2,size=0.5)",
    }


def test_a_smaller_world_has_fewer_words() -> None:
    words = {}
    for size in (0.3, 1.0):
        data = next(stage for stage in planned(pocket={"size": size}).stages.values() if isinstance(stage, Dataset))
        examples: list[Any] = list(data.task.examples("taruvik", "train", 300))
        words[size] = {word for example in examples for word in example.first.lower().split()}
    assert len(words[0.3]) < 0.7 * len(words[1.0])


@pytest.mark.parametrize("kind", ["source", "mixed", "multiplied"])
def test_a_regime_says_in_which_languages_a_task_is_taught(kind: str) -> None:
    regime = {"kind": kind, "languages": ("solvane", "taruvik", "zhelnik")}
    plan = planned(arm=({"name": "plain", "sequences": (("pocket-tense",),), "regime": regime},))
    data = taught(plan)
    assert [each.language for each in data] == ["solvane", "taruvik", "zhelnik"][: 1 if kind == "source" else 3]
    count = sum(len(range((each.part or (0, 1))[0], 40, (each.part or (0, 1))[1])) for each in data)
    assert count == (120 if kind == "multiplied" else 40)
    last = next(stage for stage in trainings(plan.stages) if len(chain(stage)) == 2)
    assert [clean(each).language for each in last.data] == ["solvane"]


def test_mixed_parts_cover_every_example_once(tmp_path: Path) -> None:
    from crosswind.machine import Resources
    from crosswind.store import Store
    from crosswind.work import perform
    from crosswind.workshop import Workshop

    data = taught(planned(arm=({"name": "plain", "sequences": (("pocket-tense",),), "regime": "mixed"},)))
    workshop = Workshop(Store(tmp_path), Resources())
    names = []
    assert {result.status for result in perform(data, workshop)} == {"done"}
    for each in data:
        names += [example.uid for example in workshop.examples(each)]
    assert sorted(names) == sorted(f"tense-train-{number}" for number in range(40))


def test_the_control_follows_the_recipe_of_its_task() -> None:
    control = {"kind": "shuffled", "task": "pocket-tense"}
    plan = planned(
        arm=({"name": "plain", "sequences": (("pocket-tense",), (control,))},),
        recipes={"pocket-tense": {"epochs": 2}},
    )
    first: list[Train] = [
        stage for stage in trainings(plan.stages) if len(chain(stage)) == 1 and "nli" not in chain(stage)[0]
    ]
    assert len(first) == 2
    assert first[0].recipe == first[1].recipe
    assert {label(stage.task) for stage in first} == {"pocket-tense", "shuffled(pocket-tense)"}
