"""What does not learn costs nothing: no pass keeps or differentiates what no gradient asks for."""

from typing import Any

import pytest
import torch
from benchmarks.saved import saved

from crosswind import catalog
from crosswind.methods.base import Method
from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.full import Full
from crosswind.methods.head import Head
from crosswind.methods.lora import Lora
from crosswind.models.batch import collate
from crosswind.objectives.base import Step
from crosswind.objectives.displacement import Climbing
from crosswind.objectives.erm import Erm
from crosswind.objectives.freelb import Freelb
from tests.train.conftest import one_thread  # noqa: F401
from tests.train.specimens import PAD, WIDTH, features, tiny_model

BATCH = collate(features("classify", 12), PAD)
STEP = Step(seed=11, token_norm=0.8)
POOLED = 4 * len(BATCH.ids_RL) * WIDTH  # what the head reads: a single precision vector a sequence


def kept(method: Method, objective: Any) -> int:
    """The most bytes that an update keeps for its backward passes."""
    model = tiny_model(dropout=0.1, method=method)
    with torch.random.fork_rng(devices=[]):
        method.draw(model.encoder, 1)
    model.train()
    with saved([*model.parameters(), *model.buffers()]) as found:
        objective.update(model, [BATCH], STEP)
    assert found.now == 0
    return found.peak


def test_what_is_counted_is_what_autograd_keeps() -> None:
    weight, states = torch.ones(5, 4, requires_grad=True), torch.ones(3, 4)
    with saved([weight]) as found:
        total = (states @ weight.T).exp().sum()
        assert (
            found.peak == found.now == 4 * (3 * 4 + 3 * 5)
        )  # the input, and the exponential; the weight is there anyway
        total.backward()
    assert found.now == 0


@pytest.mark.parametrize("name", sorted(catalog.FAMILIES["objectives"]))
def test_the_head_alone_keeps_nothing_of_the_body(name: str) -> None:
    objective = catalog.load("objectives", name)()
    whole, head = kept(Full(), objective), kept(Head(), objective)
    if isinstance(objective, Climbing):
        assert head < whole  # the way up leads through the body, whoever learns
    else:
        assert 0 < head < 8 * POOLED < whole / 20


def test_the_last_pass_of_freelb_does_not_ask_for_a_way_that_nobody_goes() -> None:
    model = tiny_model(method=Head())
    sizes = []
    for _, parameter in model.head.named_parameters():
        parameter.register_hook(lambda _: sizes.append(found.now))
    with saved(model.parameters()) as found:
        Freelb(steps=3).update(model, [BATCH], STEP)
    assert sizes[-1] < 8 * POOLED


def test_a_frozen_bottom_keeps_nothing() -> None:
    whole, top = kept(Lora(dropout=0), Erm()), kept(Lora(dropout=0, layers=(2,)), Erm())
    assert top < 0.6 * whole


@pytest.mark.parametrize("placement", ["pfeiffer", "houlsby"])
def test_adapters_keep_less_than_full_tuning(placement: Any) -> None:
    assert kept(Bottleneck(placement=placement), Erm()) < 0.8 * kept(Full(), Erm())
