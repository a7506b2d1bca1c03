"""What radii are measured by: how long the vectors are that a model reads, and how far apart words lie.

A translation of a text moves every word of it from one embedding to another. How far tells what a radius means: one
that is as long takes a word as far as its translation, and one that reaches the nearest word that is no translation
takes it to another meaning.

Shapes: N tokens, W words, V words of the other language, P pieces of a word, D width.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from crosswind.distances import Pieces, Words
from crosswind.formats.base import Feature
from crosswind.models.batch import collate
from crosswind.models.model import Model, Where
from crosswind.train.rows import Course

NORM_SAMPLE = 10_000
ENTERING_SAMPLE = 500
SLICE = 256  # words whose distances to all words of the other language are held in memory together


@dataclass(frozen=True, slots=True)
class Apart:
    """Medians over a language's dictionary pairs: from a word to its translation, and to the nearest other word."""

    translation: float
    other: float
    pairs: int


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a unit of a radius is: the median token norm, and medians over languages of how far words lie apart.

    `translation` is 0 where no dictionary says so, or its words are spelled alike in most languages.
    """

    token_norm: float
    by_language: Mapping[str, Apart] = field(default_factory=dict)

    @property
    def translation(self) -> float:
        """How far a word is from its translation."""
        return median([apart.translation for apart in self.by_language.values()])

    @property
    def other(self) -> float:
        """How far a word is from the nearest word of the other language that does not translate it."""
        return median([apart.other for apart in self.by_language.values()])

    def told(self, measured: Mapping[str, float]) -> dict[str, float]:
        """What an update measured, and how far it moved words as a share of the way to their translations."""
        found = dict(measured)
        if self.translation and "delta_l2" in found:
            found["delta_translation"] = found["delta_l2"] / self.translation
        return found

    @property
    def facts(self) -> dict[str, Any]:
        """What the record of a training says."""
        languages = {language: asdict(apart) for language, apart in self.by_language.items()}
        whole = {"token_norm": self.token_norm, "translation": self.translation or None, "other": self.other or None}
        return whole | {"languages": languages}


def median(values: Sequence[float]) -> float:
    """The median; 0 of nothing."""
    return float(np.median(values)) if values else 0.0


def measured_by(
    model: Model, course: Course, where: Where = "word", words: Mapping[str, Words] | None = None
) -> Yardstick:
    """The yardstick of a model on a training text, with the words of a dictionary by language."""
    found = {language: apart(model, own) for language, own in (words or {}).items()}
    return Yardstick(token_norm(model, course, where), found)


def apart(model: Model, words: Words) -> Apart:
    """How far words lie from what translates them and from what does not."""
    firsts, seconds = (list(dict.fromkeys(pair[side] for pair in words)) for side in (0, 1))
    first_WD, second_VD = vectors(model, firsts), vectors(model, seconds)
    places = [{word: place for place, word in enumerate(side)} for side in (firsts, seconds)]
    own_N, other_N = (torch.tensor([places[side][pair[side]] for pair in words]) for side in (0, 1))
    distance_N = (first_WD[own_N] - second_VD[other_N]).norm(dim=-1)
    is_pair_WV = torch.zeros(len(firsts), len(seconds), dtype=torch.bool)
    is_pair_WV[own_N, other_N] = True
    nearest_W = torch.cat(
        [
            torch.cdist(rows_WD, second_VD).masked_fill(is_pair, math.inf).min(1).values
            for rows_WD, is_pair in zip(torch.split(first_WD, SLICE), torch.split(is_pair_WV, SLICE), strict=True)
        ]
    )
    others = nearest_W[nearest_W < math.inf].tolist()
    return Apart(median(distance_N.tolist()), median(others), len(words))


def vectors(model: Model, words: Sequence[Pieces]) -> Tensor:
    """The mean word embedding of each word's pieces, in double precision and not on the device: there are few."""
    width = max(map(len, words))
    ids_WP = torch.tensor([(*word, *(0,) * (width - len(word))) for word in words])
    is_own_WP1 = (torch.arange(width)[None] < torch.tensor([[len(word)] for word in words])).unsqueeze(-1)
    with torch.no_grad():
        embedded_WPD = model.encoder.embed(ids_WP.to(model.device)).double().cpu()
    return (embedded_WPD * is_own_WP1).sum(1) / is_own_WP1.sum(1)


def token_norm(model: Model, course: Course, where: Where = "word") -> float:
    """The median length of a word embedding over the tokens of at most 10,000 features from all over the data.

    Or of what the first layer reads, without dropout, which takes a pass: over the tokens of at most 500.
    """
    if where == "block":
        return entering_norm(model, course.sample(ENTERING_SAMPLE))
    found = [token for feature in course.sample(NORM_SAMPLE) for row in feature.rows for token in row.ids]
    tokens_V, counts_V = np.unique(found, return_counts=True)
    with torch.no_grad():
        norms_V = model.encoder.embed(torch.from_numpy(tokens_V).to(model.device)).norm(dim=-1).cpu().numpy()
    return float(np.median(np.repeat(norms_V, counts_V)))


def entering_norm(model: Model, sample: Sequence[Feature]) -> float:
    """The median length of what the first layer reads."""
    was_training = model.training
    model.eval()
    norms = []
    with torch.no_grad():
        for feature in sample:
            batch = collate([feature], 0).to(model.device)
            norms.append(model.embed(batch, "block").norm(dim=-1)[batch.mask_RL.bool()].cpu())
    model.train(was_training)
    return float(torch.cat(norms).median())
