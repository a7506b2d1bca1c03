"""Trainings one after the other: what a method starts from, and which orders it refuses."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from crosswind.methods.base import Method
from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.full import Full
from crosswind.methods.head import Head
from crosswind.models.model import Model
from crosswind.plan import make_plan, trainings
from crosswind.stages import Base, Train
from crosswind.workshop import Workshop, begin_model, load_model
from tests.methods.chained import BASE, BATCH, finish, logits, same, stage, tensors, workshop_on
from tests.studies import small_study
from tests.tiny import Tiny
from tests.train.conftest import one_thread  # noqa: F401


@pytest.fixture(params=["xlm-roberta", "mt5"])
def workshop(request: pytest.FixtureRequest, tiny_encoder: Tiny, tmp_path: Path) -> Workshop:
    return workshop_on(tiny_encoder(request.param), tmp_path)


def adapters(model: Model) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in tensors(model).items() if name.startswith("adapters.")}


def body(model: Model) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in tensors(model).items() if not name.startswith("adapters.")}


@pytest.mark.parametrize("method", [Bottleneck(), Bottleneck(placement="houlsby", init="bert")], ids=["one", "two"])
def test_equal_adapters_go_on_under_a_fresh_head(method: Method, workshop: Workshop) -> None:
    first, model = finish(workshop, method)
    second = begin_model(workshop, stage(first, method))
    assert adapters(model)
    assert same(tensors(second), tensors(model))
    assert not torch.equal(second.head.scores[1].weight[:2], model.head.scores[1].weight[:2])  # type: ignore[union-attr, index]
    assert {name for name, tensor in second.encoder.named_parameters() if tensor.requires_grad} == adapters(
        model
    ).keys()


def test_the_latest_adapters_count(workshop: Workshop) -> None:
    last, model = finish(workshop, Bottleneck(), Bottleneck(), Bottleneck())
    assert same(adapters(begin_model(workshop, stage(last, Bottleneck()))), adapters(model))
    assert not same(adapters(begin_model(workshop, stage(stage(BASE, Bottleneck()), Bottleneck()))), adapters(model))


def test_after_full_tuning_fresh_adapters_learn_in_the_tuned_encoder(workshop: Workshop) -> None:
    first, model = finish(workshop, Full())
    second = begin_model(workshop, stage(first, Bottleneck()))
    assert same(body(second), body(model))
    assert not any(tensor.requires_grad for name, tensor in second.encoder.named_parameters() if name in body(model))
    downs = [tensor for name, tensor in adapters(second).items() if name.endswith("down.weight")]
    assert all(tensor.any() for tensor in downs)
    with torch.no_grad():  # torch's attention kernels for mT5 differ where the position bias wants a gradient
        hidden = [each.encoder.eval()(BATCH.ids_RL, BATCH.mask_RL, BATCH.types_RL) for each in (model, second)]
    assert torch.equal(*hidden)


@pytest.mark.parametrize(
    "methods",
    [
        (Bottleneck(),),
        (Bottleneck(), Bottleneck()),
        (Full(), Bottleneck()),
        (Full(), Bottleneck(), Bottleneck()),
        (Bottleneck(), Head()),
        (Bottleneck(), Head(), Bottleneck()),
        (Full(), Head()),
        (Head(), Full()),
        (Head(), Head()),
        (Head(), Bottleneck()),
    ],
    ids=lambda methods: "-".join(type(method).__name__.lower() for method in methods),
)
def test_a_finished_chain_loads_as_it_was(methods: tuple[Method, ...], workshop: Workshop) -> None:
    last, model = finish(workshop, *methods)
    loaded = load_model(workshop, last)
    assert same(tensors(loaded), tensors(model))
    assert torch.equal(logits(loaded), logits(model))


def test_a_head_learns_on_adapters_that_stay(workshop: Workshop) -> None:
    first, model = finish(workshop, Bottleneck())
    second = begin_model(workshop, stage(first, Head()))
    assert same(tensors(second), tensors(model))
    assert not any(tensor.requires_grad for tensor in second.encoder.parameters())
    assert all(name.startswith("head.") for name, _ in second.learned())


@pytest.mark.parametrize(
    ("earlier", "later", "message"),
    [
        (Bottleneck(), Full(), "put the full stage first"),
        (Bottleneck(), Bottleneck(reduction=8), r"reduction=8.*reduction=16.*equal settings"),
        (Bottleneck(), Bottleneck(placement="houlsby"), r"placement='houlsby'.*placement='pfeiffer'.*equal settings"),
        (Bottleneck(), Bottleneck(init="bert"), "equal settings"),
    ],
    ids=["full", "reduction", "placement", "init"],
)
def test_what_cannot_go_on_is_refused(earlier: Method, later: Method, message: str, workshop: Workshop) -> None:
    first, _ = finish(workshop, earlier)
    with pytest.raises(ValueError, match=message):
        begin_model(workshop, stage(first, later))


def test_first_weights_follow_seed_and_depth(workshop: Workshop) -> None:
    def first(start: Train | Base, seed: int) -> dict[str, Tensor]:
        return adapters(begin_model(workshop, stage(start, Bottleneck(), seed)))

    after_full, _ = finish(workshop, Full())
    assert same(first(BASE, 1), first(BASE, 1))
    assert not same(first(BASE, 1), first(BASE, 2))
    assert not same(first(BASE, 1), first(after_full, 1))


def test_an_arm_gives_adapters_their_own_pace() -> None:
    arms: Any = (
        {"name": "full"},
        {"name": "thin", "method": "bottleneck", "recipe": {"learning_rate": 1e-4, "epochs": 15}},
        {"name": "probe", "method": {"kind": "head"}, "recipe": {"learning_rate": 1e-3, "epochs": 6}},
    )
    plan = make_plan(small_study(arms=arms, recipe={"epochs": 3, "learning_rate": 2e-5}))
    found = {(type(each.method), each.recipe.learning_rate, each.recipe.epochs) for each in trainings(plan.stages)}
    assert found == {(Full, 2e-5, 3), (Bottleneck, 1e-4, 15), (Head, 1e-3, 6)}
