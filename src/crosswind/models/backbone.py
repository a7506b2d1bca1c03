"""Pre-trained encoders: where they are loaded from and where their parts live.

Weights come from safetensors files only and no code from a model repository runs. Every family can be run from token ids
or from word embeddings with equal results; that is what objectives which move embeddings stand on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoModelForTextEncoding, AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

transformers_logging.disable_progress_bar()  # a stage loads dozens of models; one bar shows the whole run


@dataclass(frozen=True, slots=True)
class Family:
    """Where one architecture keeps its word embeddings, how a sequence becomes a vector, what it must be told."""

    words: str
    pooling: Literal["first", "mean"]
    positions: bool = False
    segments: bool = False
    pooler: bool = False
    text_only: bool = False


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "bert": Family("embeddings.word_embeddings", "first", segments=True, pooler=True),
        "roberta": Family("embeddings.word_embeddings", "first", positions=True, pooler=True),
        "xlm-roberta": Family("embeddings.word_embeddings", "first", positions=True, pooler=True),
        "deberta-v2": Family("embeddings.word_embeddings", "first"),
        "modernbert": Family("embeddings.tok_embeddings", "first"),
        "mt5": Family("shared", "mean", text_only=True),
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """A place that encoders load from: a hub id at a commit, or a folder."""

    name: str
    revision: str | None = None

    @property
    def options(self) -> dict[str, Any]:
        return {"revision": self.revision, "trust_remote_code": False} if self.revision else {"local_files_only": True}

    def __str__(self) -> str:
        return f"{self.name}@{self.revision}" if self.revision else self.name


class Encoder(nn.Module):
    """A backbone behind one face: ids or word embeddings in, hidden states out."""

    def __init__(self, network: nn.Module, config: Any):
        super().__init__()
        self.network = network
        self.config = config
        self.family = family(config.model_type)
        self.offset = (config.pad_token_id or 0) + 1

    @property
    def width(self) -> int:
        return int(self.config.hidden_size)

    @property
    def limit(self) -> int | None:
        """The longest sequence that the position embeddings allow, None where there is no such table."""
        table = getattr(self.config, "max_position_embeddings", None)
        if table is None or self.config.model_type in {"mt5"}:
            return None
        return int(table) - (self.offset if self.family.positions else 0)

    @property
    def words(self) -> nn.Module:
        """The word-embedding table."""
        return self.network.get_submodule(self.family.words)

    def embed(self, ids_BL: Tensor) -> Tensor:
        """Word embeddings before positions, segments and normalisation."""
        embedded: Tensor = self.words(ids_BL)
        return embedded

    def forward(
        self, ids_BL: Tensor, mask_BL: Tensor, types_BL: Tensor | None, embeddings_BLD: Tensor | None = None
    ) -> Tensor:
        inputs: dict[str, Any] = {"attention_mask": mask_BL}
        if embeddings_BLD is None:
            inputs["input_ids"] = ids_BL
        else:
            inputs["inputs_embeds"] = embeddings_BLD
        if self.family.positions:
            inputs["position_ids"] = torch.cumsum(mask_BL, 1) * mask_BL + self.offset - 1
        if self.family.segments and types_BL is not None:
            inputs["token_type_ids"] = types_BL
        hidden_BLD: Tensor = self.network(**inputs).last_hidden_state
        return hidden_BLD

    def pool(self, hidden_BLD: Tensor, mask_BL: Tensor) -> Tensor:
        """One vector per sequence, as the family was pre-trained to give it."""
        if self.family.pooling == "first":
            return hidden_BLD[:, 0]
        weights_BL1 = mask_BL.unsqueeze(-1).to(hidden_BLD.dtype)
        return (hidden_BLD * weights_BL1).sum(1) / weights_BL1.sum(1)


def family(model_type: str) -> Family:
    """The family of a `config.model_type`; raises ValueError listing the supported ones."""
    if model_type not in FAMILIES:
        raise ValueError(
            f"encoders of type {model_type!r} are not supported (supported: {', '.join(FAMILIES)}); "
            "a new family is one line in crosswind/models/backbone.py"
        )
    return FAMILIES[model_type]


def load_encoder(source: Source, dropout: float | None = None) -> Encoder:
    """The pre-trained encoder in single precision; `dropout` replaces its own rates."""
    config = AutoConfig.from_pretrained(source.name, **source.options)
    kind = family(config.model_type)
    if dropout is not None:
        set_dropout(config, dropout)
    options: dict[str, Any] = source.options | {"dtype": torch.float32, "config": config, "use_safetensors": True}
    if kind.pooler:
        options["add_pooling_layer"] = False
    loader = AutoModelForTextEncoding if kind.text_only else AutoModel
    try:
        network = loader.from_pretrained(source.name, **options)
    except OSError as error:
        raise ValueError(
            f"no weights could be loaded from {source}: {str(error).splitlines()[0]} "
            "crosswind reads safetensors files only; convert other weights first"
        ) from error
    return Encoder(network, config)


def load_tokenizer(source: Source) -> PreTrainedTokenizerBase:
    """The encoder's fast tokenizer, padding on the right."""
    tokenizer = AutoTokenizer.from_pretrained(source.name, **source.options)
    if not tokenizer.is_fast:
        raise ValueError(f"{source} has no fast tokenizer (tokenizer.json); crosswind needs its character offsets")
    tokenizer.padding_side = "right"
    return tokenizer


def set_dropout(config: Any, rate: float) -> None:
    """Give every dropout of an encoder one rate."""
    for name in list(config.to_dict()):
        if name.endswith(("dropout", "dropout_prob", "dropout_rate")) and isinstance(getattr(config, name), float):
            setattr(config, name, rate)


def local(path: Path) -> Source:
    """A folder with config.json, model.safetensors and tokenizer.json."""
    return Source(str(path))
