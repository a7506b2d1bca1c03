"""Stages that learn several tasks at once: how a study asks for them, what they come to, and one run and reported."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from crosswind.answering import score
from crosswind.console.outline import outline
from crosswind.estimate import keys
from crosswind.machine import Resources
from crosswind.methods.full import Full
from crosswind.models.several import HeadOfEach
from crosswind.objectives.erm import Erm
from crosswind.plan import Plan, make_plan, trainings
from crosswind.recipe import Recipe
from crosswind.results import scores
from crosswind.samplers.capped import Capped
from crosswind.samplers.given import Given
from crosswind.samplers.proportional import Proportional
from crosswind.samplers.uniform import Uniform
from crosswind.stages import Base, Dataset, Evaluate, Train, chain, slug
from crosswind.store import WEIGHTS, Store
from crosswind.study import Study
from crosswind.study_file import load_study
from crosswind.tasks.base import Task
from crosswind.tasks.pocket_nli import PocketNli
from crosswind.tasks.pocket_tags import PocketTags
from crosswind.tasks.pocket_tatoeba import PocketTatoeba
from crosswind.tasks.shuffled import Shuffled
from crosswind.teaching import dev_score
from crosswind.work import perform
from crosswind.workload import work_units
from crosswind.workshop import Workshop, asked_model, begin_model
from tests.small_study import small_file
from tests.studies import small_study
from tests.test_cli import crosswind
from tests.train.conftest import one_thread  # noqa: F401

MIX = ("pocket-nli", "pocket-tags")
NAME = "pocket-nli+pocket-tags"


def planned(*sequences: object, sampler: object = None, **changes: Any) -> Plan:
    arm = {"name": "any", "sequences": sequences} | ({} if sampler is None else {"sampler": sampler})
    return make_plan(small_study(targets=("pocket-qa",), arms=(arm,), conditions=(), seeds=(1,), **changes))


def mixed(plan: Plan) -> Train:
    """The one stage of a plan that learns several tasks."""
    (found,) = [stage for stage in trainings(plan.stages) if stage.sampler is not None]
    return found


# What a study's list comes to


def test_a_list_is_one_stage_of_all_its_tasks() -> None:
    plan = planned((MIX, "pocket-paws"))
    assert [chain(stage) for stage in trainings(plan.stages)] == [
        (f"({NAME})",),
        (f"({NAME})", "pocket-paws"),
        (f"({NAME})", "pocket-paws", "pocket-qa"),
    ]
    assert {cell.sequence for cell in plan.cells} == {f"{NAME} > pocket-paws"}
    assert plan.one_by_one == 3
    stage = mixed(plan)
    assert list(stage.tasks) == list(MIX)
    assert [data.task for data in stage.dev] == [PocketNli(), PocketTags()]
    assert stage.sampler == Proportional()
    with pytest.raises(AssertionError, match="have a head each"):
        _ = stage.task


def test_the_order_inside_a_list_means_nothing() -> None:
    one, other = planned((MIX,)), planned((MIX[::-1],))
    assert list(one.stages) == list(other.stages)
    assert {cell.sequence for cell in one.cells} == {cell.sequence for cell in other.cells} == {NAME}
    with pytest.raises(ValueError, match=r"sequence pocket-nli\+pocket-tags stands here twice"):
        planned((MIX,), (MIX[::-1],))


def test_a_list_of_one_is_the_task_alone() -> None:
    assert list(planned((("pocket-nli",),)).stages) == list(planned(("pocket-nli",)).stages)


def test_a_mix_is_no_sequence_and_no_set_of_one_head() -> None:
    together, after = planned((MIX,)), planned(MIX)
    assert not {stage.id for stage in trainings(together.stages)} & {stage.id for stage in trainings(after.stages)}


def test_the_sampler_is_part_of_what_a_mix_is_and_of_nothing_else() -> None:
    sequences = (MIX,), ("pocket-paws",)
    one, other = planned(*sequences), planned(*sequences, sampler="uniform")
    assert mixed(other).sampler == Uniform()
    assert mixed(one).id != mixed(other).id
    alone = [
        {stage.id for stage in trainings(plan.stages) if "pocket-paws" in chain(stage)[0]} for plan in (one, other)
    ]
    assert alone[0] == alone[1] != set()


def test_weights_of_tasks_that_are_elsewhere_change_no_id() -> None:
    weights = {"pocket-nli": 1, "pocket-tags": 2}
    alone = planned((MIX,), sampler={"kind": "given", "weights": weights})
    more = planned(
        (MIX,),
        (("pocket-nli", "pocket-paws"),),
        sampler={"kind": "given", "weights": weights | {"pocket-paws": 3}},
    )
    assert mixed(alone).sampler == Given(weights=weights)
    assert mixed(alone).id in more.stages


def test_every_language_of_a_regime_belongs_to_its_task() -> None:
    arm = {"name": "any", "sequences": ((MIX,),), "regime": {"kind": "multiplied", "languages": ["solvane", "zhelnik"]}}
    stage = mixed(make_plan(small_study(targets=("pocket-qa",), arms=(arm,), conditions=(), seeds=(1,))))
    for name in MIX:
        assert [data.language for data in stage.data_of(name) if isinstance(data, Dataset)] == ["solvane", "zhelnik"]
    assert chain(stage) == (f"({NAME}) in 2 languages",)


# Recipes


def test_a_mix_gives_every_task_at_least_what_it_has_alone() -> None:
    recipes = {
        "pocket-nli": {"epochs": 5, "learning_rate": 1e-4, "batch": 8, "max_length": 64},
        "pocket-tags": {"epochs": 2, "learning_rate": 1e-3, "batch": 32, "max_length": 48, "warmup": 0.2},
    }
    found = mixed(planned((MIX,), recipe={}, recipes=recipes)).recipe
    assert (found.epochs, found.learning_rate, found.batch, found.max_length, found.warmup) == (5, 1e-4, 32, 64, 0.2)
    assert found.steps is None
    assert found.dropout == PocketNli.recipe.dropout


def test_what_is_said_of_a_mix_comes_before_its_tasks_and_behind_the_arm() -> None:
    recipes = {"pocket-nli": {"epochs": 5}, NAME: {"epochs": 1, "batch": 4}}
    assert mixed(planned((MIX,), recipe={}, recipes=recipes)).recipe.epochs == 1
    arm = {"name": "any", "sequences": ((MIX,),), "recipe": {"epochs": 3}}
    study = small_study(targets=("pocket-qa",), arms=(arm,), conditions=(), recipe={}, recipes=recipes, seeds=(1,))
    found = mixed(make_plan(study)).recipe
    assert (found.epochs, found.batch) == (3, 4)


def test_what_no_number_settles_has_to_be_said() -> None:
    recipes: dict[str, Any] = {"pocket-nli": {"precision": "bf16", "selection": "last"}}
    message = (
        r"precision is 'bf16' for pocket-nli, 'fp32' for pocket-tags; selection is 'last' .*say which in \[recipes"
    )
    with pytest.raises(ValueError, match=message):
        planned((MIX,), recipes=recipes)
    said = planned((MIX,), recipes=recipes | {NAME: {"precision": "fp32", "selection": "last"}})
    assert mixed(said).recipe.precision == "fp32"
    assert mixed(said).dev == ()


# Work


def test_work_is_that_of_all_rows_that_count() -> None:
    limits = {"limit": {"train": 64, "dev": 12, "test": 12}, "recipe": {"epochs": 2, "batch": 8}}
    assert work_units(mixed(planned((MIX,), **limits))) == 2 * 128
    capped = mixed(planned((MIX,), sampler={"kind": "capped", "cap": 32}, **limits))
    assert capped.sampler == Capped(cap=32)
    assert work_units(capped) == 2 * 64


def test_the_speed_of_a_mix_is_measured_by_itself() -> None:
    plan = planned((MIX,), MIX)
    specific = {keys(stage)[0] for stage in trainings(plan.stages)}
    assert len(specific) == 4  # the mix, each of its tasks, the target
    assert keys(mixed(plan))[1] == ("train",)


def test_an_outline_tells_the_sampler(tmp_path: Path) -> None:
    sampler = {"kind": "given", "weights": {"pocket-nli": 1, "pocket-tags": 2}}
    told = "\n".join(outline(planned((MIX,), sampler=sampler), Store(tmp_path)))
    assert f"({NAME}) [full, erm, given(weights=(pocket-nli=1.0,pocket-tags=2.0)), 2 updates" in told


# Records that make no sense


def record(*tasks: Task, **changes: Any) -> Train:
    data = tuple(Dataset(task=task, language="solvane", split="train") for task in tasks)
    fields = {"start": Base(model="pocket", revision="0" * 40), "method": Full(), "objective": Erm(), "seed": 1}
    return Train(**fields | {"data": data, "recipe": Recipe()} | changes)


def test_one_head_for_two_tasks_of_equal_labels_is_no_mix() -> None:
    joint = record(PocketNli(), Shuffled(task=PocketNli()))
    assert joint.task == PocketNli()
    assert chain(joint) == ("pocket-nli and shuffled(pocket-nli)",)
    apart = record(PocketNli(), Shuffled(task=PocketNli()), sampler=Proportional())
    assert apart.id != joint.id
    assert len({slug(joint), slug(apart)}) == 2


@pytest.mark.parametrize(
    ("tasks", "changes", "complaint"),
    [
        ((PocketNli(), PocketTags()), {}, "pocket-nli, pocket-tags differ in format or labels, so no head fits all"),
        ((PocketNli(),), {"sampler": Uniform()}, "among several tasks; there is only pocket-nli"),
        ((PocketTags(), PocketNli()), {"sampler": Uniform()}, "stand in the order of their names"),
        ((PocketNli(), PocketTags()), {"sampler": Uniform(), "head": "carried"}, "none to carry on"),
    ],
)
def test_stages_that_cannot_be_are_refused(tasks: tuple[Task, ...], changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        record(*tasks, **changes)


@pytest.mark.parametrize(
    ("sequences", "sampler", "complaint"),
    [
        (((("pocket-nli", "pocket-tatoeba"),),), None, "pocket-tatoeba has no training set, so it cannot stand"),
        ((("pocket-nli",),), "uniform", "sampler: no sequence has a list in it, so no tasks take turns"),
        (((MIX,),), {"kind": "given", "weights": {"pocket-nli": 1}}, "its weights say nothing about pocket-tags"),
        (
            ((MIX,),),
            {"kind": "given", "weights": {"pocket-nli": 1, "pocket-tags": 1, "pocket-tgas": 1}},
            "no list of the sequences has a task 'pocket-tgas'; did you mean 'pocket-tags'",
        ),
        (
            ((MIX,),),
            {"kind": "schedule", "points": {"pocket-nli": [[0, 1], [0.5, 0]], "pocket-tags": [[0.5, 0], [1, 1]]}},
            "at progress 0.5 every task has weight 0",
        ),
    ],
)
def test_what_cannot_be_trained_is_refused_at_planning(sequences: Any, sampler: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        planned(*sequences, sampler=sampler)


# Run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a study of a mix that has been run."""
    folder = tmp_path_factory.mktemp("mix")
    small_file(folder, train=24, sequences='[[["pocket-tags", "pocket-paws"]], ["pocket-paws"]]')
    done = crosswind("run", "small.toml", "--workers", "1", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def plan(folder: Path) -> Plan:
    return make_plan(load_study(folder / "small.toml"))


def workshop(store: Store) -> Workshop:
    store.prepare()
    return Workshop(store, Resources(device="cpu"))


def test_a_mix_runs_and_its_record_says_whose_turn_it_was(folder: Path, plan: Plan) -> None:
    store, stage = Store(folder / ".crosswind"), mixed(plan)
    facts = store.record(stage).facts
    assert set(facts["turns"]) == set(facts["tokens_of"]) == {"pocket-paws", "pocket-tags"}
    assert sum(facts["turns"].values()) == facts["updates"] == stage.recipe.updates(48)
    assert sum(facts["tokens_of"].values()) == facts["tokens"]
    assert facts["units"] == work_units(stage)
    table = scores(plan, store)
    assert set(table["status"]) == {"done"}
    assert set(table["sequence"]) == {"pocket-paws+pocket-tags", "pocket-paws"}
    alone = next(each for each in trainings(plan.stages) if chain(each) == ("pocket-paws",))
    assert not {"turns", "tokens_of"} & store.record(alone).facts.keys()


def test_a_mix_is_reported(folder: Path) -> None:
    assert crosswind("report", "small.toml", "--out", "report.html", cwd=folder).returncode == 0
    assert "pocket-paws+pocket-tags" in (folder / "report.html").read_text(encoding="utf-8")


def test_every_head_begins_as_it_would_alone(folder: Path, plan: Plan) -> None:
    shop, stage = workshop(Store(folder / ".crosswind")), mixed(plan)
    alone = next(each for each in trainings(plan.stages) if chain(each) == ("pocket-paws",))
    mix = begin_model(shop, stage).head
    assert isinstance(mix, HeadOfEach)
    assert mix.names == ("pocket-paws", "pocket-tags")
    for own, other in zip(mix.of("pocket-paws").parameters(), begin_model(shop, alone).head.parameters(), strict=True):
        assert torch.equal(own, other)


def test_what_follows_a_mix_begins_with_its_encoder_and_a_head_of_its_own(folder: Path, plan: Plan) -> None:
    shop, stage = workshop(Store(folder / ".crosswind")), mixed(plan)
    after = next(each for each in trainings(plan.stages) if each.start == stage)
    before, model = begin_model(shop, stage), begin_model(shop, after)
    assert not isinstance(model.head, HeadOfEach)
    left = load_file(shop.store.file(stage, WEIGHTS))
    for name, tensor in model.encoder.named_parameters():
        assert torch.equal(tensor, left[f"encoder.{name}"])
    assert any(not torch.equal(tensor, left[f"encoder.{name}"]) for name, tensor in before.encoder.named_parameters())


def test_a_target_without_training_asks_the_encoder_that_a_mix_has_left(folder: Path, plan: Plan) -> None:
    shop, stage = workshop(Store(folder / ".crosswind")), mixed(plan)
    data = Dataset(task=PocketTatoeba(), language="zhelnik", split="test")
    model = asked_model(shop, Evaluate(model=stage, data=data))
    left = load_file(shop.store.file(stage, WEIGHTS))
    asked = dict(model.encoder.named_parameters())
    assert asked
    assert all(torch.equal(tensor, left[f"encoder.{name}"]) for name, tensor in asked.items())


def test_weights_are_selected_by_scores_between_guessing_and_no_mistake(folder: Path, plan: Plan) -> None:
    shop, stage = workshop(Store(folder / ".crosswind")), mixed(plan)
    model = begin_model(shop, stage)
    assert isinstance(model.head, HeadOfEach)
    paws, tags = (
        score(shop, model.asked(model.head.of(name)), stage, data, {})
        for name, data in zip(stage.tasks, stage.dev, strict=True)
    )
    assert dev_score(shop, model, stage) == pytest.approx(((paws - 50) / 0.5 + tags) / 2)


def test_a_stopped_mix_goes_on_to_equal_weights(plan: Plan, tmp_path: Path) -> None:
    found, stage = [], mixed(plan)
    for name, patience in (("whole", 1000), ("parts", 4)):
        shop = workshop(Store(tmp_path / name))
        assert {result.status for result in perform([*stage.data, *stage.dev], shop)} == {"done"}
        calls = iter(range(1000))
        shop.stop = partial(lambda patience, calls: next(calls) >= patience, patience, calls)
        assert [each.status for each in perform([stage], shop)] == (["stopped"] if name == "parts" else ["done"])
        shop.stop = lambda: False
        perform([stage], shop)
        record = shop.store.record(stage)
        found.append((record.files[WEIGHTS].sha256, record.facts["turns"], record.facts["tokens_of"]))
    assert found[0] == found[1]


def test_a_study_says_it_in_python_too() -> None:
    study = Study.model_validate(
        {
            "name": "mix",
            "seeds": [1],
            "base": {"model": "pocket"},
            "targets": ["pocket-qa"],
            "arm": [{"name": "any", "sequences": [[[PocketTags(), PocketNli()]]], "sampler": Uniform()}],
        }
    )
    assert mixed(make_plan(study)).sampler == Uniform()
