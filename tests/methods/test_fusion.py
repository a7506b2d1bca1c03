"""AdapterFusion: its equations written out once more, its penalty, and what it says of its attention."""

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional
from transformers import XLMRobertaConfig, XLMRobertaModel

from crosswind.methods.adapters import adapters_of
from crosswind.methods.attention import Attention
from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.fusion import Fusion
from crosswind.methods.handover import set_aside
from crosswind.models.backbone import Encoder, load_encoder, local
from crosswind.models.batch import collate
from crosswind.models.families import FAMILIES
from crosswind.models.heads import HEADS
from crosswind.models.model import Model
from crosswind.stages import Train
from crosswind.workshop import Workshop, begin_model, load_model
from tests.methods.chained import BASE, learn, logits, same, stage, tensors, workshop_on
from tests.tiny import WIDTH, Tiny
from tests.train.conftest import one_thread  # noqa: F401
from tests.train.specimens import PAD, features

BATCH = collate(features("classify", 6), PAD)
NUM_LAYERS = 2
every = pytest.mark.parametrize("family", sorted(FAMILIES))
WIDE, THIN = Bottleneck(reduction=2), Bottleneck(reduction=8)


def with_adapters(folder: Path, *methods: Bottleneck, dropout: float = 0.0) -> Encoder:
    """An encoder with random adapters, side by side."""
    encoder = load_encoder(local(folder), dropout).eval()
    generator = torch.Generator().manual_seed(2)
    for method in methods:
        method.attach(encoder)
        with torch.no_grad():
            for _, tensor in method.trained(encoder):
                tensor.copy_(0.5 * torch.randn(tensor.shape, generator=generator))
        set_aside(encoder)
    return encoder


def fused(folder: Path, *methods: Bottleneck, dropout: float = 0.0, spread: float = 0.3) -> Encoder:
    encoder, method = with_adapters(folder, *methods, dropout=dropout), Fusion()
    method.attach(encoder)
    method.draw(encoder, 0)
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for _, tensor in method.trained(encoder):
            tensor.add_(spread * torch.randn(tensor.shape, generator=generator))
    return encoder


def hidden(encoder: Encoder) -> Tensor:
    with torch.no_grad():
        found: Tensor = encoder(BATCH.ids_RL, BATCH.mask_RL, BATCH.types_RL)
    return found


def written(encoder: Encoder, layer: int, z: Tensor) -> Tensor:
    """What is added to the sum of a layer, as the paper has it: keys and values of every adapter by themselves."""
    adapters, part = adapters_of(encoder), f"{layer}.feed_forward"
    own: Any = adapters.get_submodule(f"layers.{part}")
    query = z @ own.query.weight.T + own.query.bias
    scores, values = [], []
    for number in (1, 2):
        adapter: Any = adapters.get_submodule(f"earlier_{number}.{part}")
        inner = (z @ adapter.down.weight.T + adapter.down.bias).clamp(min=0)
        given = inner @ adapter.up.weight.T + adapter.up.bias
        scores.append((query * (given @ own.key.weight.T + own.key.bias)).sum(-1))
        values.append(given @ own.value.weight.T)
    weights = torch.stack(scores).exp() / torch.stack(scores).exp().sum(0)
    return sum(weight.unsqueeze(-1) * value for weight, value in zip(weights, values, strict=True))  # type: ignore[return-value]


def states() -> Tensor:
    return torch.randn(2, 5, WIDTH, generator=torch.Generator().manual_seed(5), dtype=torch.float64)


def test_a_post_norm_layer_computes_the_papers_equations(tiny_encoder: Tiny) -> None:
    encoder = fused(tiny_encoder("bert"), WIDE, THIN).double()
    layer: Any = encoder.layers[1]
    attention, output, x = layer.attention, layer.output, states()

    def norm(total: Tensor, own: Any) -> Tensor:
        return functional.layer_norm(total, (WIDTH,), own.weight, own.bias, own.eps)

    with torch.no_grad():
        found = layer(x)
        x = norm(x + attention.output.dense(attention.self(x)[0]), attention.output.LayerNorm)
        s = x + output.dense(layer.intermediate(x))
        wanted = norm(s + written(encoder, 1, norm(s, output.LayerNorm)), output.LayerNorm)
    torch.testing.assert_close(found, wanted, rtol=1e-11, atol=1e-11)


def test_a_pre_norm_layer_reads_the_sum_itself(tiny_encoder: Tiny) -> None:
    encoder = fused(tiny_encoder("mt5"), WIDE, THIN).double()
    layer: Any = encoder.layers[0]
    attention, forward = layer.layer
    x = states()
    with torch.no_grad():
        found = layer(x)[0]
        x = x + attention.SelfAttention(attention.layer_norm(x))[0]
        s = x + forward.DenseReluDense(forward.layer_norm(x))
        wanted = s + written(encoder, 0, s)
    torch.testing.assert_close(found, wanted, rtol=1e-11, atol=1e-11)


@every
def test_one_adapter_whose_values_pass_as_they_are_is_that_adapter(family: str, tiny_encoder: Tiny) -> None:
    encoder, alone = fused(tiny_encoder(family), WIDE), with_adapters(tiny_encoder(family), WIDE)
    with torch.no_grad():
        for part in (module for module in encoder.modules() if isinstance(module, Attention)):
            part.value.weight.copy_(torch.eye(WIDTH))
    torch.testing.assert_close(hidden(encoder), hidden(alone), rtol=1e-5, atol=1e-5)
    assert not torch.allclose(hidden(encoder), hidden(fused(tiny_encoder(family), WIDE)), atol=1e-2)


@every
def test_it_starts_near_the_mean_of_the_adapters(family: str, tiny_encoder: Tiny) -> None:
    """Of adapters that are equal, therefore, near each."""
    encoder, alone = with_adapters(tiny_encoder(family), WIDE, WIDE), with_adapters(tiny_encoder(family), WIDE)
    adapters = adapters_of(encoder)
    adapters["earlier_2"].load_state_dict(adapters["earlier_1"].state_dict())
    Fusion().attach(encoder)
    Fusion().draw(encoder, 1)
    torch.testing.assert_close(hidden(encoder), hidden(alone), rtol=1e-3, atol=1e-3)


@every
def test_trained_parameters_are_as_many_as_the_formula_says(family: str, tiny_encoder: Tiny) -> None:
    encoder = fused(tiny_encoder(family), WIDE, THIN)
    assert sum(t.numel() for _, t in Fusion().trained(encoder)) == NUM_LAYERS * (3 * WIDTH**2 + 2 * WIDTH)
    assert sum(t.numel() for t in encoder.parameters() if t.requires_grad) == NUM_LAYERS * (3 * WIDTH**2 + 2 * WIDTH)


@pytest.mark.parametrize(
    ("width", "depth", "adapters", "fusion"), [(768, 12, 894_528, 21_252_096), (1024, 24, 3_171_840, 75_546_624)]
)
def test_published_sizes(width: int, depth: int, adapters: int, fusion: int) -> None:
    """Of XLM-R base and large, as Pfeiffer et al. count them but for the bias that values do not have."""
    config = XLMRobertaConfig(vocab_size=8, hidden_size=width, num_hidden_layers=depth, num_attention_heads=16)
    with torch.device("meta"):
        encoder = Encoder(XLMRobertaModel(config, add_pooling_layer=False), config)
    for method in (Bottleneck(), Bottleneck()):
        method.attach(encoder)
        assert sum(t.numel() for _, t in method.trained(encoder)) == adapters
        set_aside(encoder)
    assert sum(t.numel() for t in adapters_of(encoder).parameters()) == 2 * adapters
    with torch.device("meta"):
        Fusion().attach(encoder)
    assert sum(t.numel() for _, t in Fusion().trained(encoder)) == fusion


def test_dropout_is_of_scores_at_the_encoders_own_rate(tiny_encoder: Tiny) -> None:
    for family in FAMILIES:
        parts = fused(tiny_encoder(family), WIDE, dropout=0.25).modules()
        assert {part.dropout.p for part in parts if isinstance(part, Attention)} == {0.25}
    part = next(module for module in fused(tiny_encoder("bert"), WIDE, THIN).modules() if isinstance(module, Attention))
    part.dropout.p, part.seen, z = 0.999999, [], states().float()
    part.train()
    part(z)
    assert torch.allclose(part.seen[0], torch.full_like(part.seen[0], 0.5))  # scores are gone, the adapters are not


def test_half_precision_runs_through_it(tiny_encoder: Tiny) -> None:
    for family in ("bert", "mt5"):
        encoder = fused(tiny_encoder(family), WIDE, THIN)
        whole = hidden(encoder)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            torch.testing.assert_close(hidden(encoder).float(), whole, rtol=0.1, atol=0.3)


# The penalty


def model_of(encoder: Encoder, method: Fusion) -> Model:
    return Model(encoder, HEADS["classify"](WIDTH, 3, 0.0, torch.Generator().manual_seed(0)), method)


def test_the_penalty_is_the_squared_distance_from_the_identity(tiny_encoder: Tiny) -> None:
    encoder = fused(tiny_encoder("bert"), WIDE, THIN)
    values = {name: tensor for name, tensor in Fusion().trained(encoder) if ".value." in name}
    found = Fusion(pull=0.5).penalty(encoder)
    assert found is not None
    torch.testing.assert_close(found, 0.5 * sum((v - torch.eye(WIDTH)).square().sum() for v in values.values()))
    found.backward()  # type: ignore[no-untyped-call]
    for name, tensor in Fusion().trained(encoder):
        if name in values:
            torch.testing.assert_close(tensor.grad, tensor.detach() - torch.eye(WIDTH))
        else:
            assert tensor.grad is None
    assert Fusion(pull=0.0).penalty(encoder) is None


# Trainings side by side


@pytest.fixture(params=["bert", "modernbert", "mt5"])
def workshop(request: pytest.FixtureRequest, tiny_encoder: Tiny, tmp_path: Path) -> Workshop:
    return workshop_on(tiny_encoder(request.param), tmp_path)


def side_by_side(workshop: Workshop) -> tuple[Train, Train, Train]:
    """Two trainings from the base, and one that fuses them."""
    one, other = stage(BASE, WIDE, seed=1), stage(BASE, WIDE, seed=2)
    learn(workshop, one)
    learn(workshop, other)
    return one, other, stage(one, Fusion(), carry="fuse", beside=(other,))


def test_fused_adapters_are_those_that_were_trained_and_stay(workshop: Workshop) -> None:
    one, other, both = side_by_side(workshop)
    model = begin_model(workshop, both)
    for number, source in enumerate((one, other), start=1):
        own = {name: t for name, t in tensors(load_model(workshop, source)).items() if "adapters" in name}
        assert same(own, {n.replace(f"earlier_{number}", "layers"): tensors(model)[n] for n in names(model, number)})
    assert all("adapters.layers." in name for name, t in model.encoder.named_parameters() if t.requires_grad)
    assert not torch.equal(*(tensors(model)[names(model, number)[0]] for number in (1, 2)))


def names(model: Model, number: int) -> list[str]:
    return [name for name in tensors(model) if f"adapters.earlier_{number}." in name]


def test_a_fusion_loads_as_it_was_and_goes_on(workshop: Workshop) -> None:
    *_, both = side_by_side(workshop)
    model = learn(workshop, both)
    assert same(tensors(load_model(workshop, both)), tensors(model))
    assert torch.equal(logits(load_model(workshop, both)), logits(model))
    further = begin_model(workshop, stage(both, Fusion(), head="carried"))
    assert same(tensors(further), tensors(model))
    assert torch.equal(logits(further), logits(model))


def test_attention_is_observed_layer_by_layer(workshop: Workshop) -> None:
    *_, both = side_by_side(workshop)
    encoder = learn(workshop, both).encoder.eval()
    told = Fusion().observed(encoder, lambda: hidden(encoder))["attention"]
    assert len(told) == NUM_LAYERS
    assert all(len(shares) == 2 and sum(shares) == pytest.approx(1) for shares in told)
    assert told[0] != pytest.approx([0.5, 0.5])
    silent = copy.deepcopy(encoder)
    with torch.no_grad():
        for name, tensor in silent.named_parameters():
            tensor.mul_(0.0 if "earlier" in name else 1.0)
    assert Fusion().observed(silent, lambda: hidden(silent))["attention"][0] == pytest.approx([0.5, 0.5])
    assert all(part.seen is None for part in encoder.modules() if isinstance(part, Attention))


def test_nothing_to_fuse_and_houlsby_adapters_are_refused(tiny_encoder: Tiny) -> None:
    with pytest.raises(ValueError, match="found no adapters of earlier stages"):
        Fusion().attach(load_encoder(local(tiny_encoder("bert"))))
    with pytest.raises(ValueError, match="expected placement 'pfeiffer'"):
        Fusion().attach(with_adapters(tiny_encoder("bert"), Bottleneck(placement="houlsby", reduction=4)))
