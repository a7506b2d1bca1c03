"""The words that a text hides."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from crosswind.formats.base import UNSCORED
from crosswind.models.backbone import Encoder
from crosswind.models.batch import Batch
from crosswind.models.heads.base import Head, small_linear, targets_of

AT_ONCE = 256  # hidden words


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
