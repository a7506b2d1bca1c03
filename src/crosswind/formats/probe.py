"""How an encoder is asked where nothing is trained: at which of its layers, and how hidden states become a vector."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from crosswind.formats.retrieve import Pooling

Layer = Annotated[int, Field(ge=1)] | Literal["xtreme"] | None
"""A transformer layer counted from 1, None for the last, or the one that XTREME's scripts read of such an encoder."""

XTREME_LAYERS: Mapping[int, int] = MappingProxyType({12: 8, 24: 14})  # mBERT and XLM-R large, by their depth
XTREME_SHARE = 14 / 24  # our choice for encoders of other depths


@dataclass(frozen=True, slots=True)
class Probe:
    """The layer whose hidden states are asked for, and the pooling."""

    layer: Layer = None
    pooling: Pooling = "mean"

    def layer_of(self, depth: int) -> int:
        """The layer in an encoder of `depth` layers; raises ValueError where it has no such layer."""
        match self.layer:
            case None:
                return depth
            case "xtreme":
                return XTREME_LAYERS.get(depth) or max(1, round(XTREME_SHARE * depth))
            case int(layer) if layer > depth:
                raise ValueError(f"layer {layer} is asked for, but the encoder has {depth}; they are counted from 1")
            case int(layer):
                return layer
