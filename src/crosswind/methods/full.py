"""Full fine-tuning: every weight of the encoder learns (Devlin et al. 2019)."""

from collections.abc import Iterator

from crosswind.methods.base import Method, added
from crosswind.tensors import Module, Parameter


class Full(Method):
    """Nothing is added and nothing is frozen."""

    whole = True

    def attach(self, encoder: Module) -> None:
        if added(encoder) is not None:
            raise ValueError(
                "method 'full' found the adapters of an earlier stage; expected an encoder to which nothing was added. "
                "Train every stage of the chain with the method of the earlier one, or put the full stage first"
            )
        encoder.requires_grad_(True)

    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:
        return iter(encoder.named_parameters())
