"""Bottleneck adapters: their equations, written out once more, their size, and the settings that are refused."""

from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from crosswind.methods.adapters import LAYOUTS, Adapter
from crosswind.methods.base import Method
from crosswind.methods.bottleneck import Bottleneck
from crosswind.models.backbone import Encoder, load_encoder, local
from crosswind.models.batch import collate
from crosswind.models.families import FAMILIES
from crosswind.study import StudyError
from crosswind.study_file import load_study
from tests.small_study import small_file
from tests.tiny import WIDTH, Tiny
from tests.train.conftest import one_thread  # noqa: F401
from tests.train.specimens import PAD, features

BATCH = collate(features("classify", 6), PAD)
PLACEMENTS = get_args(Bottleneck.model_fields["placement"].annotation)
NUM_LAYERS = 2
every = pytest.mark.parametrize("family", sorted(FAMILIES))
both = pytest.mark.parametrize("placement", PLACEMENTS)


def encoder_of(folder: Path, method: Method, seed: int = 0) -> Encoder:
    encoder = load_encoder(local(folder), dropout=0.0).eval()
    method.attach(encoder)
    method.draw(encoder, seed)
    return encoder


def shake(method: Method, encoder: Encoder) -> dict[str, Tensor]:
    """The adapters' tensors after a large random move."""
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for _, tensor in method.trained(encoder):
            tensor.add_(0.5 * torch.randn(tensor.shape, generator=generator))
    return dict(method.trained(encoder))


def hidden(encoder: Encoder) -> Tensor:
    with torch.no_grad():
        found: Tensor = encoder(BATCH.ids_RL, BATCH.mask_RL, BATCH.types_RL)
    return found


class Written:
    """The equations from the papers on the encoder's own parts; dropout is off."""

    def __init__(self, placement: str, tensors: dict[str, Tensor], layer: int):
        self.placement, self.tensors, self.layer = placement, tensors, layer

    def b(self, z: Tensor, place: str) -> Tensor:
        name = f"adapters.layers.{self.layer}.{place}"
        inner = z @ self.tensors[f"{name}.down.weight"].T + self.tensors[f"{name}.down.bias"]
        active = inner.clamp(min=0) if self.placement == "pfeiffer" else inner * torch.sigmoid(inner)
        return active @ self.tensors[f"{name}.up.weight"].T + self.tensors[f"{name}.up.bias"]

    def post_norm(self, place: str, h: Tensor, x: Tensor, norm: Any) -> Tensor:
        ln = lambda total: functional.layer_norm(total, (WIDTH,), norm.weight, norm.bias, norm.eps)  # noqa: E731
        if self.placement == "houlsby":
            return ln(self.b(h, place) + h + x)
        return ln(self.b(ln(h + x), place) + h + x) if place == "feed_forward" else ln(h + x)

    def pre_norm(self, place: str, h: Tensor, x: Tensor) -> Tensor:
        if self.placement == "houlsby":
            return self.b(h, place) + h + x
        return self.b(h + x, place) + h + x if place == "feed_forward" else h + x


def written_bert(layer: Any, x: Tensor, equations: Written) -> Tensor:
    attention, output = layer.attention, layer.output
    x = equations.post_norm("attention", attention.output.dense(attention.self(x)[0]), x, attention.output.LayerNorm)
    return equations.post_norm("feed_forward", output.dense(layer.intermediate(x)), x, output.LayerNorm)


def written_mt5(layer: Any, x: Tensor, equations: Written) -> Tensor:
    attention, forward = layer.layer
    x = equations.pre_norm("attention", attention.SelfAttention(attention.layer_norm(x))[0], x)
    return equations.pre_norm("feed_forward", forward.DenseReluDense(forward.layer_norm(x)), x)


def written_modernbert(layer: Any, x: Tensor, equations: Written, **inputs: Any) -> Tensor:
    whole: Any = type(layer.attn).forward  # past the hook
    x = equations.pre_norm("attention", whole(layer.attn, layer.attn_norm(x), **inputs)[0], x)
    return equations.pre_norm("feed_forward", type(layer.mlp).forward(layer.mlp, layer.mlp_norm(x)), x)


@both
@pytest.mark.parametrize("family", ["bert", "mt5", "modernbert"])
def test_a_layer_computes_the_papers_equations(family: str, placement: Any, tiny_encoder: Tiny) -> None:
    method = Bottleneck(placement=placement, reduction=4)
    encoder = encoder_of(tiny_encoder(family), method)
    network: Any = encoder.network
    tensors = shake(method, encoder)
    x = torch.randn(2, 5, WIDTH, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        if family == "bert":
            layer = network.encoder.layer[1]
            found, wanted = layer(x), written_bert(layer, x, Written(placement, tensors, 1))
        elif family == "mt5":
            layer = network.encoder.block[0]  # the others are given this one's position bias
            found, wanted = layer(x)[0], written_mt5(layer, x, Written(placement, tensors, 0))
        else:
            layer = network.layers[1]
            inputs = {"position_embeddings": network.rotary_emb(x, torch.arange(5)[None], layer.attention_type)}
            found = layer(x, **inputs)
            wanted = written_modernbert(layer, x, Written(placement, tensors, 1), **inputs)
    torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-6)


@both
@every
def test_it_starts_as_the_encoder_and_then_every_adapter_counts(
    family: str, placement: Any, tiny_encoder: Tiny
) -> None:
    method, plain = Bottleneck(placement=placement, reduction=4), load_encoder(local(tiny_encoder(family)), 0.0).eval()
    encoder = encoder_of(tiny_encoder(family), method)
    assert torch.equal(hidden(encoder), hidden(plain))
    adapters = [module for module in encoder.modules() if isinstance(module, Adapter)]
    assert len(adapters) == NUM_LAYERS * (2 if placement == "houlsby" else 1)
    for adapter in adapters:
        bias = adapter.up.bias
        with torch.no_grad():
            bias[0] += 1
            assert not torch.allclose(hidden(encoder), hidden(plain))
            bias.zero_()
    assert torch.equal(hidden(encoder), hidden(plain))


@pytest.mark.parametrize("reduction", [1, 3, 16])
@both
@every
def test_trained_parameters_are_as_many_as_the_formula_says(
    family: str, placement: Any, reduction: int, tiny_encoder: Tiny
) -> None:
    method, units = Bottleneck(placement=placement, reduction=reduction), WIDTH // reduction
    one = 2 * WIDTH * units + units + WIDTH
    found = sum(tensor.numel() for _, tensor in method.trained(encoder_of(tiny_encoder(family), method)))
    assert found == NUM_LAYERS * one * (2 if placement == "houlsby" else 1)


@both
@every
def test_all_adapters_get_gradients_once_they_have_left_zero(family: str, placement: Any, tiny_encoder: Tiny) -> None:
    method = Bottleneck(placement=placement, reduction=2)
    encoder = encoder_of(tiny_encoder(family), method).train()
    learned = shake(method, encoder)
    encoder(BATCH.ids_RL, BATCH.mask_RL, BATCH.types_RL).square().sum().backward()
    assert all(tensor.grad is not None and tensor.grad.abs().sum() > 0 for tensor in learned.values())
    assert {name for name, tensor in encoder.named_parameters() if tensor.grad is not None} == learned.keys()


def test_frozen_words_still_pass_a_gradient_to_embeddings(tiny_encoder: Tiny) -> None:
    encoder = encoder_of(tiny_encoder("bert"), Bottleneck())
    embeddings = encoder.embed(BATCH.ids_RL).requires_grad_(True)
    encoder(BATCH.ids_RL, BATCH.mask_RL, BATCH.types_RL, embeddings).square().sum().backward()
    assert embeddings.grad is not None
    assert embeddings.grad.abs().sum() > 0


def test_drawing_like_bert_fills_both_matrices(tiny_encoder: Tiny) -> None:
    drawn = {}
    for init in ("zero_up", "bert"):
        method = Bottleneck(init=init, reduction=1)
        drawn[init] = dict(method.trained(encoder_of(tiny_encoder("bert"), method)))
    assert all(not tensor.any() for name, tensor in drawn["zero_up"].items() if "down.weight" not in name)
    weights = [tensor.detach() for name, tensor in drawn["bert"].items() if name.endswith("weight")]
    assert all(0.015 < float(tensor.std()) < 0.025 for tensor in weights)
    assert all(not tensor.any() for name, tensor in drawn["bert"].items() if name.endswith("bias"))


def test_half_precision_runs_through_adapters(tiny_encoder: Tiny) -> None:
    for family in ("bert", "mt5"):
        method = Bottleneck(placement="houlsby", reduction=4)
        encoder = encoder_of(tiny_encoder(family), method)
        shake(method, encoder)
        whole = hidden(encoder)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            torch.testing.assert_close(hidden(encoder).float(), whole, rtol=0.1, atol=0.2)


def test_every_family_has_a_layout() -> None:
    assert LAYOUTS.keys() == FAMILIES.keys()


def test_too_strong_a_reduction_is_refused(tiny_encoder: Tiny) -> None:
    encoder = load_encoder(local(tiny_encoder("bert")))
    before = [name for name, _ in encoder.named_modules()]
    with pytest.raises(ValueError, match=r"reduction 17 .* 16 wide; choose a reduction of at most 16"):
        Bottleneck(reduction=WIDTH + 1).attach(encoder)
    assert [name for name, _ in encoder.named_modules()] == before
    Bottleneck(reduction=WIDTH).attach(encoder)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("reduction = 0", "must be greater than or equal to 1, found 0"),
        ('placement = "parallel"', "expected 'pfeiffer' or 'houlsby', found 'parallel'"),
        ('init = "zero"', "expected 'zero_up' or 'bert', found 'zero'"),
        ("width = 3", "unknown key"),
    ],
)
def test_a_study_with_bad_settings_is_refused(settings: str, message: str, tmp_path: Path) -> None:
    path = small_file(tmp_path)
    text = path.read_text(encoding="utf-8").replace(
        'name = "full"', f'name = "thin"\nmethod = {{ kind = "bottleneck", {settings} }}'
    )
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=message):
        load_study(path)


def test_nothing_but_adapters_is_added(tiny_encoder: Tiny) -> None:
    plain, encoder = load_encoder(local(tiny_encoder("mt5"))), encoder_of(tiny_encoder("mt5"), Bottleneck())
    names = {name for name, _ in encoder.named_modules()} - {name for name, _ in plain.named_modules()}
    assert all(name.partition(".")[0] == "adapters" for name in names)
    assert isinstance(encoder.get_submodule("adapters.layers.1.feed_forward.up"), nn.Linear)
