"""Adversarial training by one ascent along the gradient (fast gradient method; Miyato et al. 2017).

The paper moves a whole sequence by one fixed length, over embeddings normalised across the vocabulary, and sums the two
losses. Here every token moves equally far, in units of the model's own embeddings, and the losses share a weight of 1.
"""

from crosswind.objectives.base import Step
from crosswind.objectives.climb import Mixing
from crosswind.objectives.passes import Passes
from crosswind.tensors import Tensor


class Fgm(Mixing):
    """The loss on the text as it is, and on embeddings moved to where that loss grows fastest: two passes."""

    def climbed(self, run: Passes, slope_RLD: Tensor, step: Step) -> Tensor:
        """Straight up, as far as may be."""
        return self.radius(step) * self.way(slope_RLD, run.batch, step)
