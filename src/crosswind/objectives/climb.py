"""What objectives that weigh clean against moved text make of their microbatches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crosswind.objectives.base import Outcome, total
from crosswind.objectives.displacement import TINY, Sizes, mean, told
from crosswind.objectives.passes import Count, total_passes
from crosswind.tensors import Tensor


@dataclass(frozen=True, slots=True)
class Part:
    """One microbatch's parts of both losses, how far its tokens were moved, how near to uphill, in how many passes.

    `flips` is its part of the share of answers that the move changed.
    """

    clean: Tensor
    noisy: Tensor
    sizes: Sizes
    cosine_N: Tensor
    flips: Tensor
    count: Count


def mixed(parts: Sequence[Part], weight: float) -> Outcome:
    """The outcome of an update whose loss gives the moved text a weight, and the clean text the rest."""
    clean, noisy = total([part.clean for part in parts]), total([part.noisy for part in parts])
    measured = {
        "loss_clean": clean,
        "loss_noisy": noisy,
        **told([part.sizes for part in parts]),
        "cos_grad": mean([part.cosine_N for part in parts]),
        "flip_share": total([part.flips for part in parts]),
        **total_passes([part.count for part in parts]),
    }
    return Outcome((1 - weight) * clean + weight * noisy, measured)


def cosines(delta_RLD: Tensor, slope_RLD: Tensor, batch: Any) -> Tensor:
    """Of every attended token, how near its displacement is to the way uphill."""
    from torch.nn.functional import cosine_similarity

    return cosine_similarity(delta_RLD, slope_RLD, dim=-1, eps=TINY)[batch.mask_RL.bool()]
