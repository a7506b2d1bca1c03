"""What objectives have in common that pull two answers to the same text together."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from crosswind.objectives import divergence
from crosswind.objectives.base import Learner, Outcome, Step, shares, total
from crosswind.objectives.displacement import Displacing, Sizes, sizes, told
from crosswind.objectives.passes import Count, Dropout, Passes, passes, total_passes
from crosswind.tensors import Tensor


@dataclass(frozen=True, slots=True)
class Part:
    """One microbatch's parts of the loss, of the divergence and of the share of answers that moved, and the passes.

    `sizes` tells how far embeddings were moved, where they were.
    """

    loss: Tensor
    apart: Tensor
    flips: Tensor
    count: Count
    sizes: Sizes | None = None


class Pulling(Displacing):
    """The loss, and a weight times how far apart the answers are on the text as it is and where it was moved to."""

    weight: float = Field(1.0, ge=0, description="of the divergence beside the loss")
    dropout: Dropout = Field("fresh", description="masks of further passes: new ones, those of the first, or none")

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:
        """Two passes that learn, and those that only look for the way."""
        return pulled([self.accumulate(model, batch, share, step) for batch, share in shares(batches)], self.weight)

    def accumulate(self, model: Learner, batch: Any, share: float, step: Step) -> Part:
        """Add one microbatch's gradient."""
        with passes(model, batch, share, self.dropout, self.where) as run:
            states_RLD = run.states()
            logits = run.logits(states_RLD)
            clean_UC = model.log_probabilities(logits, batch)
            delta_RLD = self.moved(run, states_RLD.detach(), clean_UC.detach(), step)
            run.again()
            moved_UC = model.log_probabilities(run.logits(self.taught(run.states()) + delta_RLD), batch)
            apart = self.apart(clean_UC, moved_UC) * share
            clean = run.loss_of(logits)
            run.push(clean + self.weight * apart)
        size = sizes(delta_RLD, states_RLD, batch.mask_RL, self.radius(step))
        flips = divergence.flipped(clean_UC, moved_UC) * share
        return Part(clean.detach(), apart.detach(), flips, run.counted(), size)

    @abstractmethod
    def moved(self, run: Passes, states_RLD: Tensor, clean_UC: Tensor, step: Step) -> Tensor:
        """The displacement; of the clean pass it may know the answer."""

    @abstractmethod
    def taught(self, states_RLD: Tensor) -> Tensor:
        """The embeddings of the moved pass, detached if it does not teach them."""

    @abstractmethod
    def apart(self, clean_UC: Tensor, moved_UC: Tensor) -> Tensor:
        """How far apart the answers are."""


def pulled(parts: Sequence[Part], weight: float) -> Outcome:
    """The outcome of an update whose loss is that of the task and a weight times the divergence."""
    loss, apart = total([part.loss for part in parts]), total([part.apart for part in parts])
    measured = {"loss_clean": loss, "divergence": apart, "flip_share": total([part.flips for part in parts])}
    moved = [part.sizes for part in parts if part.sizes is not None]
    if moved:
        measured |= told(moved)
    return Outcome(loss + weight * apart, measured | total_passes([part.count for part in parts]))
