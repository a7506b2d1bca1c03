"""Every method of the `peft` library that changes modules of an encoder, by the library's name and with its settings.

Methods that put made-up tokens before the text (prompts, prefixes) are refused: they move positions, on which answers
of spans and tags hang. So are those that need to be called in every update.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from crosswind.catalog import suggestion
from crosswind.methods.base import Shape
from crosswind.methods.targets import FEED_FORWARD, TARGETS, Targets, wrong_layers
from crosswind.methods.wrapping import Wrapping
from crosswind.tensors import Module

PROMPTS = frozenset(
    {"prompt_tuning", "multitask_prompt_tuning", "p_tuning", "prefix_tuning", "adaption_prompt", "cpt", "cartridge"}
)
CALLED = frozenset({"adalora", "poly", "xlora", "shadow"})


class Peft(Wrapping):
    """What the library calls `name`, with its own `settings`; which modules it wraps is said as everywhere here."""

    name: str = Field("ia3", description="of the library's method: ia3, ln_tuning, loha, lokr, oft, boft, ...")
    settings: Mapping[str, Any] = Field(default_factory=dict, description="the library's own settings")
    targets: Targets = Field("keys-values-feedforward", description="which modules of a layer are wrapped")
    layers: tuple[int, ...] = Field((), description="layers counted from 1; all where none is named")

    def complaints(self, shape: Shape) -> Iterator[str]:
        if shape.family not in TARGETS:
            yield f"peft has no targets in encoders of type {shape.family!r} (supported: {', '.join(TARGETS)})"
            return
        yield from wrong_layers(self.layers, shape)
        try:
            self.made(shape.family, ".*")
        except ValueError as error:
            yield str(error)

    def config(self, encoder: Module) -> Any:
        """The library's own settings, for this encoder."""
        from crosswind.methods.injected import family_of, names

        return self.made(family_of(encoder), names(encoder, self.targets, self.layers))

    def made(self, family: str, wrapped: str) -> Any:
        """The library's own record of the settings; raises ValueError saying what is wrong with them."""
        from peft.mapping import PEFT_TYPE_TO_CONFIG_MAPPING

        kinds = {kind.value.lower(): kind for kind in PEFT_TYPE_TO_CONFIG_MAPPING}
        if self.name in PROMPTS | CALLED:
            reason = "moves the positions of tokens" if self.name in PROMPTS else "has to be called in every update"
            raise ValueError(f"peft's {self.name!r} {reason}, which no task here allows; choose another method")
        if self.name not in kinds:
            allowed = kinds.keys() - PROMPTS - CALLED
            raise ValueError(f"peft has no method {self.name!r}{suggestion(self.name, allowed)}")
        own: dict[str, Any] = {"target_modules": wrapped}
        if self.name == "ia3":
            own["feedforward_modules"] = rf".*{FEED_FORWARD[family]}" if "feedforward" in self.targets else []
        try:
            return PEFT_TYPE_TO_CONFIG_MAPPING[kinds[self.name]](**own | dict(self.settings))
        except (TypeError, ValueError, ImportError) as error:
            raise ValueError(f"peft's {self.name!r} does not take {dict(self.settings)}: {error}") from error
