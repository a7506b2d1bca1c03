"""Adversarial training by one ascent along the gradient (fast gradient method; Miyato et al. 2017).

The paper moves a whole sequence by one fixed length, over embeddings normalised across the vocabulary, and sums the two
losses. Here every token moves equally far, in units of the model's own embeddings, and the losses share a weight of 1.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from crosswind.objectives import divergence
from crosswind.objectives.base import Learner, Outcome, Step, shares
from crosswind.objectives.climb import Part, cosines, mixed
from crosswind.objectives.displacement import Climbing, sizes
from crosswind.objectives.passes import passes


class Fgm(Climbing):
    """The loss on the text as it is, and on embeddings moved to where that loss grows fastest."""

    weight: float = Field(0.5, ge=0, le=1, description="of the moved text in the loss; the rest is the clean text's")

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:
        """Twice as many passes as Erm."""
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
            way_RLD = self.way(slope_RLD, batch, step)
            delta_RLD = self.radius(step) * way_RLD
            run.again()
            moved = run.logits(run.states() + delta_RLD)
            noisy = run.loss_of(moved)
            run.push(noisy * self.weight)
        size = sizes(delta_RLD, states_RLD, batch.mask_RL, self.radius(step))
        flips = divergence.changed(model, logits, moved, batch) * share
        return Part(clean.detach(), noisy.detach(), size, cosines(way_RLD, slope_RLD, batch), flips, run.counted())
