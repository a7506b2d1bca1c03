"""Low-rank updates of weight matrices (LoRA; Hu et al. 2022), by the `peft` library.

Variants: weights decomposed into size and direction (DoRA; Liu et al. 2024), and a scale that fits the rank
(rank-stabilised; Kalajdzievski 2023).
"""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from crosswind.methods.base import Shape
from crosswind.methods.targets import TARGETS, wrong_layers
from crosswind.methods.wrapping import Wrapping
from crosswind.tensors import Module


class Lora(Wrapping):
    """Two thin matrices beside every chosen one learn; a later stage with equal settings goes on with them."""

    rank: int = Field(8, ge=1, description="of the update")
    alpha: float = Field(16.0, gt=0, description="the update counts alpha / rank times")
    dropout: float = Field(0.05, ge=0, lt=1, description="of what the update reads")
    targets: Literal["attention-qv", "all-linear"] = Field(
        "attention-qv", description="which matrices: of queries and values, or all of every layer"
    )
    layers: tuple[int, ...] = Field((), description="layers counted from 1; all where none is named")
    variant: Literal["plain", "dora", "rank-stabilised"] = Field("plain", description="of the update")

    def complaints(self, shape: Shape) -> Iterator[str]:
        if shape.family not in TARGETS:
            yield f"lora has no targets in encoders of type {shape.family!r} (supported: {', '.join(TARGETS)})"
        if self.rank > shape.width:
            yield f"rank is {self.rank}, but the hidden states are {shape.width} wide; a larger rank adds nothing"
        yield from wrong_layers(self.layers, shape)

    def config(self, encoder: Module) -> Any:
        """The library's own settings for these."""
        import peft

        from crosswind.methods.injected import names

        return peft.LoraConfig(
            r=self.rank,
            lora_alpha=self.alpha,  # type: ignore[arg-type]  # any number serves
            lora_dropout=self.dropout,
            target_modules=names(encoder, self.targets, self.layers),
            use_dora=self.variant == "dora",
            use_rslora=self.variant == "rank-stabilised",
        )
