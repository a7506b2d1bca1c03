"""Bottleneck adapters: small networks in every layer learn, the encoder stays as it is.

Houlsby et al. 2019 put two into a layer, Pfeiffer et al. 2020 one. adapters.py holds the networks and their equations.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from crosswind.methods.base import LEARNING, OWN, Method, Shape, freeze_but, goes_on, open_with, too_narrow
from crosswind.tensors import Module, Parameter


class Bottleneck(Method):
    """A later stage with equal settings goes on with the adapters of the earlier one, under a fresh head.

    After full tuning, fresh adapters learn inside the tuned and then frozen encoder. Adapters with other settings do
    not go on from these; they may stand above them (carry.py).
    """

    learns = "adapters"

    placement: Literal["pfeiffer", "houlsby"] = Field(
        "pfeiffer", description="one adapter a layer, after feed-forward, or two, after attention and feed-forward"
    )
    reduction: int = Field(16, ge=1, description="an adapter is this many times narrower than the hidden states")
    init: Literal["zero_up", "bert"] = Field(
        "zero_up", description="zero_up starts as the frozen encoder; bert draws both matrices and does not"
    )

    def complaints(self, shape: Shape) -> Iterator[str]:
        yield from too_narrow(self.reduction, shape)

    def attach(self, encoder: Module) -> None:
        from crosswind.methods.adapters import adapter_slot, adapters_of
        from crosswind.models.backbone import Encoder

        assert isinstance(encoder, Encoder)
        if not goes_on(encoder, self):
            slot = adapter_slot(encoder, self, self.placement, self.reduction)
            adapters_of(encoder).add(OWN, slot)
            open_with(encoder, self)
        freeze_but(encoder, self)

    def draw(self, encoder: Module, seed: int) -> None:
        from crosswind.methods.adapters import draw

        draw(encoder.get_submodule(LEARNING), seed, zero_up=self.init == "zero_up")

    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:
        return encoder.get_submodule(LEARNING).named_parameters(prefix=LEARNING)
