"""A vector for every text, by which its like are found."""

from itertools import accumulate

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from crosswind.formats.retrieve import Pooling
from crosswind.models.backbone import Encoder, mean
from crosswind.models.batch import Batch
from crosswind.models.heads.base import ABSENT, Head

INITIAL_SCALE = 100.0


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
