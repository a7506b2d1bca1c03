"""The contract of a method: what is attached to an encoder, and which of its tensors are trained."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from crosswind.identity import Record
from crosswind.tensors import Module, Parameter


class Method(Record):
    """Frozen settings and the part of the network that they train. `whole` says that this part is the whole encoder."""

    whole: ClassVar[bool] = False

    @abstractmethod
    def attach(self, encoder: Module) -> None:
        """Prepare the encoder in place: add modules, freeze what stays. Its output must not change."""

    @abstractmethod
    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:
        """The encoder's tensors that learn, by name; they, and only they, get gradients and are saved."""
