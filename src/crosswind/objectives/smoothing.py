"""Randomized smoothing by random perturbation (RS-RP; Huang et al. 2021): train under noise on the word embeddings.

The authors' release has only their other variant, which substitutes words, and the paper's radius is not known to us;
hence radii relative to the model's own embeddings, to be swept. As there, evaluation is one pass without noise.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from crosswind.objectives.base import Learner, Objective, Outcome, Step, shares, total
from crosswind.objectives.displacement import Eps, Shape, Sizes, Unit, noise, radius, sizes, told
from crosswind.tensors import Tensor


class Noise(Objective):
    """The mean loss with every attended token moved at random, anew in every update."""

    eps: Eps = 0.1
    unit: Unit = Field("token-norm", description="of eps: the median length of a word embedding, or 1")
    shape: Shape = Field("ball", description="uniform in the ball, on the sphere, or normal with that mean square")

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:
        """As many passes as Erm."""
        parts = [self.accumulate(model, batch, share, step) for batch, share in shares(batches)]
        loss = total([loss for loss, _ in parts])
        return Outcome(loss, {"loss_noisy": loss, **told([found for _, found in parts])})

    def accumulate(self, model: Learner, batch: Any, share: float, step: Step) -> tuple[Tensor, Sizes]:
        """Add one microbatch's gradient; return its part of the loss, and how far its tokens were moved."""
        embedded_RLD = model.embed(batch)
        delta_RLD = radius(self.eps, self.unit, step) * noise(batch, embedded_RLD.shape[-1], self.shape, step.seed)
        loss = model.loss(batch, embedded_RLD + delta_RLD) * share
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach(), sizes(delta_RLD, embedded_RLD, batch.mask_RL)
