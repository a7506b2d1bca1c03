"""One head per task format: from hidden states to logits, and from logits to a mean loss.

Shapes: B features, R rows, L positions, D hidden width, C labels, K choices.
"""

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from crosswind.formats.tag import UNSCORED
from crosswind.models.backbone import Encoder
from crosswind.models.batch import Batch

INITIAL_SPREAD = 0.02


class Head(nn.Module):
    """A dropout and a linear layer; subclasses say what they read and what they answer."""

    outputs: ClassVar[int | None] = None

    def __init__(self, width: int, num_labels: int, dropout: float, generator: torch.Generator):
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(width, self.outputs or num_labels)
        with torch.no_grad():
            self.linear.weight.normal_(0.0, INITIAL_SPREAD, generator=generator)
            self.linear.bias.zero_()

    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:
        raise NotImplementedError

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        """Mean over the batch's units."""
        raise NotImplementedError

    def per_feature(self, logits: Tensor, batch: Batch) -> list[Tensor]:
        """What `decode` reads, one tensor per feature."""
        return list(logits[: len(batch.widths)])


class ClassifyHead(Head):
    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:
        logits_BC: Tensor = self.linear(self.dropout(encoder.pool(hidden_RLD, batch.mask_RL)))
        return logits_BC

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        return functional.cross_entropy(logits, targets_of(batch))


class ChooseHead(Head):
    """One number per (prompt, choice) row; rows of one feature compete, absent choices of shorter features never win."""

    outputs = 1

    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:
        scores_R = self.linear(self.dropout(encoder.pool(hidden_RLD, batch.mask_RL))).squeeze(-1)
        parts = scores_R.split(list(batch.widths))
        return nn.utils.rnn.pad_sequence(list(parts), batch_first=True, padding_value=float("-inf"))

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        return functional.cross_entropy(logits, targets_of(batch))

    def per_feature(self, logits: Tensor, batch: Batch) -> list[Tensor]:
        return [row[:width] for row, width in zip(logits, batch.widths, strict=True)]


class TagHead(Head):
    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:  # noqa: ARG002
        logits_BLC: Tensor = self.linear(self.dropout(hidden_RLD))
        return logits_BLC

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        total = functional.cross_entropy(
            logits.flatten(0, 1), targets_of(batch).flatten(), ignore_index=UNSCORED, reduction="sum"
        )
        return total / max(1, batch.units)


class SpanHead(Head):
    """A start and an end score at every position; the loss is the mean of the two."""

    outputs = 2

    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:
        logits_BL2: Tensor = self.linear(self.dropout(hidden_RLD))
        return logits_BL2.masked_fill(batch.mask_RL.unsqueeze(-1) == 0, -1e4)

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        targets_B2 = targets_of(batch)
        sides = [functional.cross_entropy(logits[:, :, side], targets_B2[:, side]) for side in (0, 1)]
        return (sides[0] + sides[1]) / 2


class RetrieveHead(Head):
    """A shared tower: unit vectors for query and candidate, told apart inside the batch at a learned scale."""

    def __init__(self, width: int, num_labels: int, dropout: float, generator: torch.Generator):
        super().__init__(width, num_labels or width, dropout, generator)
        self.linear = nn.Linear(width, width)
        with torch.no_grad():
            self.linear.weight.copy_(torch.eye(width))
            self.linear.bias.zero_()
        self.scale = nn.Parameter(torch.tensor(20.0))

    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:
        pooled_RD = self.linear(self.dropout(encoder.pool(hidden_RLD, batch.mask_RL)))
        return functional.normalize(pooled_RD, dim=-1).unflatten(0, (len(batch.widths), -1))

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        similarity_BB = self.scale * logits[:, 0] @ logits[:, 1].T
        ids_B2L = batch.ids_RL.unflatten(0, (len(batch.widths), -1))
        same_BB = (ids_B2L[:, None, 1] == ids_B2L[None, :, 1]).all(-1)
        repeated_BB = same_BB & ~torch.eye(len(same_BB), dtype=torch.bool, device=same_BB.device)
        targets_B = torch.arange(len(logits), device=logits.device)
        return functional.cross_entropy(similarity_BB.masked_fill(repeated_BB, float("-inf")), targets_B)


HEADS: dict[str, type[Head]] = {
    "classify": ClassifyHead,
    "choose": ChooseHead,
    "tag": TagHead,
    "span": SpanHead,
    "retrieve": RetrieveHead,
}


def targets_of(batch: Batch) -> Tensor:
    """The batch's targets; only formats that have some ask."""
    assert batch.targets is not None
    return batch.targets
