"""One of several choices."""

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from crosswind.models.backbone import Encoder
from crosswind.models.batch import Batch
from crosswind.models.heads.base import ABSENT, Head, scorer, targets_of


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
