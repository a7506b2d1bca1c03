"""Pre-trained encoders: where they are loaded from and where their parts live.

Weights come from safetensors files only and no code from a model repository runs. Every family can be run from token
ids or from word embeddings with equal results; that is what objectives which move embeddings stand on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor, nn
from torch.nn import functional
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForTextEncoding,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging as transformers_logging

from crosswind.models.families import family

# A run loads dozens of models: one bar shows the whole run. Weights that transformers would report as unused are left
# out on purpose, those that it would report as missing raise here.
transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Source:
    """A place that encoders load from: a hub id at a commit, or a folder."""

    name: str
    revision: str | None = None

    @property
    def options(self) -> dict[str, Any]:
        """What every loader of transformers is told about the place."""
        where = {"revision": self.revision} if self.revision else {"local_files_only": True}
        return {"trust_remote_code": False} | where

    def __str__(self) -> str:
        return f"{self.name}@{self.revision}" if self.revision else self.name


class Reached(Exception):
    """A forward pass has come to where it was to end, with these states."""

    def __init__(self, states: Tensor):
        super().__init__()
        self.states = states


class Encoder(nn.Module):
    """A backbone behind one face: ids or word embeddings in, hidden states out."""

    def __init__(self, network: nn.Module, config: Any):
        super().__init__()
        self.network = network
        self.config = config
        self.family = family(config.model_type)
        self.offset = first_position(config) if self.family.positions else 0
        self.undone: list[Callable[[Tensor], Tensor]] = []  # what brings states back to where word embeddings are

    @property
    def width(self) -> int:
        return int(self.config.hidden_size)

    @property
    def limit(self) -> int | None:
        """The longest sequence that the encoder was made for, None where positions are only relative and unbounded."""
        table = getattr(self.config, "max_position_embeddings", None)
        return None if table is None else int(table) - self.offset

    @property
    def words(self) -> nn.Module:
        """The word-embedding table."""
        return self.network.get_submodule(self.family.words)

    @property
    def vocabulary(self) -> int:
        """How many word embeddings there are."""
        return len(self.words.weight)  # type: ignore[arg-type]

    @property
    def layers(self) -> nn.ModuleList:
        """The transformer layers in order."""
        return self.network.get_submodule(self.family.layers)  # type: ignore[return-value]

    def end_at(self, layer: int) -> None:
        """From now on give the hidden states of a layer, counted from 1; the layers behind it are dropped."""
        if layer == len(self.layers):
            return
        replace(self.network, self.family.layers, self.layers[:layer])
        if self.family.last_norm is not None:
            replace(self.network, self.family.last_norm, nn.Identity())

    def embed(self, ids_BL: Tensor) -> Tensor:
        """Word embeddings before positions, segments and normalisation."""
        embedded: Tensor = self.words(ids_BL)
        return embedded

    def unembed(self, states_ND: Tensor) -> Tensor:
        """How near states are to each word embedding, where hidden words are guessed: the way back from `embed`."""
        for undo in self.undone:
            states_ND = undo(states_ND)
        scale = self.width**-0.5 if self.family.long_words else 1.0
        return functional.linear(scale * states_ND, self.words.weight)  # type: ignore[arg-type]

    def entering(self, ids_BL: Tensor, mask_BL: Tensor, types_BL: Tensor | None) -> Tensor:
        """What the first layer reads: embeddings with all that is added to them, normalised, after their dropout."""
        block = self.network.get_submodule(self.family.block)

        def stop(module: nn.Module, inputs: Any, output: Tensor) -> None:  # noqa: ARG001  the signature of a hook
            raise Reached(output)

        hook = block.register_forward_hook(stop)
        try:
            self(ids_BL, mask_BL, types_BL)
        except Reached as reached:
            return reached.states
        finally:
            hook.remove()
        raise AssertionError(f"the forward pass of {self.config.model_type!r} did not come by {self.family.block!r}")

    def from_states(self, ids_BL: Tensor, mask_BL: Tensor, types_BL: Tensor | None, states_BLD: Tensor) -> Tensor:
        """The hidden states where the first layer reads `states_BLD` instead of what it would."""
        block = self.network.get_submodule(self.family.block)

        def exchange(module: nn.Module, inputs: Any, output: Tensor) -> Tensor:  # noqa: ARG001
            hook.remove()  # some families run the module again behind the last layer
            return states_BLD

        hook = block.register_forward_hook(exchange)
        hidden_BLD: Tensor = self(ids_BL, mask_BL, types_BL)
        return hidden_BLD

    def forward(
        self, ids_BL: Tensor, mask_BL: Tensor, types_BL: Tensor | None, embeddings_BLD: Tensor | None = None
    ) -> Tensor:
        # Ids always become embeddings here and not in the network: one path, and a hook on `words` sees every token.
        embeddings_BLD = self.embed(ids_BL) if embeddings_BLD is None else embeddings_BLD
        inputs: dict[str, Any] = {"inputs_embeds": embeddings_BLD, "attention_mask": mask_BL}
        if self.family.positions:  # left to itself, the network would count padding too
            inputs["position_ids"] = torch.cumsum(mask_BL, 1) * mask_BL + self.offset - 1
        if self.family.segments and types_BL is not None:
            inputs["token_type_ids"] = types_BL
        hidden_BLD: Tensor = self.network(**inputs).last_hidden_state
        return hidden_BLD

    def pool(self, hidden_BLD: Tensor, mask_BL: Tensor) -> Tensor:
        """One vector per sequence, as the family was pre-trained to give it."""
        return hidden_BLD[:, 0] if self.family.pooling == "first" else mean(hidden_BLD, mask_BL)


def replace(network: nn.Module, name: str, module: nn.Module) -> None:
    """Put another module in the place of a network's own."""
    parent, _, last = name.rpartition(".")
    setattr(network.get_submodule(parent), last, module)


def mean(hidden_BLD: Tensor, mask_BL: Tensor) -> Tensor:
    """The mean of each sequence; padding counts for nothing."""
    weights_BL1 = mask_BL.unsqueeze(-1).to(hidden_BLD.dtype)
    return (hidden_BLD * weights_BL1).sum(1) / weights_BL1.sum(1)


def first_position(config: Any) -> int:
    """The position of the first token where a family counts from behind its padding token's."""
    if config.pad_token_id is None:
        raise ValueError(
            f"config.json of this {config.model_type!r} encoder has no pad_token_id; add it: positions count from there"
        )
    return int(config.pad_token_id) + 1


def load_encoder(source: Source, dropout: float | None = None) -> Encoder:
    """The pre-trained encoder in single precision; `dropout` replaces its own rates."""
    config = load_config(source)
    kind = family(config.model_type)
    if dropout is not None:
        set_dropout(config, dropout)
    options: dict[str, Any] = source.options | {"dtype": torch.float32, "config": config, "use_safetensors": True}
    if kind.pooler:
        options["add_pooling_layer"] = False
    loader = AutoModelForTextEncoding if kind.text_only else AutoModel
    try:
        network, report = loader.from_pretrained(source.name, output_loading_info=True, **options)
    except (OSError, RuntimeError, SafetensorError) as error:
        raise ValueError(
            f"no weights could be loaded from {source}: {str(error).splitlines()[0]} "
            "crosswind reads safetensors files only, as config.json describes them; convert other weights first"
        ) from error
    if report["missing_keys"]:
        missing = sorted(report["missing_keys"])
        raise ValueError(
            f"the weights of {source} lack {len(missing)} tensors of a {config.model_type!r} encoder, {missing[0]!r} "
            "first; they would be random, so use a complete checkpoint"
        )
    return Encoder(network, config)


def load_config(source: Source) -> Any:
    """The encoder's settings; raises ValueError where there are none or no family knows them."""
    try:
        settings, _ = PreTrainedConfig.get_config_dict(source.name, **source.options)
    except OSError as error:
        raise ValueError(f"no encoder was found at {source}: {str(error).splitlines()[0]}") from error
    if "model_type" not in settings:
        raise ValueError(f"{source} has no config.json that names a model_type; expected the folder of an encoder")
    family(settings["model_type"])
    return AutoConfig.from_pretrained(source.name, **source.options)


def load_tokenizer(source: Source) -> PreTrainedTokenizerBase:
    """The encoder's fast tokenizer, padding and cutting on the right."""
    tokenizer = AutoTokenizer.from_pretrained(source.name, **source.options)
    if not tokenizer.is_fast:
        raise ValueError(f"{source} has no fast tokenizer (tokenizer.json); crosswind needs its character offsets")
    lacking = [name for name in ("pad_token", "unk_token") if getattr(tokenizer, name) is None]
    if lacking:
        raise ValueError(
            f"the tokenizer of {source} has no {' and no '.join(lacking)}; add it to tokenizer_config.json"
        )
    tokenizer.padding_side = tokenizer.truncation_side = "right"
    return tokenizer


def set_dropout(config: Any, rate: float) -> None:
    """Give every dropout of an encoder one rate."""
    for name, value in config.to_dict().items():
        # a rate of 0 may stand as the whole number, and None means that another one holds
        if name.endswith(("dropout", "dropout_prob", "dropout_rate")) and isinstance(value, int | float):
            setattr(config, name, rate)


def local(path: Path) -> Source:
    """A folder with config.json, model.safetensors and tokenizer.json."""
    return Source(str(path))
