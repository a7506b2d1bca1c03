"""Only the head learns, on an encoder that stays as it is: what its states already tell (Alain and Bengio 2016)."""

from collections.abc import Iterator

from crosswind.methods.base import Method
from crosswind.tensors import Module, Parameter


class Head(Method):
    """Nothing is added and everything is frozen. As heads are fresh in every stage, an earlier one leaves no trace."""

    learns = "nothing"

    def attach(self, encoder: Module) -> None:
        encoder.requires_grad_(False)

    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:  # noqa: ARG002
        return iter(())
