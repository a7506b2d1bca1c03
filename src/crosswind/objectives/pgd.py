"""Adversarial training by several projected ascents (projected gradient descent; Madry et al. 2018).

On word embeddings as in Zhu et al. (2020), who compare it with their own method; the radius holds for a token unless
`norm` says otherwise, and the clean text keeps a share of the loss, which the papers do not give it.
"""

from typing import Literal

from pydantic import Field

from crosswind.objectives.base import Step
from crosswind.objectives.climb import Mixing
from crosswind.objectives.displacement import Stepping, noise, projected
from crosswind.objectives.passes import Passes
from crosswind.randomness import stream
from crosswind.tensors import Tensor


class Pgd(Mixing, Stepping):
    """The loss on the text as it is, and on embeddings that went uphill in several steps without leaving the radius.

    The clean pass is the first ascent's too where that begins at the text, so K ascents make K + 1 passes.
    """

    init: Literal["zero", "uniform"] = Field("zero", description="where the ascent begins: at the text, or in the ball")

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
