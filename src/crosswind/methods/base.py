"""The contract of a method: what is attached to an encoder, and which of its tensors are trained."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from crosswind.identity import Record
from crosswind.tensors import Module, Parameter, Tensor

ADDED = "adapters"  # the child of an encoder that holds the adapters of all slots, so that its own names stay
OWN = "layers"  # the slot that the present stage has to itself; so its tensors are called in every file of weights
LEARNING = f"{ADDED}.{OWN}"
OPEN = "open"  # the attribute of an encoder that says whose additions are open
CARRIES = "'stack' freezes it below, 'merge' or 'unfreeze' let everything learn, 'fresh' throws it away"


Learns = Literal["everything", "own", "adapters", "updates", "fusion", "nothing"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What can be known of an encoder before its weights are loaded: its family, its width and how many layers."""

    family: str
    width: int
    depth: int


class Method(Record):
    """Frozen settings and the part of the network that they train. `learns` says what kind of part of an encoder it is.

    Its own weights, or added adapters, updates of its matrices, or attention over adapters. Where it is everything, or
    some weights of its `own`, nothing is added.
    """

    learns: ClassVar[Learns]

    @property
    def whole(self) -> bool:
        """Whether the whole encoder learns, and is saved."""
        return self.learns == "everything"

    def complaints(self, shape: Shape) -> Iterator[str]:  # noqa: ARG002
        """Why these settings cannot work on an encoder of that shape, said before anything runs; none as a rule."""
        return iter(())

    @abstractmethod
    def attach(self, encoder: Module) -> None:
        """Prepare the encoder in place: add modules, freeze what stays. Its output must not change.

        What an equal method attached before stays as it is; ValueError where this one cannot go on from what is there.
        """

    def draw(self, encoder: Module, seed: int) -> None:
        """Give attached modules their first weights; a chain asks this once, of its first stage with this method."""

    @abstractmethod
    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:
        """The encoder's tensors that learn, by name; they, and only they, get gradients and are saved."""

    def prepare(self, encoder: Module, seed: int) -> None:
        """Make an encoder ready for an update, where something is drawn for each; `seed` differs between them."""

    def penalty(self, encoder: Module) -> Tensor | None:  # noqa: ARG002
        """What of the tensors themselves is to become small beside the loss, once an update; None as a rule."""
        return None

    def observed(self, encoder: Module, read: Callable[[], Any]) -> Mapping[str, Any]:  # noqa: ARG002
        """What a finished training should record of its additions. `read` sends text of the task through the model."""
        return {}


def opened(encoder: Module) -> Method | None:
    """The method whose additions are open: a later stage may go on with them."""
    found: Method | None = encoder.__dict__.get(OPEN)
    return found


def open_with(encoder: Module, method: Method) -> None:
    """Note that a method has added what it needs."""
    encoder.__dict__[OPEN] = method


def close(encoder: Module) -> None:
    """Note that what was open has become a part of the encoder, to which other methods may add."""
    encoder.__dict__.pop(OPEN, None)


def goes_on(encoder: Module, method: Method) -> bool:
    """Whether an equal method has left what this one goes on with; ValueError where it was another one."""
    there = opened(encoder)
    if there is None or there == method:
        return there is not None
    raise ValueError(
        f"{method!r} found what an earlier stage has added, {there!r}; expected equal settings, as it goes on from "
        "there. Give the stages of a chain equal settings, put the full stage first, or say with `carry` what becomes "
        f"of the earlier one's: {CARRIES}"
    )


def freeze_but(encoder: Module, method: Method) -> None:
    """Let nothing learn but what a method trains."""
    encoder.requires_grad_(False)
    for _, tensor in method.trained(encoder):
        tensor.requires_grad_(True)
