"""The networks of bottleneck adapters, and where the layers of every encoder family let them in.

With two linear maps D and U and phi between them, B(z) = U phi(D z). Let h be what a sub-layer computes, after its
dropout, x the states it is added to, and LN the layer's own normalisation. What leaves the sub-layer is

    placement   after                          post-norm                       pre-norm
    houlsby     attention and feed-forward     LN(B(h) + h + x)                B(h) + h + x
    pfeiffer    feed-forward only              LN(B(LN(h + x)) + h + x)        B(h + x) + h + x

so every adapter adds to something that a module of the network gives or takes, and hooks on those modules suffice: no
tensor of the encoder gets another name. Unlike in Houlsby et al., LN itself does not learn, as in the `adapters`
library. One adapter for every place in every layer is a slot. An encoder may have many; those that are active add one
after the other, each reading what the ones below it have made: with s = h + x and z = LN(s), s becomes s + B(z) and z
becomes LN(s), slot by slot. Shapes: B rows, L positions, D hidden width.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import skip_init

from crosswind.identity import Record
from crosswind.methods.base import ADDED
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

    @property
    def last(self) -> str:
        """The module whose output is that of the layer, but for what is done at its end."""
        found = self.total if self.norm is None else self.norm
        assert found is not None
        return found


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


# Where adapters of a placement stand in a layer: after which sub-layer. Together with the placement, that is a site.
PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"pfeiffer": ("feed_forward",), "houlsby": ("attention", "feed_forward")}
)
Child = TypeVar("Child", bound=nn.Module)
EARLIER = "earlier"  # with a number behind it, the slot of a stage before


class Adapter(nn.Module):
    """B. Its weights are zero until they are drawn or loaded."""

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


class Slot(nn.ModuleList):
    """For every layer the modules at a placement's places, each of which turns z into what is added to s.

    `method` is the record that they were made for.
    """

    def __init__(self, encoder: Encoder, method: Record, placement: str, make: Callable[[], nn.Module]):
        super().__init__(nn.ModuleDict({place: make() for place in PLACES[placement]}) for _ in encoder.layers)
        self.method, self.placement = method, placement


def adapter_slot(encoder: Encoder, method: Record, placement: str, reduction: int) -> Slot:
    """A slot of adapters whose weights are zero."""
    units = units_of(encoder, reduction)
    return Slot(encoder, method, placement, lambda: Adapter(encoder.width, units, ACTIVATIONS[placement]))


class Adapters(nn.Module):
    """The slots of an encoder by name, hooked into it. `active` names those that count, the lowest first."""

    def __init__(self, encoder: Encoder):
        super().__init__()
        self.active: tuple[str, ...] = ()
        layout = layout_of(encoder)
        for layer, block in enumerate(encoder.layers):
            for place, name in (("attention", layout.attention), ("feed_forward", layout.feed_forward)):
                within = partial(self.at, "houlsby", layer, place)
                block.get_submodule(name).register_forward_hook(partial(after_sum, within))
            within, at_norm = partial(self.at, "pfeiffer", layer, "feed_forward"), layout.norm is not None
            block.get_submodule(layout.last).register_forward_hook(
                partial(around_norm if at_norm else after_sum, within)
            )

    def __getitem__(self, name: str) -> Slot:
        return self.get_submodule(name)  # type: ignore[return-value]

    def at(self, placement: str, layer: int, place: str) -> list[nn.Module]:
        """What the active slots have at one site, the lowest first."""
        slots = (self[name] for name in self.active)
        return [slot[layer][place] for slot in slots if slot.placement == placement]  # type: ignore[index]

    def add(self, name: str, slot: Slot) -> None:
        """One more slot, above those that are active."""
        self.add_module(name, slot)
        self.activate((*self.active, name))

    def activate(self, names: Sequence[str]) -> None:
        """Let these slots count and no others, in this order from below; KeyError where one is not there."""
        there = dict(self.named_children())
        if missing := [name for name in names if name not in there]:
            raise KeyError(f"there is no slot {', '.join(missing)} among {', '.join(there)}")
        self.active = tuple(names)

    def rename(self, old: str, new: str) -> None:
        """Give a slot another name; it stays where it stands among the active ones."""
        slot = self[old]
        self.add_module(new, slot)
        delattr(self, old)
        self.active = tuple(new if name == old else name for name in self.active)


def adapters_of(encoder: Encoder) -> Adapters:
    """The adapters of an encoder, none at first."""
    return child_of(encoder, ADDED, Adapters)


def child_of(encoder: Encoder, name: str, make: Callable[[Encoder], Child]) -> Child:
    """A child of an encoder, made where it is not there."""
    if name not in dict(encoder.named_children()):
        encoder.add_module(name, make(encoder))
    return encoder.get_submodule(name)  # type: ignore[return-value]


def earlier(adapters: Adapters) -> list[str]:
    """The slots of the stages before, oldest first."""
    return [name for name, _ in adapters.named_children() if name.startswith(EARLIER)]


def after_sum(within: Callable[[], list[nn.Module]], module: nn.Module, inputs: Any, output: Any) -> Any:  # noqa: ARG001
    """A hook on what gives z: z + B(z) goes on in its place. Attention also gives its weights, which stay."""
    found = within()
    if not found:
        return None
    z_BLD: Tensor = output[0] if isinstance(output, tuple) else output
    for adapter in found:
        z_BLD = z_BLD + adapter(z_BLD)
    return (z_BLD, *output[1:]) if isinstance(output, tuple) else z_BLD


def around_norm(
    within: Callable[[], list[nn.Module]], norm: nn.Module, inputs: tuple[Tensor], z_BLD: Tensor
) -> Tensor | None:
    """A hook on LN: its input plus B of its output is normalised once more."""
    found, sum_BLD = within(), inputs[0]
    for adapter in found:
        sum_BLD = sum_BLD + adapter(z_BLD)
        z_BLD = norm.forward(sum_BLD)  # not a call, which would come back here
    return z_BLD if found else None


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


def draw(slot: nn.Module, seed: int, zero_up: bool) -> None:
    """First weights from one generator, layer by layer; biases are zero, and with `zero_up` so is U."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for adapter in slot.modules():
            if isinstance(adapter, Adapter):
                for linear in (adapter.down, adapter.up):
                    linear.weight.normal_(0.0, INITIAL_SPREAD, generator=generator)
                    linear.bias.zero_()
                if zero_up:
                    adapter.up.weight.zero_()
