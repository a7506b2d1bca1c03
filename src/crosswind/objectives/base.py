"""The contract of an objective: it runs its own backward passes through one verb."""

from abc import abstractmethod
from typing import Any, Protocol

from crosswind.identity import Record
from crosswind.tensors import Tensor


class Learner(Protocol):
    """What an objective sees of a model: the word embeddings of a batch, and the loss, from ids or from embeddings."""

    def embed(self, batch: Any) -> Tensor: ...

    def loss(self, batch: Any, embeddings: Tensor | None = None) -> Tensor:
        """The mean loss over the batch's units."""
        ...


class Objective(Record):
    """Frozen settings and the gradient they ask for."""

    @abstractmethod
    def accumulate(self, model: Learner, batch: Any, share: float) -> Tensor:
        """Add one microbatch's gradient, weighted by its share of the batch's units; return that loss, detached."""

    def begin(self, model: Learner, batches: list[Any]) -> None:
        """Called once before the microbatches of an update."""

    def end(self, model: Learner) -> None:
        """Called once after them, before gradients are clipped."""
