"""Adversarial training whose ascents are for free (FreeLB; Zhu et al. 2020): every pass gives both gradients.

The loss is the mean over all points of the ascent, the first of which is the text unless `init` moves it. As in the
paper the radius holds for a whole sequence; unlike there it grows with the sequence's length, so that a token moves
as far in a long text as in a short one. The reference code shares the dropout of all passes by a patched library, as
`shared` does here; its `max_norm = 0` means no projection, which is `bounded = false` here.
"""

import math
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from crosswind.objectives import divergence
from crosswind.objectives.base import Learner, Objective, Outcome, Step, shares, total
from crosswind.objectives.climb import cosines
from crosswind.objectives.displacement import Norm, Sizes, Stepping, cube, mean, projected, sizes, told, yard
from crosswind.objectives.passes import Count, Passes, passes, total_passes
from crosswind.randomness import stream
from crosswind.tensors import Tensor

Part = tuple[Tensor, Tensor, Sizes, Tensor, Tensor, Count]


class Freelb(Stepping):
    """The mean loss over the points of an ascent: K passes, K - 1 steps."""

    norm: Norm = Field(
        "sequence-l2", description="what is held to eps: a token, a sequence of n to eps √n, or each number"
    )
    init: float = Field(0.0, ge=0, description="how far the first point lies from the text, in the unit of eps")
    bounded: bool = Field(True, description="false lets the ascent leave the radius, as the published settings do")

    @property
    def cost(self) -> float:
        return float(self.steps)

    @property
    def neutral(self) -> Objective | None:
        return self.model_copy(update={"eps": 0.0, "init": 0.0, "bounded": True})

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:
        """As many passes as steps."""
        parts = [self.accumulate(model, batch, share, step) for batch, share in shares(batches)]
        clean, loss = total([part[0] for part in parts]), total([part[1] for part in parts])
        measured = {
            "loss_clean": clean,
            "loss_noisy": loss,
            **told([part[2] for part in parts]),
            "cos_grad": mean([part[3] for part in parts]),
            "flip_share": total([part[4] for part in parts]),
            **total_passes([part[5] for part in parts]),
        }
        return Outcome(loss, measured)

    def accumulate(self, model: Learner, batch: Any, share: float, step: Step) -> Part:
        """Add one microbatch's gradient; `clean` is the loss at the first point."""
        with passes(model, batch, share, self.dropout, self.where) as run:
            delta_RLD = self.begun(run, step)
            losses, answers, first_RLD = [], [], delta_RLD
            for turn in range(self.steps):
                if turn:
                    run.again()
                last = turn == self.steps - 1
                states_RLD = run.states()
                at_RLD = delta_RLD.detach().requires_grad_(not last or not turn)
                logits = run.logits(states_RLD + at_RLD)
                loss = run.loss_of(logits) / self.steps
                if at_RLD.requires_grad:
                    slope_RLD = run.slopes(loss, at_RLD, 1.0)
                    first_RLD = first_RLD if turn else slope_RLD
                else:
                    run.push(loss)  # nothing asks for its slope, on which all layers of a frozen encoder would hang
                losses.append(loss.detach())
                answers.append(logits.detach())
                if not last:
                    delta_RLD = self.moved(delta_RLD, slope_RLD, batch, step, turn)
        size = sizes(at_RLD, states_RLD, batch.mask_RL, self.radius(step))
        cosine_N = cosines(at_RLD.detach(), first_RLD, batch)
        flips = divergence.changed(model, answers[0], answers[-1], batch) * share
        return losses[0] * self.steps, total(losses), size, cosine_N, flips, run.counted()

    def begun(self, run: Passes, step: Step) -> Tensor:
        """The first point: every number uniform, a token on average at the distance `init` / √3, as in the paper."""
        import torch

        with torch.no_grad():
            width = run.states().shape[-1]
        run.again()
        length = self.init * yard(self.unit, step)
        return cube(run.batch, width, stream(step.seed, "start")) * (length / math.sqrt(3))

    def moved(self, delta_RLD: Tensor, slope_RLD: Tensor, batch: Any, step: Step, turn: int) -> Tensor:
        """The next point of the ascent."""
        moved_RLD = delta_RLD + self.leap(step) * self.way(slope_RLD, batch, step, turn)
        return projected(moved_RLD, batch.mask_RL, self.norm, self.radius(step)) if self.bounded else moved_RLD
