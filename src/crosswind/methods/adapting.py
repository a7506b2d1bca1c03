"""What methods have in common that train small networks in every layer, in the slot of the present stage."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from crosswind.methods.base import LEARNING, Method, Shape
from crosswind.tensors import Module, Parameter


class Adapting(Method):
    """Adapters learn, and what is below them stays as it is. adapters.py holds the networks and their equations."""

    learns = "adapters"

    reduction: int = Field(16, ge=1, description="an adapter is this many times narrower than the hidden states")
    init: Literal["zero_up", "bert"] = Field(
        "zero_up", description="zero_up starts as what is below; bert draws all matrices and does not"
    )

    def complaints(self, shape: Shape) -> Iterator[str]:
        if self.reduction > shape.width:
            yield f"reduction is {self.reduction}, but the hidden states are {shape.width} wide; choose a smaller one"

    def draw(self, encoder: Module, seed: int) -> None:
        from crosswind.methods.adapters import draw

        draw(encoder.get_submodule(LEARNING), seed, zero_up=self.init == "zero_up")

    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:
        yield from encoder.get_submodule(LEARNING).named_parameters(prefix=LEARNING)
