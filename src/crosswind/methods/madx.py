"""Task adapters above language adapters (MAD-X; Pfeiffer et al. 2020).

The task adapter learns above the frozen language adapter of its training text. To read another language, that one's
adapter is put in its place. Where several languages are named for training, every update speaks one of them, drawn
anew (Parović et al. 2023): then the exchange is nothing that the task adapter has never met.
"""

from random import Random
from typing import Literal

from pydantic import Field

from crosswind.methods.adapting import Adapting
from crosswind.methods.base import OWN, freeze_but, goes_on, open_with
from crosswind.tensors import Module


class Madx(Adapting):
    """With s = h + x, LN the layer's norm, L and T what the adapters of the language and the task compute:

    library   s becomes s + L(LN(s)), and this again s + T(LN(s)), as in the `adapters` library, whose adapters fit
    paper     s becomes s + T(L(LN(s)) + h), as the formula of the paper reads

    These are different functions. Without a language adapter L is nothing.
    """

    stack: Literal["library", "paper"] = Field("library", description="how the task adapter stands on the language's")

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
