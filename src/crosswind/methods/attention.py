"""The networks of AdapterFusion: attention over the adapters that stand side by side in a layer.

Every adapter k reads the same z and gives u_k = B_k(z). With q = W_q z + b_q and keys W_k u_k + b_k, the scores are the
products of q with the keys, not scaled; a = softmax(scores); what is added to s is W_v times the sum of a_k u_k. As W_v
has no bias and W_k is one for all adapters, it is the same to multiply q by W_k once and the sum by W_v once, whatever
the number of adapters. Dropout is of scores, as in the authors' code, so even what is equal in all of them counts.
Shapes: B rows, L positions, D hidden width, K adapters.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import skip_init

from crosswind.identity import Record
from crosswind.methods.adapters import INITIAL_SPREAD, Slot, adapters_of, earlier
from crosswind.models.backbone import Encoder

SPUR = 1e-6  # what value matrices begin with beside their diagonal
DROPOUTS = ("attention_probs_dropout_prob", "attention_dropout", "dropout_rate")  # by family


class Attention(nn.Module):
    """Attention over a layer's adapters, which are not its own: they are saved and frozen where they were trained."""

    def __init__(self, width: int, adapters: Sequence[nn.Module], dropout: float):
        super().__init__()
        self.adapters = tuple(adapters)  # a tuple, so that they are no children
        self.query: nn.Linear = skip_init(nn.Linear, width, width)  # type: ignore[no-untyped-call]
        self.key: nn.Linear = skip_init(nn.Linear, width, width)  # type: ignore[no-untyped-call]
        self.value: nn.Linear = skip_init(nn.Linear, width, width, bias=False)  # type: ignore[no-untyped-call]
        self.dropout = nn.Dropout(dropout)
        self.seen: list[Tensor] | None = None
        with torch.no_grad():
            for tensor in self.parameters():
                tensor.zero_()

    def forward(self, z_BLD: Tensor) -> Tensor:
        given_BLKD = torch.stack([adapter(z_BLD) for adapter in self.adapters], dim=-2)
        query_BLD = self.query(z_BLD)
        asked_BLD = functional.linear(query_BLD, self.key.weight.T)
        alike_BL1 = functional.linear(query_BLD, self.key.bias[None])
        scores_BLK = (given_BLKD @ asked_BLD.unsqueeze(-1)).squeeze(-1) + alike_BL1
        shares_BLK = self.dropout(scores_BLK).softmax(-1)
        if self.seen is not None:
            self.seen.append(shares_BLK.detach().float().flatten(0, -2).cpu())
        mixed_BLD = (shares_BLK.to(given_BLKD.dtype).unsqueeze(-2) @ given_BLKD).squeeze(-2)
        found_BLD: Tensor = self.value(mixed_BLD)
        return found_BLD


def fused_slot(encoder: Encoder, method: Record) -> tuple[Slot, list[str]]:
    """A slot of attention over the adapters of all earlier stages, and the names of their slots."""
    adapters = adapters_of(encoder)
    names = earlier(adapters)
    if not names:
        raise ValueError(
            f"{method!r} found no adapters of earlier stages; expected some, trained side by side: write "
            "carry = 'fuse' and a sequence of intermediate tasks"
        )
    if wrong := [name for name in names if adapters[name].placement != "pfeiffer"]:
        raise ValueError(
            f"{method!r} found {adapters[wrong[0]].method!r}; expected placement 'pfeiffer', so that all read one input"
        )
    layers = iter(range(len(encoder.layers)))

    def make() -> Attention:
        layer = next(layers)
        sources = [adapters[name][layer]["feed_forward"] for name in names]  # type: ignore[index]
        return Attention(encoder.width, sources, score_dropout(encoder))

    return Slot(encoder, method, "pfeiffer", make), names


def score_dropout(encoder: Encoder) -> float:
    """The rate that the encoder has for its own attention."""
    return next(float(rate) for name in DROPOUTS if (rate := getattr(encoder.config, name, None)) is not None)


def draw(slot: nn.Module, seed: int) -> None:
    """First weights from one generator, layer by layer; biases are zero and values pass nearly as they are."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in parts(slot):
            for linear in (layer.query, layer.key):
                linear.weight.normal_(0.0, INITIAL_SPREAD, generator=generator)
                linear.bias.zero_()
            layer.value.weight.fill_(SPUR).fill_diagonal_(1.0)


def distance(slot: nn.Module) -> Tensor:
    """How far the value matrices of all layers are from the identity, squared."""
    values = [layer.value.weight for layer in parts(slot)]
    one = torch.eye(len(values[0]), device=values[0].device)
    return torch.stack([(one - value).square().sum() for value in values]).sum()


def watched(slot: nn.Module, read: Callable[[], Any]) -> list[list[float]]:
    """The mean share of each adapter, layer by layer, while text is read."""
    found = parts(slot)
    for layer in found:
        layer.seen = []
    try:
        read()
        return [torch.cat(layer.seen or []).mean(0).tolist() for layer in found]
    finally:
        for layer in found:
            layer.seen = None


def parts(slot: nn.Module) -> list[Attention]:
    """What a slot has in each layer."""
    return [module for module in slot.modules() if isinstance(module, Attention)]
