"""A label for every word."""

import torch
from torch import Tensor
from torch.nn import functional

from crosswind.formats.base import UNSCORED
from crosswind.models.backbone import Encoder
from crosswind.models.batch import Batch
from crosswind.models.heads.base import Head, scorer, targets_of, without_padding


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
