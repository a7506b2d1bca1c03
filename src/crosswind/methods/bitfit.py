"""Only the biases learn (BitFit; Ben Zaken et al. 2022): a thousandth of the weights, none of them new."""

from collections.abc import Iterator

from crosswind.methods.base import Method, Shape, freeze_but, goes_on
from crosswind.tensors import Module, Parameter

BIASLESS = ("mt5", "modernbert")


class Bitfit(Method):
    """Every bias of the encoder learns, those of its normalisations too; it has to have some.

    A later stage with the same method goes on from the biases that an earlier one left.
    """

    learns = "own"

    def complaints(self, shape: Shape) -> Iterator[str]:
        if shape.family in BIASLESS:
            yield f"bitfit trains biases, and encoders of type {shape.family!r} have none; choose another method"

    def attach(self, encoder: Module) -> None:
        goes_on(encoder, self)
        if not list(self.trained(encoder)):
            raise ValueError("method 'bitfit' found no bias in this encoder; choose another method")
        freeze_but(encoder, self)

    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:
        return ((name, tensor) for name, tensor in encoder.named_parameters() if name.rpartition(".")[2] == "bias")
