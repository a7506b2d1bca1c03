"""The contract of an objective: it runs the passes of an update through one verb."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from crosswind.identity import Record
from crosswind.recipe import Recipe
from crosswind.tensors import Parameter, Tensor

Where = Literal["word", "block"]


class Learner(Protocol):
    """What an objective sees of a model: states to start from, what comes of them, what learns.

    Passes start from ids, or from states that were embedded before: words' own vectors, or what the first layer reads.
    """

    training: bool

    def train(self, mode: bool = True) -> Any: ...

    def embed(self, batch: Any, where: Where = "word") -> Tensor: ...

    def __call__(self, batch: Any, states: Tensor | None = None, where: Where = "word") -> Tensor:
        """What the head gives."""
        ...

    def loss(self, batch: Any, states: Tensor | None = None, where: Where = "word") -> Tensor:
        """The mean loss over the batch's units."""
        ...

    def loss_of(self, logits: Tensor, batch: Any) -> Tensor:
        """The mean loss of what the head gave."""
        ...

    def log_probabilities(self, logits: Tensor, batch: Any) -> Tensor:
        """What the head gave as rows of logarithms of probabilities; means over rows are means over units."""
        ...

    def compared(self, logits: Tensor, batch: Any) -> Tensor:
        """The same of what a batch and its view have in common, in an order that both share."""
        ...

    def learned(self) -> Iterator[tuple[str, Parameter]]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """What an objective is told of an update besides its data.

    `seed` differs from update to update; random numbers are keyed by it and by the example, never by a place in the
    batch. `token_norm` is the median length of what the objective moves, on the training text when the stage began;
    `translation` is how far a word's embedding then lay from its translation's, 0 where no dictionary says so.
    """

    seed: int
    token_norm: float
    translation: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The loss of an update, and what else its log should tell; all detached and without dimensions."""

    loss: Tensor
    measured: Mapping[str, Tensor] = field(default_factory=dict)


class Objective(Record):
    """Frozen settings and the gradient they ask for. What lives for one update is a local variable of `update`."""

    @property
    def place(self) -> Where:
        """What its radii are measured by, if it has any."""
        return "word"

    @property
    def compares(self) -> bool:
        """Whether it compares what a model says of the text and of a view of it that the stage makes."""
        return False

    def complaints(self, recipe: Recipe) -> Iterator[str]:  # noqa: ARG002
        """Why these settings come to nothing under a recipe, said before anything runs; none as a rule."""
        return iter(())

    @property
    @abstractmethod
    def cost(self) -> float:
        """What an update costs in plain ones of as many rows, as far as passes tell.

        A backward pass counts twice a forward pass, and once where it only looks for a slope and teaches nothing.
        """

    @property
    def neutral(self) -> "Objective | None":
        """These settings where nothing but the plain loss is learned, in all the passes; None where that is so."""
        return None

    @property
    def needs_translations(self) -> bool:
        """Whether its radii are multiples of the distance between translations."""
        return False

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
