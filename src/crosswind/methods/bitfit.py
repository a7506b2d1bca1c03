"""Only the biases learn (BitFit; Ben Zaken et al. 2022): a thousandth of the weights, none of them new."""

from collections.abc import Iterator

from crosswind.methods.base import Method, Shape, added
from crosswind.tensors import Module, Parameter

BIASLESS = ("mt5", "modernbert")


class Bitfit(Method):
    """Every bias of the encoder learns, those of its normalisations too; it has to have some.

    A later stage with the same method goes on from the biases that an earlier one left.
    """

    def complaints(self, shape: Shape) -> Iterator[str]:
        if shape.family in BIASLESS:
            yield f"bitfit trains biases, and encoders of type {shape.family!r} have none; choose another method"

    def attach(self, encoder: Module) -> None:
        if added(encoder) is not None:
            raise ValueError(
                "method 'bitfit' found the adapters of an earlier stage; expected an encoder to which nothing was "
                "added. Train every stage of the chain with one method, or put a full stage first"
            )
        encoder.requires_grad_(False)
        biases = list(self.trained(encoder))
        if not biases:
            raise ValueError("method 'bitfit' found no bias in this encoder; choose another method")
        for _, tensor in biases:
            tensor.requires_grad_(True)

    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:
        return ((name, tensor) for name, tensor in encoder.named_parameters() if name.rpartition(".")[2] == "bias")
