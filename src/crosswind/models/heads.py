"""One head per task format: from hidden states to logits, and from logits to a mean loss.

Shapes: B features, R rows (B where every feature is one row), L positions, D hidden width, C labels, K choices or, in
retrieval, rows of the widest feature, N hidden words of a batch, V sub-words of the vocabulary.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from itertools import accumulate
from types import MappingProxyType
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import skip_init
from torch.nn.utils.rnn import pad_sequence

from crosswind.formats.base import UNSCORED
from crosswind.formats.retrieve import Pooling
from crosswind.models.backbone import Encoder, mean
from crosswind.models.batch import Batch

INITIAL_SPREAD = 0.02
INITIAL_SCALE = 100.0
AT_ONCE = 256  # hidden words
NO_CHANCE = 1e-30  # a probability that has a logarithm in single precision and counts for nothing
ABSENT = -1e4  # the logit of what cannot be chosen: no probability, and unlike -inf no NaN in a divergence


class Head(nn.Module, ABC):
    """What a task adds to an encoder. All are built from the same four arguments and take of them what they need."""

    @abstractmethod
    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:
        """The logits of a batch."""

    @abstractmethod
    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        """Mean over the batch's units."""

    @abstractmethod
    def log_probabilities(self, logits: Tensor, batch: Batch) -> Tensor:
        """The distributions that the loss is about, a row each; a mean over rows is a mean over the batch's units."""

    def compared(self, logits: Tensor, batch: Batch) -> Tensor:
        """The distributions of what a batch has in common with its view, in an order that both share."""
        return self.log_probabilities(logits, batch)

    def summary(self, logits: Tensor, batch: Batch) -> Tensor:  # noqa: ARG002
        """As much of the logits as decoding needs, where that is less: a vocabulary of scores a word is too much."""
        return logits

    @abstractmethod
    def per_feature(self, logits: Tensor, batch: Batch) -> list[Tensor]:
        """What `Format.decode` reads of a summary: one tensor per feature, without what padding added.

        A feature of several rows gives what its rows give alone, one behind the other.
        """


class HeadMaker(Protocol):
    """How a head is built: for hidden states of a width and a task's labels, with weights from a generator."""

    def __call__(self, width: int, num_labels: int, dropout: float, generator: torch.Generator) -> Head: ...


class ClassifyHead(Head):
    """A score per label from the pooled sequence."""

    def __init__(self, width: int, num_labels: int, dropout: float, generator: torch.Generator):
        super().__init__()
        self.scores = scorer(width, num_labels, dropout, generator)

    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:
        logits_BC: Tensor = self.scores(encoder.pool(hidden_RLD, batch.mask_RL))
        return logits_BC

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        return functional.cross_entropy(logits, targets_of(batch))

    def log_probabilities(self, logits: Tensor, batch: Batch) -> Tensor:  # noqa: ARG002
        return functional.log_softmax(logits, -1)

    def per_feature(self, logits: Tensor, batch: Batch) -> list[Tensor]:  # noqa: ARG002
        return list(logits)


class ChooseHead(Head):
    """One number per (prompt, choice) row; rows of one feature compete, choices that it lacks never win."""

    def __init__(self, width: int, num_labels: int, dropout: float, generator: torch.Generator):  # noqa: ARG002
        super().__init__()
        self.scores = scorer(width, 1, dropout, generator)

    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:
        scores_R = self.scores(encoder.pool(hidden_RLD, batch.mask_RL)).squeeze(-1)
        logits_BK: Tensor = pad_sequence(scores_R.split(batch.widths), batch_first=True, padding_value=ABSENT)
        return logits_BK

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        return functional.cross_entropy(logits, targets_of(batch))

    def log_probabilities(self, logits: Tensor, batch: Batch) -> Tensor:  # noqa: ARG002
        return functional.log_softmax(logits, -1)

    def per_feature(self, logits: Tensor, batch: Batch) -> list[Tensor]:
        return [row_K[:width] for row_K, width in zip(logits, batch.widths, strict=True)]


class TagHead(Head):
    """A score per label at every position; only positions with a target count."""

    def __init__(self, width: int, num_labels: int, dropout: float, generator: torch.Generator):
        super().__init__()
        self.scores = scorer(width, num_labels, dropout, generator)

    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:  # noqa: ARG002
        logits_BLC: Tensor = self.scores(hidden_RLD)
        return logits_BLC

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        logits_NC, targets_N = logits.flatten(0, 1), targets_of(batch).flatten()
        total = functional.cross_entropy(logits_NC, targets_N, ignore_index=UNSCORED, reduction="sum")
        return total / max(1, batch.units)

    def log_probabilities(self, logits: Tensor, batch: Batch) -> Tensor:
        return functional.log_softmax(logits[targets_of(batch) != UNSCORED], -1)

    def compared(self, logits: Tensor, batch: Batch) -> Tensor:
        """Word by word, in the order in which the words stand in the text as it is."""
        if batch.words_RL is None:
            return self.log_probabilities(logits, batch)
        rows_N, positions_N = (batch.words_RL != UNSCORED).nonzero(as_tuple=True)
        words_N = batch.words_RL[rows_N, positions_N]
        order_N = (rows_N * (int(words_N.max()) + 1 if len(words_N) else 1) + words_N).argsort()
        return functional.log_softmax(logits[rows_N[order_N], positions_N[order_N]], -1)

    def per_feature(self, logits: Tensor, batch: Batch) -> list[Tensor]:
        return without_padding(logits, batch)


class SpanHead(Head):
    """A start and an end score at every position; the loss is the mean of the two."""

    def __init__(self, width: int, num_labels: int, dropout: float, generator: torch.Generator):  # noqa: ARG002
        super().__init__()
        self.scores = scorer(width, 2, dropout, generator)

    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:  # noqa: ARG002
        logits_BL2: Tensor = self.scores(hidden_RLD)
        return logits_BL2.masked_fill(batch.mask_RL.unsqueeze(-1) == 0, ABSENT)

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        # the two sides stand where cross_entropy has the positions of an image: a mean over both
        return functional.cross_entropy(logits, targets_of(batch))

    def log_probabilities(self, logits: Tensor, batch: Batch) -> Tensor:  # noqa: ARG002
        return functional.log_softmax(logits.transpose(1, 2).flatten(0, 1), -1)

    def compared(self, logits: Tensor, batch: Batch) -> Tensor:
        """Of every text, how likely each word is to be where an answer starts or ends; all else is one more outcome.

        A word's probability is that of its sub-words together, since a view may have others.
        """
        if batch.words_RL is None:
            return self.log_probabilities(logits, batch)
        rows_B = (batch.words_RL != UNSCORED).any(1)
        words_BL = batch.words_RL[rows_B]
        outcomes = int(words_BL.max()) + 2 if len(words_BL) else 1
        places_BL = words_BL.masked_fill(words_BL == UNSCORED, outcomes - 1)
        shares_BL2 = functional.softmax(logits[rows_B], 1)
        likely_BW2 = shares_BL2.new_zeros(len(places_BL), outcomes, 2)
        likely_BW2 = likely_BW2.scatter_add(1, places_BL.unsqueeze(-1).expand(-1, -1, 2), shares_BL2)
        return likely_BW2.clamp_min(NO_CHANCE).log().transpose(1, 2).flatten(0, 1)

    def per_feature(self, logits: Tensor, batch: Batch) -> list[Tensor]:
        return without_padding(logits, batch)


class RetrieveHead(Head):
    """A shared tower: unit vectors of query and candidates, the first of which is told apart inside the batch.

    A candidate that stands in the batch again is no wrong answer, so its copies are left out. Only the loss has a
    learned scale: the vectors are the encoder's own, so the head also serves where nothing was trained for the task.
    """

    def __init__(
        self,
        width: int,  # noqa: ARG002
        num_labels: int,  # noqa: ARG002
        dropout: float,  # noqa: ARG002
        generator: torch.Generator,  # noqa: ARG002
        pooling: Pooling = "own",
    ):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(INITIAL_SCALE))
        self.pooling = pooling

    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:
        vectors_RD = functional.normalize(pooled(encoder, hidden_RLD, batch, self.pooling), dim=-1)
        features = vectors_RD.split(batch.widths)  # type: ignore[no-untyped-call]
        vectors_BKD: Tensor = pad_sequence(features, batch_first=True)
        return vectors_BKD

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        own_B = torch.arange(len(logits), device=logits.device)
        return functional.cross_entropy(self.similarity(logits, batch), own_B)

    def log_probabilities(self, logits: Tensor, batch: Batch) -> Tensor:
        return functional.log_softmax(self.similarity(logits, batch), -1)

    def similarity(self, vectors_BKD: Tensor, batch: Batch) -> Tensor:
        """How near every query is to every candidate of the batch; further copies of its own are out of the race."""
        similarity_BB = self.scale * vectors_BKD[:, 0] @ vectors_BKD[:, 1].T
        return similarity_BB.masked_fill(copies(batch), ABSENT)

    def per_feature(self, logits: Tensor, batch: Batch) -> list[Tensor]:
        return [rows_KD[:width] for rows_KD, width in zip(logits, batch.widths, strict=True)]


class MlmHead(Head):
    """A score per sub-word of the vocabulary at every place that hides one, if the text hides any.

    The state goes through a dense layer, GELU and a norm, as in BERT, and is then compared with the encoder's own word
    embeddings. They are no part of the head: the method trains them, or leaves them alone.
    """

    def __init__(self, width: int, num_labels: int, dropout: float, generator: torch.Generator):  # noqa: ARG002
        super().__init__()
        self.dense = small_linear(width, width, generator)
        self.norm = nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(num_labels))
        self.origin = "fresh"  # or where its first weights are from

    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:
        hidden_ND = hidden_RLD[targets_of(batch) != UNSCORED]
        return encoder.unembed(self.norm(functional.gelu(self.dense(hidden_ND)))) + self.bias

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        total = functional.cross_entropy(logits, hidden_words(batch), reduction="sum")
        return total / max(1, batch.units)

    def log_probabilities(self, logits: Tensor, batch: Batch) -> Tensor:  # noqa: ARG002
        return functional.log_softmax(logits, -1)

    def summary(self, logits: Tensor, batch: Batch) -> Tensor:
        """Of every hidden word its log-probability, whether it is the best guess, and how far the two best differ."""
        parts = zip(logits.split(AT_ONCE), hidden_words(batch).split(AT_ONCE), strict=True)  # type: ignore[no-untyped-call]
        return torch.cat([guessed(logits_NV, words_N[:, None]) for logits_NV, words_N in parts])

    def per_feature(self, logits: Tensor, batch: Batch) -> list[Tensor]:
        counts = (targets_of(batch) != UNSCORED).sum(1).tolist()
        return list(logits.split(counts))  # type: ignore[no-untyped-call]


HEADS: Mapping[str, HeadMaker] = MappingProxyType(
    {
        "classify": ClassifyHead,
        "choose": ChooseHead,
        "tag": TagHead,
        "span": SpanHead,
        "span_or_null": SpanHead,
        "retrieve": RetrieveHead,
        "mine": RetrieveHead,
        "mlm": MlmHead,
    }
)


def num_scores(form: str, num_labels: int, encoder: Encoder) -> int:
    """How many scores the head of a format gives: one for each label, or for each sub-word that may be hidden."""
    return encoder.vocabulary if form == "mlm" else num_labels


def scorer(width: int, num_scores: int, dropout: float, generator: torch.Generator) -> nn.Sequential:
    """A dropout and a linear layer with small random weights."""
    return nn.Sequential(nn.Dropout(dropout), small_linear(width, num_scores, generator))


def small_linear(width: int, num_scores: int, generator: torch.Generator) -> nn.Linear:
    """A linear layer with small random weights from a generator."""
    linear: nn.Linear = skip_init(nn.Linear, width, num_scores)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        linear.weight.normal_(0.0, INITIAL_SPREAD, generator=generator)
        linear.bias.zero_()
    return linear


def guessed(logits_NV: Tensor, words_N1: Tensor) -> Tensor:
    """What decoding needs of the scores of some hidden words."""
    best_N2 = logits_NV.topk(2, -1)
    costs_N1 = logits_NV.gather(1, words_N1) - logits_NV.logsumexp(-1, keepdim=True)
    gaps_N1 = best_N2.values[:, :1] - best_N2.values[:, 1:]
    return torch.cat((costs_N1, (best_N2.indices[:, :1] == words_N1).float(), gaps_N1), 1)


def hidden_words(batch: Batch) -> Tensor:
    """The sub-words that a batch hides, row by row."""
    targets_RL = targets_of(batch)
    return targets_RL[targets_RL != UNSCORED]


def targets_of(batch: Batch) -> Tensor:
    """The batch's targets; only formats that have some ask."""
    assert batch.targets is not None
    return batch.targets


def pooled(encoder: Encoder, hidden_RLD: Tensor, batch: Batch, pooling: Pooling) -> Tensor:
    """One vector per row; padding counts in none."""
    match pooling:
        case "own":
            return encoder.pool(hidden_RLD, batch.mask_RL)
        case "first":
            return hidden_RLD[:, 0]
        case "mean":
            return mean(hidden_RLD, batch.mask_RL)


def copies(batch: Batch) -> Tensor:
    """Which candidates (columns) have the same text as a query's own (rows), itself not counted."""
    candidates_BL = batch.ids_RL[list(accumulate(batch.widths[:-1], initial=1))]
    same_BB = (candidates_BL[:, None] == candidates_BL[None]).all(-1)
    return same_BB.fill_diagonal_(False)


def without_padding(logits_BLC: Tensor, batch: Batch) -> list[Tensor]:
    """The logits of every feature at its own positions."""
    lengths = batch.mask_RL.sum(1).tolist()
    return [row_LC[:length] for row_LC, length in zip(logits_BLC, lengths, strict=True)]
