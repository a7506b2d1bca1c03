"""What all methods of the `peft` library do alike: they wrap modules of an encoder and train what is around them."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from crosswind.methods.base import Method
from crosswind.tensors import Module, Parameter


class Wrapping(Method):
    """A later stage with equal settings goes on with what was wrapped around the modules."""

    learns = "updates"

    @abstractmethod
    def config(self, encoder: Module) -> Any:
        """The library's own settings, for this encoder."""

    def attach(self, encoder: Module) -> None:
        from crosswind.methods.injected import attach

        attach(encoder, self, self.config(encoder))

    def draw(self, encoder: Module, seed: int) -> None:
        from crosswind.methods.injected import redraw

        redraw(encoder, self.config(encoder), seed)

    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:
        from crosswind.methods.injected import injected_tensors

        return injected_tensors(encoder)
