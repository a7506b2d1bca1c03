"""Bottleneck adapters: small networks in every layer learn, the encoder stays as it is.

Houlsby et al. 2019 put two into a layer, Pfeiffer et al. 2020 one. adapters.py holds the networks and their equations.
"""

from typing import Literal

from pydantic import Field

from crosswind.methods.adapting import Adapting
from crosswind.methods.base import OWN, freeze_but, goes_on, open_with
from crosswind.tensors import Module


class Bottleneck(Adapting):
    """A later stage with equal settings goes on with the adapters of the earlier one, under a fresh head.

    After full tuning, fresh adapters learn inside the tuned and then frozen encoder. Adapters with other settings do
    not go on from these; they may stand above them (carry.py).
    """

    placement: Literal["pfeiffer", "houlsby"] = Field(
        "pfeiffer", description="one adapter a layer, after feed-forward, or two, after attention and feed-forward"
    )

    def attach(self, encoder: Module) -> None:
        from crosswind.methods.adapters import adapter_slot, adapters_of
        from crosswind.models.backbone import Encoder

        assert isinstance(encoder, Encoder)
        if not goes_on(encoder, self):
            slot = adapter_slot(encoder, self, self.placement, self.reduction)
            adapters_of(encoder).add(OWN, slot)
            open_with(encoder, self)
        freeze_but(encoder, self)
