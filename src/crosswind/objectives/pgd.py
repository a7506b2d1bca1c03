"""Adversarial training by several projected ascents (projected gradient descent; Madry et al. 2018).

On word embeddings as in Zhu et al. (2020), who compare it with their own method; the radius holds for a token unless
`norm` says otherwise, and the clean text keeps a share of the loss, which the papers do not give it.
"""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from crosswind.objectives import divergence
from crosswind.objectives.base import Learner, Outcome, Step, shares
from crosswind.objectives.climb import Part, cosines, mixed
from crosswind.objectives.displacement import Stepping, noise, projected, sizes
from crosswind.objectives.passes import Passes, passes
from crosswind.randomness import stream
from crosswind.tensors import Tensor


class Pgd(Stepping):
    """The loss on the text as it is, and on embeddings that went uphill in several steps without leaving the radius."""

    init: Literal["zero", "uniform"] = Field("zero", description="where the ascent begins: at the text, or in the ball")
    weight: float = Field(0.5, ge=0, le=1, description="of the moved text in the loss; the rest is the clean text's")

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:
        """The clean pass is the first ascent's too where that begins at the text, so K ascents make K + 1 passes."""
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
        flips = divergence.changed(model, logits, moved, batch) * share
        return Part(clean.detach(), noisy.detach(), size, cosines(delta_RLD, slope_RLD, batch), flips, run.counted())

    def climbed(self, run: Passes, slope_RLD: Tensor, step: Step) -> Tensor:
        """The displacement after all ascents, of which the clean slope may serve the first."""
        delta_RLD = slope_RLD * 0
        begun = self.init == "zero"
        if not begun:
            delta_RLD = self.radius(step) * noise(run.batch, slope_RLD.shape[-1], "ball", stream(step.seed, "start"))
        for turn in range(self.steps):
            if turn or not begun:
                run.again()
                at_RLD = delta_RLD.detach().requires_grad_()
                slope_RLD = run.slope(run.loss(run.states().detach() + at_RLD), at_RLD)
            moved_RLD = delta_RLD + self.leap(step) * self.way(slope_RLD, run.batch, step, turn)
            delta_RLD = projected(moved_RLD, run.batch.mask_RL, self.norm, self.radius(step))
        return delta_RLD
