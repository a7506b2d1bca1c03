"""Empirical risk minimisation: the mean loss on the training text as it is (Vapnik 1991)."""

from collections.abc import Sequence
from typing import Any

from crosswind.objectives.base import Learner, Objective, Outcome, Step, shares, total
from crosswind.tensors import Tensor


class Erm(Objective):
    """One forward and one backward pass; every other objective reduces to this at its neutral setting."""

    @property
    def cost(self) -> float:
        return 1.0

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:  # noqa: ARG002  nothing is drawn
        """The gradient of the plain mean."""
        return Outcome(total([self.accumulate(model, batch, share) for batch, share in shares(batches)]))

    def accumulate(self, model: Learner, batch: Any, share: float) -> Tensor:
        """Add one microbatch's gradient; return its part of the loss."""
        loss = model.loss(batch) * share
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()
