"""Controls, stage by stage: what each takes away, what it leaves, and where there is none."""

from types import MappingProxyType
from typing import Any

import pytest

from crosswind import catalog
from crosswind.plan import Plan, make_plan, trainings
from crosswind.stages import Dataset, Evaluate, Train, chain, label
from crosswind.study import Study
from crosswind.tasks.shuffled import Shuffled
from crosswind.workload import rows_taught, updates
from tests.retrieval import Parity
from tests.studies import small_study

TWIN = {"kind": "pocket-nli", "seed": 7}  # the format and the labels of pocket-nli
BOTH = ("pocket-tags", "pocket-paws")


def planned(*controls: Any, sequences: Any = ((), ("pocket-tags",), BOTH), **changes: Any) -> Plan:
    """One arm with controls, whose recipes count epochs, so that more rows are more updates."""
    arm = {"name": "arm", "sequences": sequences, "controls": controls}
    settings = {
        key: changes.pop(key)
        for key in ("objective", "method", "regime", "equal_size", "carry", "intermediate_method")
        if key in changes
    }
    fields = {"targets": ("pocket-nli",), "recipe": {"checks": 1}, "conditions": (), "languages": ("solvane",)}
    return make_plan(small_study(**fields | {"arms": (arm | settings,)} | changes))


def asked(plan: Plan, arm: str, sequence: str = "", target: str = "pocket-nli") -> list[Train]:
    """The chains of one arm beside one sequence, by seed; each as the model that is asked."""
    stages = [
        plan.stages[cell.stage]
        for cell in plan.cells
        if (cell.arm, cell.sequence, cell.target, cell.language) == (arm, sequence, target, "solvane")
    ]
    return [stage.model for stage in stages if isinstance(stage, Evaluate) and isinstance(stage.model, Train)]


def history(model: Train) -> list[Train]:
    """The trainings of a chain, first to last."""
    return [*(history(model.start) if isinstance(model.start, Train) else []), model]


def effort(model: Train) -> int:
    return sum(map(updates, history(model)))


@pytest.mark.parametrize("sequence", ["pocket-tags", "pocket-tags > pocket-paws"])
def test_update_matched_makes_exactly_as_many_updates_on_the_target_alone(sequence: str) -> None:
    plan = planned("update_matched")
    for mine, other in zip(asked(plan, "arm", sequence), asked(plan, "arm+update_matched", sequence), strict=True):
        assert chain(other) == ("pocket-nli",)
        assert effort(other) == effort(mine) > updates(mine)
        assert (other.data, other.dev, other.method, other.seed) == (mine.data, mine.dev, mine.method, mine.seed)
    assert not asked(plan, "arm+update_matched")  # it would be the arm itself


def test_update_matched_by_compute_is_plain_training_on_as_many_rows_as_passes() -> None:
    plan = planned({"kind": "update_matched", "by": "compute"}, objective={"kind": "pgd", "steps": 4})
    name = "arm+update_matched(by=compute)"
    for sequence in ("", "pocket-tags"):
        (mine, _), (other, _) = asked(plan, "arm", sequence), asked(plan, name, sequence)
        assert label(other.objective) == "erm"
        assert updates(other) == effort(mine) * 4  # two plain passes, and three that look for two thirds each
    plain = planned({"kind": "update_matched", "by": "compute"})
    assert updates(asked(plain, name, "pocket-tags")[0]) == effort(asked(plain, "arm", "pocket-tags")[0])


def test_compute_counts_rows_where_batches_differ() -> None:
    plan = planned(
        {"kind": "update_matched", "by": "compute"}, recipes={"pocket-tags": {"batch": 8}, "pocket-nli": {"batch": 32}}
    )
    (mine, _), (other, _) = (
        asked(plan, "arm", "pocket-tags"),
        asked(plan, "arm+update_matched(by=compute)", "pocket-tags"),
    )
    first, last = history(mine)
    assert updates(other) * 32 == updates(first) * 8 + updates(last) * 32


def test_updates_are_shared_out_where_a_target_learns_from_several_sets() -> None:
    fields = {"targets": ("xcopa",), "languages": ("it",), "limit": {"train": 300, "dev": 10, "test": 10}}
    plan = planned("update_matched", sequences=(("race",),), **fields)
    cell = {cell.arm: plan.stages[cell.stage] for cell in plan.cells}
    mine, other = (stage.model for stage in cell.values() if isinstance(stage, Evaluate))
    assert isinstance(mine, Train)
    assert isinstance(other, Train)
    assert chain(other) == chain(mine)[1:]
    assert len(chain(other)) == 2
    assert effort(other) == effort(mine)
    assert all(updates(more) > updates(less) for more, less in zip(history(other), history(mine)[1:], strict=True))


def test_equal_controls_of_several_arms_are_one_chain() -> None:
    arms = [
        {"name": name, "sequences": (("pocket-tags",),), "controls": ("update_matched", "label_shuffled")}
        for name in ("a", "b")
    ]
    plan = make_plan(small_study(arms=tuple(arms), targets=("pocket-nli",), conditions=()))
    assert plan.count("train") == 2 * (2 + 1 + 2)  # by seed: the chain, the longer target, the shuffled chain
    assert {cell.control_of for cell in plan.cells} == {"", "a", "b"}


def test_controls_are_what_a_study_could_have_named_itself() -> None:
    climb, still = {"kind": "fgm", "eps": 0.3}, {"kind": "fgm", "eps": 0.0}
    controls = ("random_direction", "neutral", "label_shuffled", "reversed")
    plan = planned(*controls, objective=climb)
    by_hand = (
        {"name": "random_direction", "objective": climb | {"direction": "random"}, "sequences": ((), BOTH)},
        {"name": "neutral", "objective": still, "sequences": ((), BOTH)},
        {"name": "reversed", "objective": climb, "sequences": (BOTH[::-1],)},
        {
            "name": "label_shuffled",
            "objective": climb,
            "sequences": (tuple({"kind": "shuffled", "task": each} for each in BOTH),),
        },
    )
    declared = planned(arms=by_hand)
    for control in controls:
        wanted = {stage.id for cell in declared.cells if cell.arm == control for stage in [declared.stages[cell.stage]]}
        beside = {"", " > ".join(BOTH)}
        found = {cell.stage for cell in plan.cells if cell.arm == f"arm+{control}" and cell.sequence in beside}
        assert found == wanted, control


def test_shuffled_labels_also_select_the_weights_and_the_target_keeps_its_own() -> None:
    plan = planned("label_shuffled")
    first, second, target = history(asked(plan, "arm+label_shuffled", " > ".join(BOTH))[0])
    for stage in (first, second):
        assert all(isinstance(data.task, Shuffled) for data in (*stage.data, *stage.dev) if isinstance(data, Dataset))
    assert target.data == asked(plan, "arm")[0].data


def test_joint_training_has_the_data_of_its_kind_and_their_updates() -> None:
    plan = planned("joint_same_task", sequences=((), ("pocket-tags", TWIN)))
    sequence = "pocket-tags > pocket-nli(seed=7)"
    (mine, _), (other, _) = asked(plan, "arm", sequence), asked(plan, "arm+joint_same_task", sequence)
    tags, twin, target = history(mine)
    before, joint = history(other)
    assert before == tags
    assert joint.data == (*target.data, *twin.data)
    assert joint.task == target.task
    assert effort(other) == effort(mine)


def test_no_target_asks_the_intermediate_model() -> None:
    plan = planned("no_target", sequences=((), (TWIN,)))
    (mine, _), (other, _) = (asked(plan, arm, "pocket-nli(seed=7)") for arm in ("arm", "arm+no_target"))
    assert other == mine.start


def test_data_matched_cuts_to_the_smallest_of_the_arm_and_is_equal_size() -> None:
    fields: dict[str, Any] = {
        "sequences": ((), ("copa",), ("qnli",), ("qnli", "copa")),
        "limit": {"dev": 12, "test": 12},
    }
    plan, cut = planned("data_matched", **fields), planned(equal_size=True, **fields)
    for sequence in ("copa", "qnli", "qnli > copa"):
        other = asked(plan, "arm+data_matched", sequence)
        *before, last = history(other[0])
        assert {rows_taught(stage) for stage in before} == {400}
        assert last.data == asked(plan, "arm")[0].data
        assert other == asked(cut, "arm", sequence)
    assert not asked(plan, "arm+data_matched")


@pytest.mark.parametrize("kind", ["mixed", "multiplied"])
def test_sets_in_several_languages_are_cut_to_as_many_rows(kind: str) -> None:
    regime = {"kind": kind, "languages": ["de", "fr"]}
    sequences = (("pawsx",), ("panx",))
    plan = planned(sequences=sequences, regime=regime, equal_size=True, limit={"dev": 12, "test": 12})
    counts = {rows_taught(history(asked(plan, "arm", name)[0])[0]) for name in ("pawsx", "panx")}
    assert counts == {40_000 if kind == "multiplied" else 20_000}


class Uneven(Parity):
    """A task that has hardly anything to teach in one language."""

    sizes = MappingProxyType({"train": 10_000, "dev": 4, "test": 8})
    exact_sizes = MappingProxyType({"train": {"ru": 10}})


def test_sets_that_cannot_be_made_equal_are_refused() -> None:
    regime = {"kind": "mixed", "languages": ["ru", "en"]}
    uneven = {"kind": f"{Uneven.__module__}:{Uneven.__qualname__}"}
    fields = {"sequences": ((uneven,), ("tydiqa",)), "regime": regime, "limit": {"dev": 12, "test": 12}}
    with pytest.raises(ValueError, match=r"equal_size cannot make .* \(.*Uneven 1,668, tydiqa 3,326 rows\)"):
        planned(equal_size=True, **fields)


def test_other_seeds_are_the_arm_again() -> None:
    plan = planned("seeds_only", {"kind": "seeds_only", "seeds": [8]}, sequences=(("pocket-tags",),))
    (mine, _) = asked(plan, "arm", "pocket-tags")
    assert [each.seed for each in asked(plan, "arm+seeds_only", "pocket-tags")] == [3, 4]
    (named,) = asked(plan, "arm+seeds_only(seeds=[8])", "pocket-tags")
    assert named.model_copy(update={"seed": 1, "start": mine.start}) == mine
    assert {cell.seed for cell in plan.cells} == {1, 2, 3, 4, 8}


CLIMB = {"kind": "fgm"}
THIN = {"kind": "bottleneck"}
FUSED: dict[str, Any] = {
    "sequences": (BOTH,),
    "carry": "fuse",
    "method": {"kind": "fusion"},
    "intermediate_method": THIN,
}


def test_nothing_is_carried_where_a_study_could_have_said_so() -> None:
    plan, declared = planned("carry_fresh", method=THIN), planned(method=THIN, carry="fresh")
    for sequence in ("pocket-tags", "pocket-tags > pocket-paws"):
        other = asked(plan, "arm+carry_fresh", sequence)
        assert other == asked(declared, "arm", sequence)
        assert [stage.carry for stage in history(other[0])] == ["continue", *["fresh"] * (len(history(other[0])) - 1)]
    assert not asked(plan, "arm+carry_fresh")


def test_orders_keep_what_their_places_carry() -> None:
    plan = planned("reversed", "update_matched", method=THIN, carry="stack", sequences=(BOTH,))
    mine, other = asked(plan, "arm", " > ".join(BOTH))[0], asked(plan, "arm+reversed", " > ".join(BOTH))[0]
    assert [stage.carry for stage in history(mine)] == ["continue", "stack", "stack"]
    assert [stage.carry for stage in history(other)] == ["continue", "stack", "stack"]
    assert asked(plan, "arm+update_matched", " > ".join(BOTH))[0].carry == "continue"


def test_raw_text_beside_labels_stays_as_it_is_where_these_are_shuffled() -> None:
    plan = planned("label_shuffled", sequences=((("pocket-tags", "pocket-text"),),))
    first, _ = history(asked(plan, "arm+label_shuffled", "pocket-tags+pocket-text")[0])
    assert sorted(first.tasks) == ["pocket-text", "shuffled(pocket-tags)"]


def test_controls_of_fused_tasks_stay_fused() -> None:
    plan = planned("label_shuffled", **FUSED)
    mine, other = asked(plan, "arm", " > ".join(BOTH))[0], asked(plan, "arm+label_shuffled", " > ".join(BOTH))[0]
    assert [type(start.task) for start in other.starts if isinstance(start, Train)] == [Shuffled, Shuffled]
    assert all(isinstance(start, Train) and start.depth == 0 for start in (*mine.starts, *other.starts))
    assert len(mine.starts) == 2


REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "updates of nothing else": ("update_matched", {"sequences": ((),)}, "nothing comes before the target"),
    "a target that is not trained": (
        "update_matched",
        {"targets": ("pocket-tatoeba",)},
        "nothing is trained on the target's own data",
    ),
    "one set": ("data_matched", {"sequences": (("pocket-tags",),)}, "its intermediate training sets are equally large"),
    "no sequence": ("data_matched", {"sequences": ((),)}, "no intermediate task comes before the target"),
    "plain training": ("neutral", {}, "its objective is plain training as it stands"),
    "neutral already": ("neutral", {"objective": {"kind": "sam", "rho": 0.0}}, "is plain training as it stands"),
    "no way uphill": ("random_direction", {"objective": {"kind": "rdrop"}}, "moves no embeddings uphill"),
    "random already": (
        "random_direction",
        {"objective": CLIMB | {"direction": "random"}},
        "moves no embeddings uphill",
    ),
    "another kind of task": ("joint_same_task", {}, "no intermediate task has the target's format and labels"),
    "another head": ("no_target", {}, "the last intermediate task has another format or other labels"),
    "one task": ("reversed", {"sequences": ((), ("pocket-tags",))}, "it reads the same backwards"),
    "labels of nothing": ("label_shuffled", {"sequences": ((),)}, "no intermediate task comes before the target"),
    "labels of raw text": (
        "label_shuffled",
        {"sequences": (("pocket-text",),)},
        "raw text has no labels that could be dealt out anew",
    ),
    "shuffled already": (
        "label_shuffled",
        {"sequences": (({"kind": "shuffled", "task": "pocket-tags"},),)},
        "have shuffled labels as they stand",
    ),
    "a seed of the study": ({"kind": "seeds_only", "seeds": [2]}, {}, "the study has the seed 2 itself"),
    "an encoder that is tuned": ("carry_fresh", {"sequences": (BOTH,)}, "after a full one, name the sequence"),
    "fresh already": ("carry_fresh", {"sequences": (BOTH,), "method": THIN, "carry": "fresh"}, "nothing is carried"),
    "an order of what is fused": ("reversed", FUSED, "stand side by side to be fused"),
    "the end of what is fused": ("update_matched", FUSED, "stand side by side to be fused"),
    "no training": ("seeds_only", {"sequences": ((),), "targets": ("pocket-tatoeba",)}, "seeds change nothing"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused_with_the_reason(case: str) -> None:
    control, changes, reason = REFUSED[case]
    name = control if isinstance(control, str) else control["kind"]
    with pytest.raises(ValueError, match=f"small: arm arm.controls: it cannot have the control {name}.*: .*{reason}"):
        planned(control, **changes)


def test_all_refusals_are_said_at_once() -> None:
    with pytest.raises(ValueError, match="neutral") as said:
        planned("neutral", "reversed", sequences=((),))
    assert len(str(said.value).splitlines()) == 2


@pytest.mark.parametrize("name", catalog.FAMILIES["controls"])
def test_every_control_changes_something_and_only_for_itself(name: str) -> None:
    sequences: Any = ((), (TWIN,), ("pocket-tags", TWIN))
    fields = {"sequences": sequences, "objective": CLIMB, "limit": {"dev": 12, "test": 12}}
    if name == "carry_fresh":
        fields["method"] = {"kind": "bottleneck"}
    if name == "data_matched":
        fields["sequences"] = ((), ("copa",), (TWIN,))
    alone, beside = planned(**fields), planned(name, **fields)
    own = {stage.id for stage in trainings(alone.stages)}
    assert own < {stage.id for stage in trainings(beside.stages)} or name == "no_target"
    assert beside.cells[: len(alone.cells)] == alone.cells
    (companion,) = beside.companions
    assert (companion.of, companion.name, companion.control.told[-1]) == ("arm", f"arm+{name}", ".")
    rest = beside.cells[len(alone.cells) :]
    assert {(cell.arm, cell.control_of) for cell in rest} == {(f"arm+{name}", "arm")}
    shared = {cell.stage for cell in rest} & {cell.stage for cell in alone.cells}
    assert bool(shared) == (name == "data_matched")  # the smallest set is as large as it was


def test_a_control_may_not_take_the_name_of_an_arm() -> None:
    arms = ({"name": "a", "sequences": (BOTH,), "controls": ("reversed",)}, {"name": "a+reversed"})
    with pytest.raises(ValueError, match=r"arm a\+reversed stands here twice"):
        Study.model_validate(small_study().model_dump() | {"arms": arms})


def test_mlm_only_reads_the_same_rows_for_as_many_updates_and_guesses_their_words() -> None:
    plan = planned("mlm_only", sequences=((), BOTH))
    for mine, other in zip(
        asked(plan, "arm", " > ".join(BOTH)), asked(plan, "arm+mlm_only", " > ".join(BOTH)), strict=True
    ):
        *before, last = history(other)
        assert [chain(each)[-1] for each in before] == [
            f"text-of(pocket-{name}) in solvane" for name in ("tags", "paws")
        ]
        assert (last.data, last.recipe) == (mine.data, mine.recipe)
        assert effort(other) == effort(mine)
        assert all(each.dev == () and each.recipe.selection == "last" for each in before)
    assert not asked(plan, "arm+mlm_only")


def test_there_is_no_mlm_only_of_raw_text_or_of_a_mix() -> None:
    with pytest.raises(ValueError, match="its intermediate tasks are raw text as they stand"):
        planned("mlm_only", sequences=(("pocket-text",),))
    with pytest.raises(ValueError, match="take turns"):
        planned("mlm_only", sequences=((("pocket-tags", "pocket-paws"),),))
