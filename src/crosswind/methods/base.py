"""The contract of a method: what is attached to an encoder, and which of its tensors are trained."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from crosswind.identity import Record
from crosswind.tensors import Module, Parameter

ADDED = "adapters"  # the child of an encoder that holds everything a method adds to it, so that its own names stay


@dataclass(frozen=True, slots=True)
class Shape:
    """What can be known of an encoder before its weights are loaded: its family, its width and how many layers."""

    family: str
    width: int
    depth: int


class Method(Record):
    """Frozen settings and the part of the network that they train. `whole` says that this part is the whole encoder."""

    whole: ClassVar[bool] = False

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


def added(encoder: Module) -> Module | None:
    """What a method has added to an encoder, None where it is as it was pre-trained or fully tuned."""
    return dict(encoder.named_children()).get(ADDED)
