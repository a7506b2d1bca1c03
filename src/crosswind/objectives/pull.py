"""What objectives that pull two answers to the same text together make of their microbatches."""

from collections.abc import Sequence
from dataclasses import dataclass

from crosswind.objectives.base import Outcome, total
from crosswind.objectives.displacement import Sizes, told
from crosswind.objectives.passes import Count, total_passes
from crosswind.tensors import Tensor


@dataclass(frozen=True, slots=True)
class Part:
    """One microbatch's parts of the loss, of the divergence and of the share of answers that moved, and the passes.

    `sizes` tells how far embeddings were moved, where they were.
    """

    loss: Tensor
    apart: Tensor
    flips: Tensor
    count: Count
    sizes: Sizes | None = None


def pulled(parts: Sequence[Part], weight: float) -> Outcome:
    """The outcome of an update whose loss is that of the task and a weight times the divergence."""
    loss, apart = total([part.loss for part in parts]), total([part.apart for part in parts])
    measured = {"loss_clean": loss, "divergence": apart, "flip_share": total([part.flips for part in parts])}
    moved = [part.sizes for part in parts if part.sizes is not None]
    if moved:
        measured |= told(moved)
    return Outcome(loss + weight * apart, measured | total_passes([part.count for part in parts]))
