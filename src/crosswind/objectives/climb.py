"""What objectives have in common that weigh the clean text against text that was moved uphill."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from crosswind.objectives import divergence
from crosswind.objectives.base import Learner, Outcome, Step, shares, total
from crosswind.objectives.displacement import TINY, Climbing, Sizes, mean, sizes, told
from crosswind.objectives.passes import Count, Passes, passes, total_passes
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


class Mixing(Climbing):
    """The loss on the text as it is, and on embeddings that went uphill from there."""

    weight: float = Field(0.5, ge=0, le=1, description="of the moved text in the loss; the rest is the clean text's")

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:
        """Two passes that learn, and those that only look for the way."""
        return mixed([self.accumulate(model, batch, share, step) for batch, share in shares(batches)], self.weight)

    def accumulate(self, model: Learner, batch: Any, share: float, step: Step) -> Part:
        """Add one microbatch's gradient of both losses."""
        import torch

        with passes(model, batch, share, self.dropout, self.where) as run:
            states_RLD = run.states()
            still_RLD = torch.zeros_like(states_RLD, requires_grad=True)
            logits = run.logits(states_RLD + still_RLD)
            clean = run.loss_of(logits)
            slope_RLD = run.slopes(clean, still_RLD, 1 - self.weight)
            delta_RLD = self.climbed(run, slope_RLD, step)
            run.again()
            moved = run.logits(run.states() + delta_RLD)
            noisy = run.loss_of(moved)
            run.push(noisy * self.weight)
        size = sizes(delta_RLD, states_RLD, batch.mask_RL, self.radius(step))
        cosine_N, flips = cosines(delta_RLD, slope_RLD, batch), divergence.changed(model, logits, moved, batch) * share
        return Part(clean.detach(), noisy.detach(), size, cosine_N, flips, run.counted())

    @abstractmethod
    def climbed(self, run: Passes, slope_RLD: Tensor, step: Step) -> Tensor:
        """The displacement, of which the clean text's slope is the first way up."""


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
