"""The networks of bottleneck adapters, and where the layers of every encoder family let them in.

With two linear maps D and U and phi between them, B(z) = U phi(D z). Let h be what a sub-layer computes, after its
dropout, x the states it is added to, and LN the layer's own normalisation. What leaves the sub-layer is

    placement   after                          post-norm                       pre-norm
    houlsby     attention and feed-forward     LN(B(h) + h + x)                B(h) + h + x
    pfeiffer    feed-forward only              LN(B(LN(h + x)) + h + x)        B(h + x) + h + x

so every adapter adds to something that a module of the network gives or takes, and hooks on those modules suffice: no
tensor of the encoder gets another name. Unlike in Houlsby et al., LN itself does not learn, as in the `adapters`
library. Shapes: B rows, L positions, D hidden width.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import skip_init

from crosswind.identity import Record
from crosswind.models.backbone import Encoder

INITIAL_SPREAD = 0.02


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a layer of a family has the modules that give h after attention and after feed-forward.

    `norm` is the feed-forward's LN of a post-norm layer, `total` the module that gives h + x of a pre-norm one; a
    family has one of them. An empty name is the layer itself.
    """

    attention: str
    feed_forward: str
    norm: str | None = None
    total: str | None = None


BERT = Layout("attention.output.dropout", "output.dropout", norm="output.LayerNorm")
LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        "bert": BERT,
        "roberta": BERT,
        "xlm-roberta": BERT,
        "deberta-v2": BERT,
        "modernbert": Layout("attn", "mlp", total=""),
        "mt5": Layout("layer.0.dropout", "layer.1.dropout", total="layer.1"),
    }
)

# The papers leave phi open; these are what the `adapters` library runs under either name.
ACTIVATIONS: Mapping[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {"pfeiffer": functional.relu, "houlsby": functional.silu}
)


class Adapter(nn.Module):
    """B, and the two ways in which a hook lets it in. Its weights are zero until they are drawn or loaded."""

    def __init__(self, width: int, units: int, activation: Callable[[Tensor], Tensor]):
        super().__init__()
        self.down: nn.Linear = skip_init(nn.Linear, width, units)  # type: ignore[no-untyped-call]
        self.up: nn.Linear = skip_init(nn.Linear, units, width)  # type: ignore[no-untyped-call]
        self.activation = activation
        with torch.no_grad():
            for tensor in self.parameters():
                tensor.zero_()

    def forward(self, z_BLD: Tensor) -> Tensor:
        found_BLD: Tensor = self.up(self.activation(self.down(z_BLD)))
        return found_BLD

    def after_sum(self, module: nn.Module, inputs: Any, output: Any) -> Any:  # noqa: ARG002
        """A hook on what gives z: z + B(z) goes on in its place. Attention also gives its weights, which stay."""
        if isinstance(output, tuple):
            return (output[0] + self(output[0]), *output[1:])
        return output + self(output)

    def around_norm(self, norm: nn.Module, inputs: tuple[Tensor], z_BLD: Tensor) -> Tensor:
        """A hook on LN: its input plus B of its output is normalised once more."""
        again_BLD: Tensor = norm.forward(inputs[0] + self(z_BLD))  # not a call, which would come back here
        return again_BLD


class Adapters(nn.Module):
    """The adapters of all layers, hooked into an encoder; `method` is the record that they were made for."""

    def __init__(self, encoder: Encoder, method: Record, placement: str, reduction: int):
        super().__init__()
        self.method = method
        layout, units = layout_of(encoder), units_of(encoder, reduction)
        make = partial(Adapter, encoder.width, units, ACTIVATIONS[placement])
        hook = hook_houlsby if placement == "houlsby" else hook_pfeiffer
        self.layers = nn.ModuleList(nn.ModuleDict(hook(block, layout, make)) for block in encoder.layers)

    def extra_repr(self) -> str:
        return repr(self.method)


def hook_houlsby(block: nn.Module, layout: Layout, make: Callable[[], Adapter]) -> dict[str, nn.Module]:
    """One adapter on what each of the two sub-layers computes."""
    made: dict[str, nn.Module] = {}
    for name, place in (("attention", layout.attention), ("feed_forward", layout.feed_forward)):
        made[name] = adapter = make()
        block.get_submodule(place).register_forward_hook(adapter.after_sum)
    return made


def hook_pfeiffer(block: nn.Module, layout: Layout, make: Callable[[], Adapter]) -> dict[str, nn.Module]:
    """One adapter on the feed-forward's output with the states that it is added to."""
    adapter = make()
    if layout.norm is not None:
        block.get_submodule(layout.norm).register_forward_hook(adapter.around_norm)
    else:
        assert layout.total is not None
        block.get_submodule(layout.total).register_forward_hook(adapter.after_sum)
    return {"feed_forward": adapter}


def layout_of(encoder: Encoder) -> Layout:
    kind = encoder.config.model_type
    if kind not in LAYOUTS:
        raise ValueError(
            f"adapters have no place in encoders of type {kind!r} (supported: {', '.join(LAYOUTS)}); "
            "a new family is one line in crosswind/methods/adapters.py"
        )
    return LAYOUTS[kind]


def units_of(encoder: Encoder, reduction: int) -> int:
    """How wide an adapter is inside."""
    if reduction > encoder.width:
        raise ValueError(
            f"reduction {reduction} leaves an adapter no unit: the hidden states of this {encoder.config.model_type!r} "
            f"encoder are {encoder.width} wide; choose a reduction of at most {encoder.width}"
        )
    return encoder.width // reduction


def draw(adapters: nn.Module, seed: int, zero_up: bool) -> None:
    """First weights from one generator, layer by layer; biases are zero, and with `zero_up` so is U."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for adapter in adapters.modules():
            if isinstance(adapter, Adapter):
                for linear in (adapter.down, adapter.up):
                    linear.weight.normal_(0.0, INITIAL_SPREAD, generator=generator)
                    linear.bias.zero_()
                if zero_up:
                    adapter.up.weight.zero_()
