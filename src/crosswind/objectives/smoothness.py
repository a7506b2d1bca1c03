"""Smoothness-inducing regularisation: what the model says may not change where the embeddings move a little.

Virtual adversarial training (Miyato et al. 2018) moves them once, from a tiny random start, and pulls the answer on the
moved text towards the one on the text as it is: `rule = "replace"`, `divergence = "kl"`. SMART (Jiang et al. 2020) and
ALUM (Liu et al. 2020) add steps to a random start and pull both answers together: `rule = "add"`,
`divergence = "symmetric"`. Both look for the place where the answers differ most, without labels. Here the displacement
is projected onto the ball of the radius. The code of the latter two divides it by its own largest number instead, which
makes noise of one size whatever the settings say. SMART's second term, a slowly moving teacher, is left out.
"""

from typing import Literal

from pydantic import Field

from crosswind.objectives import divergence
from crosswind.objectives.base import Step
from crosswind.objectives.displacement import Stepping, noise, projected
from crosswind.objectives.passes import Passes
from crosswind.objectives.pull import Pulling
from crosswind.randomness import stream
from crosswind.tensors import Tensor

START = 0.1  # of the radius: from nowhere, the divergence has no slope


class Smoothness(Stepping, Pulling):
    """The loss, and a weight times how far apart the answers are on the text as it is and where it hurts most.

    Two passes that learn, and K that only look for the way.
    """

    steps: int = Field(1, ge=1, description="ascents")
    divergence: Literal["kl", "symmetric"] = Field("symmetric", description="pull the moved answer, or both together")
    rule: Literal["replace", "add"] = Field(
        "add", description="an ascent goes to the radius at once, or adds to where the last one led"
    )

    def moved(self, run: Passes, states_RLD: Tensor, clean_UC: Tensor, step: Step) -> Tensor:
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

    def taught(self, states_RLD: Tensor) -> Tensor:
        """The moved pass teaches the embeddings too."""
        return states_RLD

    def apart(self, clean_UC: Tensor, moved_UC: Tensor) -> Tensor:
        """How far apart the answers are; the clean one holds still where the moved one alone is pulled."""
        if self.divergence == "kl":
            return divergence.kl(clean_UC.detach(), moved_UC)
        return divergence.symmetric(clean_UC, moved_UC)
