"""The architectures of encoders that are known, and where each keeps its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class Family:
    """Where one architecture keeps its word embeddings (`words`), the module that gives its first layer what it reads
    (`block`) and its `layers`, and how a sequence becomes a vector.

    `last_norm` is what it applies to the states of its last layer alone, if there is such a thing.
    `positions`: positions count from behind the padding token's and must be given. `segments`: it tells the texts of a
    pair apart. `pooler`: its class has one, which must be switched off. `text_only`: it is half of a larger model.
    `long_words`: its word embeddings are so long that scores against them are divided by the root of their width.
    """

    words: str
    block: str
    layers: str
    pooling: Literal["first", "mean"]
    last_norm: str | None = None
    positions: bool = False
    segments: bool = False
    pooler: bool = False
    text_only: bool = False
    long_words: bool = False


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "bert": Family(
            "embeddings.word_embeddings", "embeddings", "encoder.layer", "first", segments=True, pooler=True
        ),
        "roberta": Family(
            "embeddings.word_embeddings", "embeddings", "encoder.layer", "first", positions=True, pooler=True
        ),
        "xlm-roberta": Family(
            "embeddings.word_embeddings", "embeddings", "encoder.layer", "first", positions=True, pooler=True
        ),
        "deberta-v2": Family("embeddings.word_embeddings", "embeddings", "encoder.layer", "first"),
        "modernbert": Family("embeddings.tok_embeddings", "embeddings", "layers", "first", "final_norm"),
        "mt5": Family(
            "shared",
            "encoder.dropout",
            "encoder.block",
            "mean",
            "encoder.final_layer_norm",
            text_only=True,
            long_words=True,
        ),
    }
)


def family(model_type: str) -> Family:
    """The family of a `config.model_type`; raises ValueError listing the supported ones."""
    if model_type not in FAMILIES:
        raise ValueError(
            f"encoders of type {model_type!r} are not supported (supported: {', '.join(FAMILIES)}); "
            "a new family is one line in crosswind/models/families.py"
        )
    return FAMILIES[model_type]
