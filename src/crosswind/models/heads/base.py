"""What a task adds to an encoder: from hidden states to logits, and from logits to a mean loss.

Shapes: B features, R rows (B where every feature is one row), L positions, D hidden width, C labels, K choices or, in
retrieval, rows of the widest feature, N hidden words of a batch, V sub-words of the vocabulary.
"""

from abc import ABC, abstractmethod
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn.utils import skip_init

from crosswind.models.backbone import Encoder
from crosswind.models.batch import Batch

INITIAL_SPREAD = 0.02
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


def targets_of(batch: Batch) -> Tensor:
    """The batch's targets; only formats that have some ask."""
    assert batch.targets is not None
    return batch.targets


def without_padding(logits_BLC: Tensor, batch: Batch) -> list[Tensor]:
    """The logits of every feature at its own positions."""
    lengths = batch.mask_RL.sum(1).tolist()
    return [row_LC[:length] for row_LC, length in zip(logits_BLC, lengths, strict=True)]
