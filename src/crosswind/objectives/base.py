"""The contract of an objective: it runs the passes of an update through one verb."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from crosswind.identity import Record
from crosswind.tensors import Parameter, Tensor


class Learner(Protocol):
    """What an objective sees of a model: word embeddings, the loss from ids or from embeddings, what learns."""

    training: bool

    def train(self, mode: bool = True) -> Any: ...

    def embed(self, batch: Any) -> Tensor: ...

    def loss(self, batch: Any, embeddings: Tensor | None = None) -> Tensor:
        """The mean loss over the batch's units."""
        ...

    def learned(self) -> Iterator[tuple[str, Parameter]]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """What an objective is told of an update besides its data.

    `seed` differs from update to update; random numbers are keyed by it and by the example, never by a place in the
    batch. `token_norm` is the median length of the training text's word embeddings when the stage began.
    """

    seed: int
    token_norm: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The loss of an update, and what else its log should tell; all detached and without dimensions."""

    loss: Tensor
    measured: Mapping[str, Tensor] = field(default_factory=dict)


class Objective(Record):
    """Frozen settings and the gradient they ask for. What lives for one update is a local variable of `update`."""

    @abstractmethod
    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:
        """Add the gradient of one update, whose batch comes in one or more microbatches.

        The split depends on the machine, so it may change neither the gradient nor the outcome (dropout apart).
        """


def shares(batches: Sequence[Any]) -> Iterator[tuple[Any, float]]:
    """Every microbatch with its share of the units, which makes a mean over the batch of means over microbatches."""
    units = sum(batch.units for batch in batches)
    for batch in batches:
        yield batch, batch.units / max(1, units)


def total(parts: Sequence[Tensor]) -> Tensor:
    """The sum over microbatches."""
    return sum(parts[1:], parts[0])
