"""Fine-tuning in a trust region of representations (R3F; Aghajanyan et al. 2021): answers hold still under noise.

The noise is random, so there is no ascent. The paper gives the size of one number, 1e-5, which is far below what single
precision resolves in embeddings of the usual length; here `eps` is the root of a token's mean squared displacement.
Of the two published training codes one keeps the embeddings themselves from learning through the noisy pass, which is
`detach = true`, and one does not.
"""

from typing import Any, Literal

from pydantic import Field

from crosswind.objectives import divergence
from crosswind.objectives.base import Step
from crosswind.objectives.displacement import cube, noise
from crosswind.objectives.passes import Passes
from crosswind.objectives.pull import Pulling
from crosswind.tensors import Tensor


class R3f(Pulling):
    """The loss, and a weight times how far apart the answers are on the text as it is and under noise: two passes."""

    shape: Literal["uniform", "normal"] = Field("uniform", description="of every number of the noise")
    detach: bool = Field(True, description="the noisy pass teaches the network, but not the embeddings themselves")

    def moved(self, run: Passes, states_RLD: Tensor, clean_UC: Tensor, step: Step) -> Tensor:  # noqa: ARG002
        """Noise whose mean squared length is that of the radius."""
        width = states_RLD.shape[-1]
        drawn = cube if self.shape == "uniform" else gaussian
        return self.radius(step) * drawn(run.batch, width, step.seed)

    def taught(self, states_RLD: Tensor) -> Tensor:
        return states_RLD.detach() if self.detach else states_RLD

    def apart(self, clean_UC: Tensor, moved_UC: Tensor) -> Tensor:
        """Both answers learn from their divergence."""
        return divergence.symmetric(clean_UC, moved_UC)


def gaussian(batch: Any, width: int, seed: int) -> Tensor:
    """Normal noise with a mean squared length of 1."""
    return noise(batch, width, "gaussian", seed)
