"""Regularised dropout (R-Drop; Liang et al. 2021): two passes that differ in their dropout alone have to agree.

Divergences are means over units, as losses are, so `weight` does not hang on the batch; the published code sums them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field

from crosswind.objectives import divergence
from crosswind.objectives.base import Learner, Objective, Outcome, Step, shares
from crosswind.objectives.passes import passes
from crosswind.objectives.pull import Part, pulled
from crosswind.recipe import Recipe


class Rdrop(Objective):
    """The mean loss of two passes, and a weight times half the symmetric divergence of their answers."""

    weight: float = Field(1.0, ge=0, description="of the divergence beside the loss")

    def complaints(self, recipe: Recipe) -> Iterator[str]:
        if recipe.dropout == 0 and self.weight:
            yield (
                "rdrop pulls together two passes that differ in their dropout alone, and the recipe has dropout = 0, "
                "so they are equal; give the recipe a rate such as dropout = 0.1, or train with objective 'erm'"
            )

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:  # noqa: ARG002  dropout is all chance
        """Twice as many passes as Erm."""
        return pulled([self.accumulate(model, batch, share) for batch, share in shares(batches)], self.weight)

    def accumulate(self, model: Learner, batch: Any, share: float) -> Part:
        """Add one microbatch's gradient."""
        with passes(model, batch, share, "fresh") as run:
            one, other = run.logits(), run.logits()
            loss = (run.loss_of(one) + run.loss_of(other)) / 2
            first_UC, second_UC = model.log_probabilities(one, batch), model.log_probabilities(other, batch)
            apart = divergence.symmetric(first_UC, second_UC) / 2 * share
            run.push(loss + self.weight * apart)
        flips = divergence.flipped(first_UC, second_UC) * share
        return Part(loss.detach(), apart.detach(), flips, run.counted())
