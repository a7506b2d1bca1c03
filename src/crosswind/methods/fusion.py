"""AdapterFusion: attention chooses in every layer among adapters of several tasks (Pfeiffer et al. 2021).

attention.py holds the networks and their equations.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import Field

from crosswind.methods.base import LEARNING, OWN, Method, freeze_but, goes_on, open_with
from crosswind.tensors import Module, Parameter, Tensor


class Fusion(Method):
    """Adapters that were trained side by side stay as they are; attention over them learns, with the head.

    It starts near the adapters' mean: the matrix that values pass through is the identity but for a spur, and is kept
    near it. Where a stage begins, all adapters of earlier ones are fused.
    """

    learns = "fusion"

    pull: float = Field(0.01, ge=0, description="weight of the squared distance of value matrices from the identity")

    def attach(self, encoder: Module) -> None:
        from crosswind.methods.adapters import adapters_of
        from crosswind.methods.attention import fused_slot
        from crosswind.models.backbone import Encoder

        assert isinstance(encoder, Encoder)
        if not goes_on(encoder, self):
            slot, sources = fused_slot(encoder, self)
            adapters = adapters_of(encoder)
            adapters.activate([name for name in adapters.active if name not in sources])
            adapters.add(OWN, slot)
            open_with(encoder, self)
        freeze_but(encoder, self)

    def draw(self, encoder: Module, seed: int) -> None:
        from crosswind.methods.attention import draw

        draw(encoder.get_submodule(LEARNING), seed)

    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:
        return encoder.get_submodule(LEARNING).named_parameters(prefix=LEARNING)

    def penalty(self, encoder: Module) -> Tensor | None:
        from crosswind.methods.attention import distance

        return self.pull * distance(encoder.get_submodule(LEARNING)) if self.pull else None

    def observed(self, encoder: Module, read: Callable[[], Any]) -> Mapping[str, Any]:
        """How much of its attention every layer gives to each adapter, on the mean over tokens."""
        from crosswind.methods.attention import watched

        return {"attention": watched(encoder.get_submodule(LEARNING), read)}
