"""Full fine-tuning: every weight of the encoder learns (Devlin et al. 2019)."""

from collections.abc import Iterator

from crosswind.methods.base import Method, goes_on
from crosswind.tensors import Module, Parameter


class Full(Method):
    """Nothing is added and nothing is frozen."""

    learns = "everything"

    def attach(self, encoder: Module) -> None:
        goes_on(encoder, self)
        encoder.requires_grad_(True)

    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:
        return iter(encoder.named_parameters())
