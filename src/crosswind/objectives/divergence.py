"""How far apart two of a model's answers are: divergences of distributions in nats, mean over the units of a batch.

Rows are what `Learner.log_probabilities` gives. U rows, C outcomes.
"""

from typing import Any

from crosswind.objectives.base import Learner
from crosswind.tensors import Tensor


def kl(from_UC: Tensor, to_UC: Tensor) -> Tensor:
    """The Kullback-Leibler divergence of the second from the first, both logarithms of probabilities."""
    return (from_UC.exp() * (from_UC - to_UC)).sum(-1).mean()


def symmetric(one_UC: Tensor, other_UC: Tensor) -> Tensor:
    """Both divergences added up (Jeffreys); as large whichever comes first."""
    return ((one_UC.exp() - other_UC.exp()) * (one_UC - other_UC)).sum(-1).mean()


def flipped(one_UC: Tensor, other_UC: Tensor) -> Tensor:
    """The share of units with another best outcome."""
    return (one_UC.detach().argmax(-1) != other_UC.detach().argmax(-1)).float().mean()


def changed(model: Learner, one: Tensor, other: Tensor, batch: Any) -> Tensor:
    """The share of units with another best outcome, of what the head gave in two passes."""
    rows = (model.log_probabilities(logits.detach(), batch) for logits in (one, other))
    return flipped(*rows)
