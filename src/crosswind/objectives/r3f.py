"""Fine-tuning in a trust region of representations (R3F; Aghajanyan et al. 2021): answers hold still under noise.

The noise is random, so there is no ascent. The paper gives the size of one number, 1e-5, which is far below what single
precision resolves in embeddings of the usual length; here `eps` is the root of a token's mean squared displacement.
Of the two published training codes one keeps the embeddings themselves from learning through the noisy pass, which is
`detach = true`, and one does not.
"""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from crosswind.objectives import divergence
from crosswind.objectives.base import Learner, Objective, Outcome, Step, shares
from crosswind.objectives.displacement import Displacing, cube, noise, sizes
from crosswind.objectives.passes import Dropout, passes
from crosswind.objectives.pull import Part, pulled
from crosswind.tensors import Tensor


class R3f(Displacing):
    """The loss, and a weight times how far apart the answers are on the text as it is and under noise."""

    shape: Literal["uniform", "normal"] = Field("uniform", description="of every number of the noise")
    weight: float = Field(1.0, ge=0, description="of the divergence beside the loss")
    detach: bool = Field(True, description="the noisy pass teaches the network, but not the embeddings themselves")
    dropout: Dropout = Field("fresh", description="masks of the noisy pass: new ones, those of the first, or none")

    @property
    def cost(self) -> float:
        return 2.0

    @property
    def neutral(self) -> Objective | None:
        return self.model_copy(update={"weight": 0.0})

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:
        """Twice as many passes as Erm."""
        return pulled([self.accumulate(model, batch, share, step) for batch, share in shares(batches)], self.weight)

    def accumulate(self, model: Learner, batch: Any, share: float, step: Step) -> Part:
        """Add one microbatch's gradient."""
        with passes(model, batch, share, self.dropout, self.where) as run:
            states_RLD = run.states()
            logits = run.logits(states_RLD)
            clean_UC = model.log_probabilities(logits, batch)
            delta_RLD = self.radius(step) * self.drawn(batch, states_RLD.shape[-1], step.seed)
            run.again()
            again_RLD = run.states()
            noisy_UC = model.log_probabilities(
                run.logits((again_RLD.detach() if self.detach else again_RLD) + delta_RLD), batch
            )
            apart = divergence.symmetric(clean_UC, noisy_UC) * share
            clean = run.loss_of(logits)
            run.push(clean + self.weight * apart)
        size = sizes(delta_RLD, states_RLD, batch.mask_RL, self.radius(step))
        flips = divergence.flipped(clean_UC, noisy_UC) * share
        return Part(clean.detach(), apart.detach(), flips, run.counted(), size)

    def drawn(self, batch: Any, width: int, seed: int) -> Tensor:
        """Noise with a mean squared length of 1."""
        return cube(batch, width, seed) if self.shape == "uniform" else noise(batch, width, "gaussian", seed)
