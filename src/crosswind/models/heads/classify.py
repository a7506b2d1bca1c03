"""A label for a whole text, or for two of them together."""

import torch
from torch import Tensor
from torch.nn import functional

from crosswind.models.backbone import Encoder
from crosswind.models.batch import Batch
from crosswind.models.heads.base import Head, scorer, targets_of


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
