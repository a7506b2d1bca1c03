"""Plans: what multiplies, what merges, in which order, how fast."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosswind.plan import make_plan, trainings
from crosswind.recipe import Recipe
from crosswind.stages import Evaluate, Train, chain, kind, parents
from crosswind.study import Study
from crosswind.tasks.pocket import RECIPE
from crosswind.workload import work_units
from tests.studies import small_study

TASKS = ("pocket-nli", "pocket-paws", "pocket-tags")


def test_equal_prefixes_are_trained_once() -> None:
    plan = make_plan(small_study())
    # Per seed: 1 tags, 1 nli (also the target nli alone), tags>nli (also tags then the target nli), then the targets.
    assert plan.one_by_one == 2 * 2 * (1 + 2 + 2 + 3)
    chains = {chain(stage) for stage in trainings(plan.stages)}
    assert plan.count("train") == 2 * len(chains)
    assert ("pocket-tags", "pocket-nli") in chains


def test_equal_arms_share_everything() -> None:
    twice = make_plan(small_study(arms=({"name": "a"}, {"name": "b"})))
    once = make_plan(small_study(arms=({"name": "a"},)))
    assert twice.stages.keys() == once.stages.keys()
    assert len(twice.cells) == 2 * len(once.cells)


def test_all_models_meet_the_same_perturbed_text() -> None:
    plan = make_plan(small_study())
    assert plan.count("perturb") == 2 * 2 * 2  # targets, languages, severities; nothing for models or seeds


def test_recipes_are_layered_from_task_to_study_to_arm() -> None:
    study = small_study(
        recipes={"pocket-nli": {"batch": 8}},
        arms=({"name": "slow", "recipe": {"learning_rate": 1e-4}, "sequences": (("pocket-nli",),)},),
    )
    first, second = (
        next(stage for stage in trainings(make_plan(study).stages) if chain(stage) == names)
        for names in (("pocket-nli",), ("pocket-nli", "pocket-paws"))
    )
    assert (first.recipe.batch, second.recipe.batch) == (8, RECIPE.batch)
    assert first.recipe.learning_rate == second.recipe.learning_rate == 1e-4
    assert first.recipe.steps == 2


def test_the_last_weights_need_no_dev_set() -> None:
    plan = make_plan(small_study(recipe={"selection": "last"}))
    assert all(stage.dev == () for stage in trainings(plan.stages))
    assert not any(getattr(stage, "split", "") == "dev" for stage in plan.stages.values())


def test_what_does_not_apply_is_a_cell_with_its_reason() -> None:
    plan = make_plan(
        small_study(languages=("solvane", "lanthep"), conditions=({"perturbation": {"kind": "case", "to": "upper"}},))
    )
    lost = [cell for cell in plan.cells if cell.reason]
    assert {cell.language for cell in lost} == {"lanthep"}
    assert all("does not apply" in cell.reason and not cell.stage for cell in lost)


def test_limits_and_recipes_bound_the_work() -> None:
    plan = make_plan(small_study())
    assert {work_units(stage) for stage in trainings(plan.stages)} == {2 * RECIPE.batch}
    assert {work_units(stage) for stage in plan.stages.values() if kind(stage) == "perturb"} == {12}
    assert Recipe(epochs=3, batch=32).updates(100) == 12
    assert Recipe(steps=7).updates(100) == 7


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.permutations(TASKS).flatmap(lambda order: st.integers(0, 3).map(lambda n: tuple(order[:n]))),
        min_size=1,
        max_size=5,
        unique=True,
    ),
    st.sets(st.integers(0, 9), min_size=1, max_size=3),
    st.sets(st.sampled_from(TASKS), min_size=1),
)
def test_plans_are_ordered_complete_and_their_own_size(
    sequences: list[tuple[str, ...]], seeds: set[int], targets: set[str]
) -> None:
    study = small_study(
        seeds=tuple(seeds), targets=tuple(sorted(targets)), arms=({"name": "any", "sequences": tuple(sequences)},)
    )
    plan = make_plan(study)
    seen: set[str] = set()
    for stage_id, stage in plan.stages.items():
        assert stage_id == stage.id
        assert {parent.id for parent in parents(stage)} <= seen
        seen.add(stage_id)
    assert {cell.stage for cell in plan.cells if cell.stage} == {
        s.id for s in plan.stages.values() if isinstance(s, Evaluate)
    }
    wanted = {(*sequence[: n + 1],) for sequence in sequences for n in range(len(sequence))}
    wanted |= {(*sequence, target) for sequence in sequences for target in targets}
    assert {chain(stage) for stage in trainings(plan.stages)} == wanted
    assert plan.count("train") == len(wanted) * len(seeds)
    assert all(isinstance(stage, Train) for stage in trainings(plan.stages))
    assert list(make_plan(study).stages) == list(plan.stages)


@pytest.mark.parametrize(
    ("method", "complaint"),
    [
        ({"kind": "lora", "rank": 500}, "rank is 500, but the hidden states are 128 wide"),
        ({"kind": "lora", "layers": [9]}, "layers names layer 9, but the encoder has 3"),
        ({"kind": "bottleneck", "reduction": 300}, "reduction is 300, but the hidden states are 128 wide"),
        ({"kind": "peft", "name": "prefix_tuning"}, "moves the positions of tokens"),
    ],
)
def test_methods_that_the_encoder_cannot_take_are_refused(method: dict[str, object], complaint: str) -> None:
    settings = {"name": "x", "seeds": [1], "base": {"model": "pocket"}, "targets": ["pocket-nli"]}
    study = Study.model_validate(settings | {"arm": [{"name": "thin", "method": method}]})
    with pytest.raises(ValueError, match=f"arm thin.*: .*{complaint}"):
        make_plan(study)
