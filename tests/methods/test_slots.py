"""Several adapters in one encoder: how they add up, which of them count, and that none changes another's names."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from crosswind.methods.adapters import Adapters, Slot, adapter_slot, adapters_of
from crosswind.methods.base import OWN
from crosswind.methods.bottleneck import Bottleneck
from crosswind.models.backbone import Encoder, load_encoder, local
from crosswind.models.batch import collate
from crosswind.models.families import FAMILIES
from tests.tiny import WIDTH, Tiny
from tests.train.conftest import one_thread  # noqa: F401
from tests.train.specimens import PAD, features

BATCH = collate(features("classify", 6), PAD)
every = pytest.mark.parametrize("family", sorted(FAMILIES))
NAMES = ("below", "middle", OWN)
REDUCTIONS = (2, 8, 4)


def random(slot: Slot, seed: int) -> Slot:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for tensor in slot.parameters():
            tensor.copy_(0.5 * torch.randn(tensor.shape, generator=generator))
    return slot


def stacked(folder: Path, placement: Any = "pfeiffer", names: tuple[str, ...] = NAMES) -> Encoder:
    """An encoder in double precision with as many random adapters, each narrow in its own way."""
    encoder = load_encoder(local(folder), dropout=0.0).eval()
    for name in names:
        number = NAMES.index(name)
        method = Bottleneck(placement=placement, reduction=REDUCTIONS[number])
        slot = adapter_slot(encoder, method, placement, method.reduction)
        adapters_of(encoder).add(name, random(slot, number))
    return encoder.double()


def hidden(encoder: Encoder) -> Tensor:
    with torch.no_grad():
        found: Tensor = encoder(BATCH.ids_RL, BATCH.mask_RL, BATCH.types_RL)
    return found


def b(adapters: Adapters, name: str, layer: int, place: str, z: Tensor) -> Tensor:
    """An adapter by its equation."""
    adapter: Any = adapters.get_submodule(f"{name}.{layer}.{place}")
    inner = z @ adapter.down.weight.T + adapter.down.bias
    active = (
        inner.clamp(min=0)
        if place == "feed_forward" and adapters[name].placement == "pfeiffer"
        else (inner * torch.sigmoid(inner))
    )
    return active @ adapter.up.weight.T + adapter.up.bias


def stream() -> Tensor:
    return torch.randn(2, 5, WIDTH, generator=torch.Generator().manual_seed(5), dtype=torch.float64)


def test_a_post_norm_stack_normalises_again_for_every_adapter(tiny_encoder: Tiny) -> None:
    encoder = stacked(tiny_encoder("bert"))
    layer: Any = encoder.layers[1]
    adapters, attention, output, x = adapters_of(encoder), layer.attention, layer.output, stream()

    def norm(total: Tensor, own: Any) -> Tensor:
        return functional.layer_norm(total, (WIDTH,), own.weight, own.bias, own.eps)

    with torch.no_grad():
        found = layer(x)
        x = norm(x + attention.output.dense(attention.self(x)[0]), attention.output.LayerNorm)
        s = x + output.dense(layer.intermediate(x))
        for name in NAMES:
            s = s + b(adapters, name, 1, "feed_forward", norm(s, output.LayerNorm))
        wanted = norm(s, output.LayerNorm)
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)


def test_a_pre_norm_stack_adds_one_after_the_other(tiny_encoder: Tiny) -> None:
    encoder = stacked(tiny_encoder("mt5"))
    layer: Any = encoder.layers[0]
    adapters, x = adapters_of(encoder), stream()
    attention, forward = layer.layer
    with torch.no_grad():
        found = layer(x)[0]
        x = x + attention.SelfAttention(attention.layer_norm(x))[0]
        s = x + forward.DenseReluDense(forward.layer_norm(x))
        for name in NAMES:
            s = s + b(adapters, name, 0, "feed_forward", s)
    torch.testing.assert_close(found, s, rtol=1e-12, atol=1e-12)


def test_houlsby_adapters_follow_each_other_in_both_places(tiny_encoder: Tiny) -> None:
    encoder = stacked(tiny_encoder("mt5"), "houlsby")
    layer: Any = encoder.layers[0]
    adapters, x = adapters_of(encoder), stream()
    attention, forward = layer.layer
    with torch.no_grad():
        found = layer(x)[0]
        h = attention.SelfAttention.forward(attention.layer_norm(x))[0]
        for name in NAMES:
            h = h + b(adapters, name, 0, "attention", h)
        x = x + h
        h = forward.DenseReluDense.forward(forward.layer_norm(x))
        for name in NAMES:
            h = h + b(adapters, name, 0, "feed_forward", h)
    torch.testing.assert_close(found, x + h, rtol=1e-12, atol=1e-12)


@every
def test_active_slots_count_in_their_order_and_the_others_not_at_all(family: str, tiny_encoder: Tiny) -> None:
    folder = tiny_encoder(family)
    encoder, plain = stacked(folder), load_encoder(local(folder), dropout=0.0).eval().double()
    adapters, all_active = adapters_of(encoder), hidden(encoder)
    adapters.activate(())
    assert torch.equal(hidden(encoder), hidden(plain))
    for some in (("below",), (OWN,), ("below", OWN)):
        adapters.activate(some)
        assert torch.equal(hidden(encoder), hidden(stacked(folder, names=some)))
    orders = []
    for order in permutations(NAMES):
        adapters.activate(order)
        orders.append(hidden(encoder))
    assert torch.equal(orders[0], all_active)
    assert all(not torch.allclose(one, all_active) for one in orders[1:])


def test_a_slot_keeps_its_place_under_another_name(tiny_encoder: Tiny) -> None:
    encoder = stacked(tiny_encoder("bert"))
    adapters, before = adapters_of(encoder), hidden(encoder)
    adapters.rename("middle", "other")
    assert adapters.active == ("below", "other", OWN)
    assert torch.equal(hidden(encoder), before)
    assert {name.split(".")[0] for name, _ in adapters.named_parameters()} == {"below", "other", OWN}


def test_a_slot_that_is_not_there_cannot_be_activated(tiny_encoder: Tiny) -> None:
    adapters = adapters_of(stacked(tiny_encoder("bert")))
    with pytest.raises(KeyError, match=r"no slot above among below, middle, layers"):
        adapters.activate(("below", "above"))
    assert adapters.active == NAMES
