"""Language adapters, their invertible part, and task adapters above them, in every encoder family."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from crosswind.formats.base import UNSCORED, Feature
from crosswind.formats.subwords import Tokens
from crosswind.methods.adapters import adapters_of
from crosswind.methods.base import OWN
from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.language_adapter import LanguageAdapter
from crosswind.methods.languages import Nice, languages_of, settle
from crosswind.methods.madx import Madx
from crosswind.models.backbone import Encoder, load_encoder, local
from crosswind.models.batch import collate
from crosswind.models.families import FAMILIES
from crosswind.models.heads import HEADS, MlmHead
from crosswind.models.model import Model
from crosswind.objectives.erm import Erm
from tests.tiny import WIDTH, Tiny
from tests.train.conftest import one_thread  # noqa: F401
from tests.train.specimens import PAD, features

BATCH = collate(features("classify", 6), PAD)
HIDING = collate([Feature(0, (Tokens((7, 8, 9, 10), (0,) * 4),), (UNSCORED, 20, UNSCORED, 21), units=2)], PAD)
STACKS = ("library", "paper")
every = pytest.mark.parametrize("family", sorted(FAMILIES))
stacks = pytest.mark.parametrize("stack", STACKS)


def shaken(module: nn.Module, seed: int, spread: float = 0.5) -> None:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for tensor in module.parameters():
            tensor.copy_(spread * torch.randn(tensor.shape, generator=generator))


def hidden(encoder: Encoder) -> Tensor:
    with torch.no_grad():
        found: Tensor = encoder(BATCH.ids_RL, BATCH.mask_RL, BATCH.types_RL)
    return found


def plain(folder: Path) -> Encoder:
    return load_encoder(local(folder), dropout=0.0).eval()


def speaking(folder: Path, *languages: str, stack: Any = "library") -> tuple[Encoder, Madx]:
    """An encoder with random adapters of some languages and a random task adapter; nothing is spoken."""
    encoder, method = plain(folder), Madx(reduction=4, stack=stack)
    for number, name in enumerate(languages):
        LanguageAdapter(reduction=2).attach(encoder)
        shaken(adapters_of(encoder)[OWN], number)
        shaken(languages_of(encoder).get_submodule(OWN), 10 + number)
        settle(encoder, name)
    method.attach(encoder)
    shaken(adapters_of(encoder)[OWN], 20)
    return encoder, method


@pytest.mark.parametrize("width", [16, 768, 10])
def test_the_coupling_is_undone(width: int) -> None:
    nice, states = Nice(width), torch.randn(3, 5, width, generator=torch.Generator().manual_seed(1))
    assert torch.equal(nice(states), states)
    assert torch.equal(nice.undo(states), states)
    shaken(nice, 2, spread=1 / width**0.5)
    with torch.no_grad():
        there = nice(states)
        assert (there - states).abs().max() > 0.1
        back = nice.undo(there)
    assert ((back - states).norm() / states.norm()).item() < 1e-6


def test_the_coupling_is_the_published_one() -> None:
    nice, states = Nice(8), torch.randn(2, 8, generator=torch.Generator().manual_seed(1))
    shaken(nice, 2)
    parts: Any = nice

    def map_by_hand(linears: Any, half: Tensor) -> Tensor:
        inner = (half @ linears[0].weight.T + linears[0].bias).clamp(min=0)
        assert inner.shape[-1] == 2
        found: Tensor = inner @ linears[2].weight.T + linears[2].bias
        return found

    one = states[:, :4] + map_by_hand(parts.first, states[:, 4:])
    two = states[:, 4:] + map_by_hand(parts.second, one)
    torch.testing.assert_close(nice(states), torch.cat((one, two), -1))


@every
def test_it_stands_where_the_first_layer_reads_and_before_the_words(family: str, tiny_encoder: Tiny) -> None:
    encoder, bare = plain(tiny_encoder(family)), plain(tiny_encoder(family))
    LanguageAdapter().attach(encoder)
    nice = languages_of(encoder).get_submodule(OWN)
    shaken(nice, 1, spread=0.3)
    seen: list[Tensor] = []
    for each in (encoder, bare):
        each.layers[0].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
        hidden(each)
    with torch.no_grad():
        torch.testing.assert_close(seen[0], nice(seen[1]))
        states = torch.randn(4, WIDTH, generator=torch.Generator().manual_seed(3))
        torch.testing.assert_close(encoder.unembed(nice(states)), bare.unembed(states), rtol=1e-4, atol=1e-4)
    assert len(seen) == 2  # families whose embedding block runs once more at the end pass it there as it is


@every
def test_a_language_learns_from_hidden_words_and_nothing_else_does(family: str, tiny_encoder: Tiny) -> None:
    encoder, method = plain(tiny_encoder(family)), LanguageAdapter()
    method.attach(encoder)
    method.draw(encoder, 1)
    before = hidden(encoder)
    assert torch.equal(before, hidden(plain(tiny_encoder(family))))
    head = MlmHead(encoder.width, encoder.vocabulary, 0.0, torch.Generator().manual_seed(1))
    model = Model(encoder, head, method).train()
    for _ in range(3):  # what begins at zero lets what stands before it learn after a step
        Erm().accumulate(model, HIDING, 1.0)
        with torch.no_grad():
            for _, tensor in model.learned():
                tensor.add_(torch.zeros_like(tensor) if tensor.grad is None else -0.5 * tensor.grad)
    own = dict(method.trained(encoder))
    assert {name.split(".")[0] for name in own} == {"adapters", "languages"}
    assert all(tensor.grad is not None and tensor.grad.abs().max() > 0 for tensor in own.values())
    others = [tensor for tensor in encoder.parameters() if id(tensor) not in {id(each) for each in own.values()}]
    assert all(tensor.grad is None and not tensor.requires_grad for tensor in others)


@pytest.mark.parametrize(
    ("width", "layers", "language", "coupling", "task"),
    [(768, 12, 7_091_712, 296_064, 894_528), (1024, 24, 25_202_688, 525_824, 3_171_840)],
)
def test_sizes_are_the_published_ones(width: int, layers: int, language: int, coupling: int, task: int) -> None:
    from transformers import XLMRobertaConfig, XLMRobertaModel

    with torch.device("meta"):
        config = XLMRobertaConfig(
            vocab_size=50, hidden_size=width, num_hidden_layers=layers, num_attention_heads=8, intermediate_size=8
        )
        encoder = Encoder(XLMRobertaModel(config, add_pooling_layer=False), config)
        LanguageAdapter().attach(encoder)
        counts: Counter[str] = Counter()
        for name, tensor in LanguageAdapter().trained(encoder):
            counts[name.split(".")[0]] += tensor.numel()
        assert counts == {"adapters": language, "languages": coupling}
        settle(encoder, "x")
        Madx().attach(encoder)
        assert sum(tensor.numel() for _, tensor in Madx().trained(encoder)) == task
        assert not any(tensor.requires_grad for name, tensor in encoder.named_parameters() if f".{OWN}." not in name)


@stacks
@every
def test_languages_are_exchanged_and_come_back(family: str, stack: str, tiny_encoder: Tiny) -> None:
    encoder, method = speaking(tiny_encoder(family), "one", "two", stack=stack)
    found = {}
    for name in ("one", "two", "", "one", "two"):
        method.speak(encoder, name)
        now = hidden(encoder)
        assert torch.equal(found.setdefault(name, now), now)
    assert not torch.allclose(found["one"], found["two"])
    assert not torch.allclose(found["one"], found[""])
    alone, again = speaking(tiny_encoder(family), "one", stack=stack)
    again.speak(alone, "one")
    assert torch.equal(hidden(alone), found["one"])


@every
def test_without_a_language_the_library_stack_is_a_bottleneck(family: str, tiny_encoder: Tiny) -> None:
    encoder, method = speaking(tiny_encoder(family), "one")
    method.speak(encoder, "")
    other = plain(tiny_encoder(family))
    Bottleneck(reduction=4).attach(other)
    shaken(adapters_of(other)[OWN], 20)
    assert torch.equal(hidden(encoder), hidden(other))


@pytest.mark.parametrize("language", ["one", ""])
def test_the_paper_stack_by_its_formula(language: str, tiny_encoder: Tiny) -> None:
    encoder, method = speaking(tiny_encoder("bert"), "one", stack="paper")
    encoder.double()
    method.speak(encoder, language)
    layer: Any = encoder.layers[1]
    adapters, attention, output = adapters_of(encoder), layer.attention, layer.output
    x = torch.randn(2, 5, WIDTH, generator=torch.Generator().manual_seed(5), dtype=torch.float64)

    def norm(total: Tensor, own: Any) -> Tensor:
        return functional.layer_norm(total, (WIDTH,), own.weight, own.bias, own.eps)

    def b(adapter: Any, z: Tensor) -> Tensor:
        inner = (z @ adapter.down.weight.T + adapter.down.bias).clamp(min=0)
        found: Tensor = inner @ adapter.up.weight.T + adapter.up.bias
        return found

    with torch.no_grad():
        found = layer(x)
        x = norm(x + attention.output.dense(attention.self(x)[0]), attention.output.LayerNorm)
        h = output.dense(layer.intermediate(x))
        spoken = h
        if language:
            spoken = h + b(adapters.get_submodule("one.1.feed_forward"), norm(h + x, output.LayerNorm))
        wanted = norm(h + x + b(adapters.get_submodule(f"{OWN}.1.feed_forward.task"), spoken), output.LayerNorm)
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)


@stacks
def test_a_task_learns_above_a_language_that_stays_as_it_is(stack: Any, tiny_encoder: Tiny) -> None:
    encoder, method = speaking(tiny_encoder("xlm-roberta"), "one", stack=stack)
    method.speak(encoder, "one")
    model = Model(encoder, HEADS["classify"](WIDTH, 3, 0.0, torch.Generator().manual_seed(1)), method).train()
    Erm().accumulate(model, BATCH, 1.0)
    own = dict(method.trained(encoder))
    assert own
    assert all(tensor.grad is not None for tensor in own.values())
    learned = {id(tensor) for tensor in own.values()}
    assert all(tensor.grad is None for tensor in encoder.parameters() if id(tensor) not in learned)


def test_every_update_speaks_one_of_the_languages_by_its_seed(tiny_encoder: Tiny) -> None:
    encoder, method = speaking(tiny_encoder("bert"), "one", "two")
    languages = languages_of(encoder)
    method.speak(encoder, "one")
    method.prepare(encoder, 5)
    assert languages.spoken == "one"
    languages.drawn = ("one", "two")
    spoken = []
    for seed in range(400):
        method.prepare(encoder, seed)
        spoken.append(languages.spoken)
        assert adapters_of(encoder).active == (languages.spoken, OWN)
    assert Counter(spoken)["one"] == pytest.approx(200, abs=40)
    method.prepare(encoder, 7)
    assert languages.spoken == spoken[7]


def test_a_language_that_is_not_there_cannot_be_spoken(tiny_encoder: Tiny) -> None:
    encoder, method = speaking(tiny_encoder("bert"), "one")
    with pytest.raises(KeyError, match="no language three among one"):
        method.speak(encoder, "three")


def test_an_encoder_that_cannot_be_halved_is_told_before_anything_runs() -> None:
    from crosswind.methods.base import Shape

    assert "write invertible = 'none'" in next(LanguageAdapter().complaints(Shape("bert", 15, 2)))
    assert not list(LanguageAdapter(invertible="none").complaints(Shape("bert", 15, 2)))
