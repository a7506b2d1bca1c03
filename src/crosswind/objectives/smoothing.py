"""Randomized smoothing by random perturbation (RS-RP; Huang et al. 2021): train under noise on the word embeddings.

The authors' release has only their other variant, which substitutes words, and the paper's radius is not known to us;
hence radii relative to the model's own embeddings, to be swept. As there, evaluation is one pass without noise, unless
a study asks for a vote (evaluate/smoothed.py).
"""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from crosswind.objectives.base import Learner, Outcome, Step, shares, total
from crosswind.objectives.displacement import Displacing, Shape, Sizes, noise, sizes, told
from crosswind.objectives.passes import Count, passes, total_passes
from crosswind.randomness import stream
from crosswind.tensors import Tensor


class Noise(Displacing):
    """The mean loss with every attended token moved at random, anew in every update."""

    shape: Shape = Field("ball", description="uniform in the ball, on the sphere, or normal with that mean square")
    samples: int = Field(1, ge=1, description="draws of noise in one update, whose losses are averaged")

    @property
    def cost(self) -> float:
        return float(self.samples)

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:
        """As many passes as Erm for every sample."""
        parts = [
            self.accumulate(model, batch, share / self.samples, step, turn)
            for batch, share in shares(batches)
            for turn in range(self.samples)
        ]
        loss = total([loss for loss, _, _ in parts])
        counts = total_passes([count for _, _, count in parts])
        passed = {name: value * self.samples for name, value in counts.items()}
        return Outcome(loss, {"loss_noisy": loss, **told([found for _, found, _ in parts]), **passed})

    def accumulate(
        self, model: Learner, batch: Any, share: float, step: Step, turn: int
    ) -> tuple[Tensor, Sizes, Count]:
        """Add one sample's gradient; return its part of the loss, how far its tokens were moved, and the passes."""
        seed = stream(step.seed, "sample", turn) if turn else step.seed
        with passes(model, batch, share, "fresh", self.where) as run:
            states_RLD = run.states()
            delta_RLD = self.radius(step) * noise(batch, states_RLD.shape[-1], self.shape, seed)
            loss = run.loss(states_RLD + delta_RLD)
            run.push(loss)
        return loss.detach(), sizes(delta_RLD, states_RLD, batch.mask_RL, self.radius(step)), run.counted()
