"""Adapters of a language, learned from its raw text while the encoder stays as it is (MAD-X; Pfeiffer et al. 2020).

What a stage with this method learns by guessing hidden words, other stages may speak (madx.py).
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from crosswind.methods.adapting import Adapting
from crosswind.methods.base import OWN, Shape, freeze_but, goes_on, open_with
from crosswind.tensors import Module, Parameter


class LanguageAdapter(Adapting):
    """One adapter a layer, after feed-forward, and an invertible one where the first layer reads (languages.py)."""

    reduction: int = Field(2, ge=1, description="an adapter is this many times narrower than the hidden states")
    invertible: Literal["nice", "none"] = Field(
        "nice", description="what stands behind the embeddings and, turned round, before the words that are guessed"
    )

    def complaints(self, shape: Shape) -> Iterator[str]:
        yield from super().complaints(shape)
        if self.invertible == "nice" and (shape.width % 2 or shape.width < 4):
            yield (
                f"the invertible adapter parts the hidden states in two, and they are {shape.width} wide; write "
                "invertible = 'none'"
            )

    def attach(self, encoder: Module) -> None:
        from crosswind.methods.adapters import adapter_slot, adapters_of
        from crosswind.methods.languages import Nice, languages_of
        from crosswind.models.backbone import Encoder

        assert isinstance(encoder, Encoder)
        if not goes_on(encoder, self):
            adapters_of(encoder).add(OWN, adapter_slot(encoder, self, "pfeiffer", self.reduction))
            languages = languages_of(encoder)
            languages.spoken = OWN
            if self.invertible == "nice":
                languages.add_module(OWN, Nice(encoder.width))
            open_with(encoder, self)
        freeze_but(encoder, self)

    def draw(self, encoder: Module, seed: int) -> None:
        from crosswind.methods.languages import LANGUAGES, draw_nice
        from crosswind.randomness import stream

        super().draw(encoder, seed)
        if self.invertible == "nice":
            nice = encoder.get_submodule(f"{LANGUAGES}.{OWN}")
            draw_nice(nice, stream(seed, "invertible"), zero_up=self.init == "zero_up")

    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:
        from crosswind.methods.languages import LANGUAGES

        yield from super().trained(encoder)
        if self.invertible == "nice":
            invertible = f"{LANGUAGES}.{OWN}"
            yield from encoder.get_submodule(invertible).named_parameters(prefix=invertible)
