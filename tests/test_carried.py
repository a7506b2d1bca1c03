"""Studies whose trainings take over from each other in every way, run on Pocket's encoder."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from crosswind import results
from crosswind.answering import score
from crosswind.machine import Resources
from crosswind.methods.base import Method
from crosswind.methods.bitfit import Bitfit
from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.full import Full
from crosswind.methods.lora import Lora
from crosswind.models.batch import collate
from crosswind.objectives.erm import Erm
from crosswind.plan import Plan, make_plan, trainings
from crosswind.recipe import Recipe
from crosswind.report.spending import spendings
from crosswind.stages import Base, Dataset, Train, taught
from crosswind.store import WEIGHTS, Store
from crosswind.study_file import load_study
from crosswind.tasks.pocket_paws import PocketPaws
from crosswind.work import make_train, perform
from crosswind.workshop import Workshop, begin_model, load_model
from tests.train.conftest import one_thread  # noqa: F401

pytestmark = pytest.mark.xdist_group("carried")

STUDY = """
name = "carried"
seeds = [1]
base = { model = "pocket" }
targets = ["pocket-nli"]
languages = ["solvane"]
limit = { train = 16, dev = 8, test = 8 }
recipe = { steps = 3, batch = 8, learning_rate = 1e-3, checks = 2, dropout = 0.0 }
"""
CHAIN = '[["pocket-tense", "pocket-paws"]]'
ARMS = {
    "continue": 'method = { kind = "bottleneck", reduction = 4 }',
    "stack": 'method = { kind = "bottleneck", reduction = 8 }\ncarry = "stack"',
    "narrower": 'method = "bottleneck"\nintermediate_method = { kind = "bottleneck", reduction = 4 }\ncarry = "stack"',
    "updates": 'method = "lora"\ncarry = "stack"',
    "fresh": 'method = "bottleneck"\ncarry = "fresh"',
    "biases": 'method = "bitfit"\ncarry = "fresh"',
    "merge": 'intermediate_method = "lora"\nintermediate_recipe = { learning_rate = 3e-3 }\ncarry = "merge"',
    "unfreeze": 'intermediate_method = "bottleneck"\ncarry = "unfreeze"',
    "then": 'intermediate_method = "full"\nmethod = "bottleneck"',
    "fuse": 'intermediate_method = "bottleneck"\nmethod = "fusion"\ncarry = "fuse"',
}


def workshop_at(folder: Path, **settings: Any) -> Workshop:
    store = Store(folder)
    store.prepare()
    return Workshop(store, Resources(device="cpu", **settings))


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    path = tmp_path_factory.mktemp("study") / "carried.toml"
    arms = "".join(f'\n[[arm]]\nname = "{name}"\nsequences = {CHAIN}\n{text}\n' for name, text in ARMS.items())
    path.write_text(STUDY + arms, encoding="utf-8")
    return make_plan(load_study(path))


@pytest.fixture(scope="module")
def workshop(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A workshop in whose store all is done."""
    made = workshop_at(tmp_path_factory.mktemp("store"))
    found = perform(list(plan.stages.values()), made)
    assert {result.status for result in found} == {"done"}, [result for result in found if result.status != "done"]
    return made


def last_of(plan: Plan, arm: str) -> Train:
    stage = plan.stages[next(cell.stage for cell in plan.cells if cell.arm == arm)]
    return stage.model  # type: ignore[attr-defined, no-any-return]


def test_every_arm_is_scored(plan: Plan, workshop: Workshop) -> None:
    scores = results.scores(plan, workshop.store)
    assert set(scores["status"]) == {"done"}
    assert set(scores["arm"]) == set(ARMS)


def test_every_model_scores_as_it_did_when_it_had_learned(plan: Plan, workshop: Workshop) -> None:
    for stage in trainings(plan.stages):
        model = load_model(workshop, stage)
        again = [score(workshop, model, stage, data, {}) for data in stage.dev]
        assert sum(again) / len(again) == workshop.store.record(stage).facts["dev"]


def test_what_is_carried_matters(plan: Plan, workshop: Workshop) -> None:
    """Adapters that went on, stand above others, or began anew differ, though task, seed and text are the same."""
    moved = [load_file(workshop.store.file(last_of(plan, arm), WEIGHTS)) for arm in ("narrower", "fresh")]
    assert moved[0].keys() == moved[1].keys()
    assert any(not torch.equal(moved[0][name], moved[1][name]) for name in moved[0])


def test_an_arm_costs_all_that_it_fuses(plan: Plan, workshop: Workshop) -> None:
    last = last_of(plan, "fuse")
    by_name = {each.arm: each for each in spendings(plan, workshop.store)}
    seconds = [workshop.store.record(stage).facts["wall_seconds"] for stage in (last, *last.starts)]
    assert by_name["fuse"].trainings == len(seconds) == 3
    assert by_name["fuse"].seconds == pytest.approx(sum(seconds))


def test_attention_over_fused_adapters_is_recorded(plan: Plan, workshop: Workshop) -> None:
    stage = last_of(plan, "fuse")
    shares = workshop.store.record(stage).facts["attention"]
    assert [taught(start) for start in stage.starts if isinstance(start, Train)] == ["pocket-tense", "pocket-paws"]
    assert len(shares) == len(begin_model(workshop, stage).encoder.layers)
    assert all(len(each) == 2 and sum(each) == pytest.approx(1) for each in shares)
    assert "attention" not in workshop.store.record(last_of(plan, "stack")).facts


def test_the_penalty_is_logged_and_does_not_depend_on_microbatches(
    plan: Plan, workshop: Workshop, tmp_path: Path
) -> None:
    stage = last_of(plan, "fuse")
    found = {}
    for size in (2, 8):
        other = Workshop(workshop.store, Resources(device="cpu", microbatch=size))
        work = tmp_path / str(size)
        work.mkdir()
        made = make_train(stage, other, work)
        found[size] = load_file(work / WEIGHTS)
        rows = [json.loads(line) for line in (work / made.files[1]).read_text(encoding="utf-8").splitlines()]
        assert all(row["penalty"] > 0 for row in rows if "loss" in row)
        assert any("loss" in row for row in rows)
    for name, tensor in found[2].items():
        torch.testing.assert_close(tensor, found[8][name], rtol=1e-4, atol=1e-5, msg=name)


@pytest.mark.parametrize(
    "method", [Bottleneck(), Lora(dropout=0.0), Bitfit(), Full()], ids=["adapters", "lora", "bitfit", "full"]
)
def test_going_on_is_one_longer_training_whose_optimiser_begins_anew(
    method: Method, tmp_path: Path, plan: Plan
) -> None:
    """With a head that is carried, and all text in every batch."""
    recipe = Recipe(
        steps=3,
        batch=16,
        learning_rate=1e-3,
        warmup=0,
        schedule="constant",
        max_norm=1e9,
        dropout=0.0,
        selection="last",
    )
    base = next(trainings(plan.stages)).base
    first = training(base, method, recipe)
    second = training(first, method, recipe, head="carried")
    workshop = workshop_at(tmp_path)
    assert {result.status for result in perform([*first.data, first, second], workshop)} == {"done"}

    model = begin_model(workshop, first).train()
    pad = workshop.tokenizer(base).pad_token_id
    batch = collate(workshop.encoding(first.data[0], first).features, pad)
    for _ in range(2):
        optimizer = torch.optim.AdamW([tensor for _, tensor in model.learned()], lr=1e-3, weight_decay=0.0)
        for _ in range(3):
            optimizer.zero_grad()
            model.loss(batch).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    found = dict(load_model(workshop, second).learned())
    begun = dict(begin_model(workshop, first).learned())
    for name, tensor in model.learned():
        if name.endswith("key.bias"):
            continue  # attention does not depend on it, so that its gradient is rounding, which AdamW makes large
        torch.testing.assert_close(found[name], tensor, rtol=1e-3, atol=2e-4, msg=name)
    assert any(not torch.allclose(found[name], tensor, atol=2e-3) for name, tensor in begun.items())


def training(start: Train | Base, method: Method, recipe: Recipe, **settings: Any) -> Train:
    task = PocketPaws()
    data = (Dataset(task=task, language=task.source, split="train", limit=16),)
    return Train(start=start, data=data, method=method, objective=Erm(), recipe=recipe, seed=1, **settings)
