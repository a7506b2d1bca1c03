"""Task adapters above language adapters (MAD-X; Pfeiffer et al. 2020).

The task adapter learns above the frozen language adapter of its training text. To read another language, that one's
adapter is put in its place. Where several languages are named for training, every update speaks one of them, drawn
anew (Parović et al. 2023): then the exchange is nothing that the task adapter has never met.
"""

from collections.abc import Iterator
from random import Random
from typing import Literal

from pydantic import Field

from crosswind.methods.base import LEARNING, OWN, Method, Shape, freeze_but, goes_on, open_with, too_narrow
from crosswind.tensors import Module, Parameter


class Madx(Method):
    """With s = h + x, LN the layer's norm, L and T what the adapters of the language and the task compute:

    library   s becomes s + L(LN(s)), and this again s + T(LN(s)), as in the `adapters` library, whose adapters fit
    paper     s becomes s + T(L(LN(s)) + h), as the formula of the paper reads

    These are different functions. Without a language adapter L is nothing.
    """

    learns = "adapters"

    reduction: int = Field(16, ge=1, description="a task adapter is this many times narrower than the hidden states")
    stack: Literal["library", "paper"] = Field("library", description="how the task adapter stands on the language's")
    init: Literal["zero_up", "bert"] = Field(
        "zero_up", description="zero_up starts as what is below; bert draws both matrices and does not"
    )

    def complaints(self, shape: Shape) -> Iterator[str]:
        yield from too_narrow(self.reduction, shape)

    def attach(self, encoder: Module) -> None:
        from crosswind.methods.adapters import (
            ACTIVATIONS,
            Adapter,
            Slot,
            adapter_slot,
            adapters_of,
            layout_of,
            units_of,
        )
        from crosswind.methods.languages import Above, bind
        from crosswind.models.backbone import Encoder

        assert isinstance(encoder, Encoder)
        if not goes_on(encoder, self):
            if self.stack == "library":
                slot = adapter_slot(encoder, self, "pfeiffer", self.reduction)
            else:
                width, units, activation = encoder.width, units_of(encoder, self.reduction), ACTIVATIONS["pfeiffer"]
                slot = Slot(encoder, self, "pfeiffer", lambda: Above(Adapter(width, units, activation)))
                bind(encoder, slot, layout_of(encoder).feed_forward)
            adapters_of(encoder).add(OWN, slot)
            open_with(encoder, self)
        freeze_but(encoder, self)

    def draw(self, encoder: Module, seed: int) -> None:
        from crosswind.methods.adapters import draw

        draw(encoder.get_submodule(LEARNING), seed, zero_up=self.init == "zero_up")

    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:
        return encoder.get_submodule(LEARNING).named_parameters(prefix=LEARNING)

    def speak(self, encoder: Module, language: str) -> None:
        """Let one of the languages that an encoder knows count, or none where it is empty."""
        from crosswind.methods.languages import speak
        from crosswind.models.backbone import Encoder

        assert isinstance(encoder, Encoder)
        speak(encoder, language, "beneath" if self.stack == "library" else "inside")

    def prepare(self, encoder: Module, seed: int) -> None:
        """Draw the language of an update where there are several."""
        from crosswind.methods.languages import languages_of
        from crosswind.models.backbone import Encoder

        assert isinstance(encoder, Encoder)
        drawn = languages_of(encoder).drawn
        if len(drawn) > 1:
            self.speak(encoder, drawn[int(Random(seed).random() * len(drawn))])
