"""Which modules of an encoder the methods of the `peft` library wrap, family by family.

Never the library's defaults: they are missing for some families and catch the wrong modules in others.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from crosswind.methods.base import Shape

Targets = Literal["attention-qv", "all-linear", "keys-values-feedforward", "norms"]

BERT = {
    "attention-qv": r"attention\.self\.(query|value)",
    "all-linear": r"attention\.self\.(query|key|value)|(attention\.)?output\.dense|intermediate\.dense",
    "keys-values-feedforward": r"attention\.self\.(key|value)|output\.dense",
    "norms": r"(attention\.)?output\.LayerNorm",
}
DEBERTA = {
    "attention-qv": r"attention\.self\.(query|value)_proj",
    "all-linear": r"attention\.self\.(query|key|value)_proj|(attention\.)?output\.dense|intermediate\.dense",
    "keys-values-feedforward": r"attention\.self\.(key|value)_proj|output\.dense",
    "norms": r"(attention\.)?output\.LayerNorm",
}
TARGETS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "bert": BERT,
        "roberta": BERT,
        "xlm-roberta": BERT,
        "deberta-v2": DEBERTA,
        "modernbert": {
            "attention-qv": r"attn\.Wqkv",
            "all-linear": r"attn\.(Wqkv|Wo)|mlp\.(Wi|Wo)",
            "keys-values-feedforward": r"attn\.Wqkv|mlp\.Wo",
            "norms": r"mlp_norm",
        },
        "mt5": {
            "attention-qv": r"layer\.0\.SelfAttention\.(q|v)",
            "all-linear": r"layer\.0\.SelfAttention\.(q|k|v|o)|layer\.1\.DenseReluDense\.(wi_0|wi_1|wo)",
            "keys-values-feedforward": r"layer\.0\.SelfAttention\.(k|v)|layer\.1\.DenseReluDense\.wo",
            "norms": r"layer\.[01]\.layer_norm",
        },
    }
)
FEED_FORWARD: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("bert", "roberta", "xlm-roberta", "deberta-v2"), r"(?<!attention)\.output\.dense")
    | {"modernbert": r"mlp\.Wo", "mt5": r"DenseReluDense\.wo"}
)


def modules(family: str, layers_name: str, targets: str, layers: tuple[int, ...], depth: int) -> str:
    """The pattern of the names of the modules that are wrapped: in all layers, or in those counted from 1."""
    chosen = "|".join(str(layer - 1) for layer in layers or range(1, depth + 1))
    inside = TARGETS[family][targets]
    return rf"{re.escape(layers_name)}\.({chosen})\.({inside})"


def wrong_layers(layers: tuple[int, ...], shape: Shape) -> Iterator[str]:
    """What to tell of layers that an encoder does not have."""
    for layer in layers:
        if not 1 <= layer <= shape.depth:
            yield f"layers names layer {layer}, but the encoder has {shape.depth}, counted from 1"
