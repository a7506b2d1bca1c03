"""Empirical risk minimisation: the mean loss on the training text as it is (Vapnik 1991)."""

from typing import Any

from crosswind.objectives.base import Learner, Objective
from crosswind.tensors import Tensor


class Erm(Objective):
    """One forward and one backward pass; every other objective reduces to this at its neutral setting."""

    def accumulate(self, model: Learner, batch: Any, share: float) -> Tensor:
        loss = model.loss(batch) * share
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()
