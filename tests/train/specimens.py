"""Tiny models and learnable data, made on the spot."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import XLMRobertaConfig, XLMRobertaModel

from crosswind.formats.base import UNSCORED, Feature
from crosswind.formats.mlm import with_hidden
from crosswind.formats.subwords import Tokens
from crosswind.methods.base import Method
from crosswind.methods.full import Full
from crosswind.models.backbone import Encoder
from crosswind.models.heads import HEADS, num_scores
from crosswind.models.model import Model
from crosswind.recipe import Recipe
from crosswind.train.journal import Setting

VOCABULARY, WIDTH, NUM_LABELS, PAD = 60, 16, 3, 1
FIRST_WORD = 5


def tiny_encoder(seed: int = 0, dropout: float = 0.0) -> Encoder:
    config = XLMRobertaConfig(
        vocab_size=VOCABULARY,
        hidden_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=2 * WIDTH,
        max_position_embeddings=40,
        type_vocab_size=1,
        initializer_range=0.2,
        pad_token_id=PAD,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Encoder(XLMRobertaModel(config, add_pooling_layer=False), config)


def tiny_model(
    form: str = "classify",
    seed: int = 0,
    dropout: float = 0.0,
    precision: str = "fp32",
    method: Method | None = None,
) -> Model:
    encoder, method = tiny_encoder(seed, dropout), method or Full()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        method.attach(encoder)
        labels = num_scores(form, NUM_LABELS, encoder)
        head = HEADS[form](WIDTH, labels, dropout, torch.Generator().manual_seed(seed))
    return Model(encoder, head, method, precision)


def features(form: str, count: int, seed: int = 0) -> list[Feature]:
    """Examples of uneven length of one format; the answer shows in the words."""
    generator = np.random.default_rng(seed)
    return [FORMS[form](number, generator) for number in range(count)]


def row(generator: np.random.Generator, first: int | None = None) -> Tokens:
    words = generator.integers(FIRST_WORD, VOCABULARY, generator.integers(2, 20)).tolist()
    ids = (0, *([] if first is None else [first]), *words, 2)
    return Tokens(ids, (0,) * len(ids))


def classification(number: int, generator: np.random.Generator) -> Feature:
    answer = int(generator.integers(NUM_LABELS))
    return Feature(number, (row(generator, FIRST_WORD + answer),), answer)


def choice(number: int, generator: np.random.Generator) -> Feature:
    width = int(generator.integers(2, 4))
    answer = int(generator.integers(width))
    return Feature(number, tuple(row(generator, FIRST_WORD + (i == answer)) for i in range(width)), answer)


def tagging(number: int, generator: np.random.Generator) -> Feature:
    only = row(generator)
    places = tuple((position, word) for word, position in enumerate(range(1, len(only) - 1, 2)))
    target = [UNSCORED] * len(only)
    for position, _ in places:
        target[position] = only.ids[position] % NUM_LABELS
    return Feature(number, (only,), tuple(target), places, units=len(places))


def span(number: int, generator: np.random.Generator) -> Feature:
    only = row(generator)
    places = tuple((position, position, position + 1) for position in range(1, len(only) - 1))
    return Feature(number, (only,), (1, len(only) - 2), places)


def lookup(number: int, generator: np.random.Generator) -> Feature:
    return Feature(number, (row(generator, FIRST_WORD + number % 50), row(generator, FIRST_WORD + number % 50)))


def passage(number: int, generator: np.random.Generator) -> Feature:
    only = row(generator)
    whole = Feature(number, (only,), places=tuple((place,) for place in range(1, len(only) - 1)))
    return with_hidden(whole, {1: FIRST_WORD - 1, len(only) - 2: FIRST_WORD - 1})


FORMS = {
    "classify": classification,
    "choose": choice,
    "tag": tagging,
    "span": span,
    "retrieve": lookup,
    "mlm": passage,
}


def recipe(**settings: Any) -> Recipe:
    return Recipe(**{"batch": 8, "epochs": 2, "learning_rate": 1e-3, "selection": "last", "bucket": 2} | settings)


def setting(folder: Path, **more: Any) -> Setting:
    folder.mkdir(parents=True, exist_ok=True)
    return Setting(folder=folder, pad=PAD, **more)


def weights(model: Model) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.learned()}


def same(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> bool:
    """Equal bit for bit."""
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def difference(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> float:
    return max(float((one[name] - other[name]).abs().max()) for name in one)


def refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def log_lines(folder: Path) -> list[dict[str, Any]]:
    """The log as a strict reader of JSON sees it."""
    text = (folder / "log.jsonl").read_text(encoding="utf-8")
    return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]
