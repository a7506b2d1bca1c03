"""Smoothness-inducing regularisation: what the model says may not change where the embeddings move a little.

Virtual adversarial training (Miyato et al. 2018) moves them once, from a tiny random start, and pulls the answer on the
moved text towards the one on the text as it is: `rule = "replace"`, `divergence = "kl"`. SMART (Jiang et al. 2020) and
ALUM (Liu et al. 2020) add steps to a random start and pull both answers together: `rule = "add"`,
`divergence = "symmetric"`. Both look for the place where the answers differ most, without labels. Here the displacement
is projected onto the ball of the radius. The code of the latter two divides it by its own largest number instead, which
makes noise of one size whatever the settings say. SMART's second term, a slowly moving teacher, is left out.
"""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from crosswind.objectives import divergence
from crosswind.objectives.base import Learner, Objective, Outcome, Step, shares
from crosswind.objectives.displacement import Stepping, noise, projected, sizes
from crosswind.objectives.passes import LOOK, Passes, passes
from crosswind.objectives.pull import Part, pulled
from crosswind.randomness import stream
from crosswind.tensors import Tensor

START = 0.1  # of the radius: from nowhere, the divergence has no slope


class Smoothness(Stepping):
    """The loss, and a weight times how far apart the answers are on the text as it is and where it hurts most."""

    steps: int = Field(1, ge=1, description="ascents")
    weight: float = Field(1.0, ge=0, description="of the divergence beside the loss")
    divergence: Literal["kl", "symmetric"] = Field("symmetric", description="pull the moved answer, or both together")
    rule: Literal["replace", "add"] = Field(
        "add", description="an ascent goes to the radius at once, or adds to where the last one led"
    )

    @property
    def cost(self) -> float:
        return 2 + self.steps * LOOK

    @property
    def neutral(self) -> Objective | None:
        return self.model_copy(update={"weight": 0.0})

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:
        """Two passes that learn, and K that only look for the way."""
        return pulled([self.accumulate(model, batch, share, step) for batch, share in shares(batches)], self.weight)

    def accumulate(self, model: Learner, batch: Any, share: float, step: Step) -> Part:
        """Add one microbatch's gradient."""
        with passes(model, batch, share, self.dropout, self.where) as run:
            states_RLD = run.states()
            logits = run.logits(states_RLD)
            clean_UC = model.log_probabilities(logits, batch)
            delta_RLD = self.climbed(run, states_RLD.detach(), clean_UC.detach(), step)
            run.again()
            moved_UC = model.log_probabilities(run.logits(run.states() + delta_RLD), batch)
            apart = self.apart(clean_UC, moved_UC) * share
            clean = run.loss_of(logits)
            run.push(clean + self.weight * apart)
        size = sizes(delta_RLD, states_RLD, batch.mask_RL, self.radius(step))
        flips = divergence.flipped(clean_UC, moved_UC) * share
        return Part(clean.detach(), apart.detach(), flips, run.counted(), size)

    def apart(self, clean_UC: Tensor, moved_UC: Tensor) -> Tensor:
        """How far apart the answers are."""
        if self.divergence == "kl":
            return divergence.kl(clean_UC.detach(), moved_UC)
        return divergence.symmetric(clean_UC, moved_UC)

    def climbed(self, run: Passes, states_RLD: Tensor, clean_UC: Tensor, step: Step) -> Tensor:
        """The displacement that the ascents lead to."""
        radius, width = self.radius(step), states_RLD.shape[-1]
        shape: Literal["sphere", "gaussian"] = "sphere" if self.rule == "replace" else "gaussian"
        delta_RLD = START * radius * noise(run.batch, width, shape, stream(step.seed, "start"))
        for turn in range(self.steps):
            run.again()
            at_RLD = delta_RLD.detach().requires_grad_()
            moved_UC = run.model.log_probabilities(run.logits(states_RLD + at_RLD), run.batch)
            slope_RLD = run.slope(divergence.kl(clean_UC, moved_UC) * run.share, at_RLD)
            way_RLD = self.way(slope_RLD, run.batch, step, turn)
            if self.rule == "replace":
                delta_RLD = radius * way_RLD
            else:
                delta_RLD = projected(delta_RLD + self.leap(step) * way_RLD, run.batch.mask_RL, self.norm, radius)
        return delta_RLD
