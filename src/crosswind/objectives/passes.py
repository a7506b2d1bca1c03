"""Passes of one microbatch through a model: counted, and with the dropout that an objective asks for.

Counts are weighted by the microbatch's share, so that they add up to passes of whole batches however these are split.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from crosswind.objectives.base import Learner, Where
from crosswind.tensors import Parameter, Tensor

Dropout = Literal["shared", "fresh", "off"]
LOOK = 2 / 3  # of a plain update: forward, and back to the embeddings alone, without gradients of weights


class Passes:
    """The passes over one microbatch; all but the first begin with `again`."""

    def __init__(self, model: Learner, batch: Any, share: float, dropout: Dropout, where: Where):
        self.model, self.batch, self.share, self.where = model, batch, share, where
        self.forward = self.backward = 0
        self.masks = Masks(batch.ids_RL.device) if dropout == "shared" else None

    def again(self) -> None:
        """Begin a further pass: with the masks of the first where they are shared."""
        if self.masks:
            self.masks.restore()

    def states(self) -> Tensor:
        """What the passes start from, embedded anew."""
        return self.model.embed(self.batch, self.where)

    def logits(self, states_RLD: Tensor | None = None) -> Tensor:
        """One forward pass."""
        self.forward += 1
        return self.model(self.batch, states_RLD, self.where)

    def loss(self, states_RLD: Tensor | None = None) -> Tensor:
        """One forward pass to the microbatch's part of the batch's loss."""
        return self.loss_of(self.logits(states_RLD))

    def loss_of(self, logits: Tensor) -> Tensor:
        """The microbatch's part of the batch's loss."""
        return self.model.loss_of(logits, self.batch) * self.share

    def push(self, loss: Tensor) -> None:
        """One backward pass that adds to the gradients."""
        self.backward += 1
        loss.backward()  # type: ignore[no-untyped-call]

    def slope(self, loss: Tensor, at: Tensor) -> Tensor:
        """One backward pass down to `at` alone; the parameters' gradients are neither made nor touched."""
        import torch

        self.backward += 1
        return torch.autograd.grad(loss, at)[0]

    def slopes(self, loss: Tensor, at: Tensor, weight: float) -> Tensor:
        """One backward pass for both: the slope at `at`, and the loss times `weight` added to the gradients."""
        import torch

        self.backward += 1
        learned = [parameter for _, parameter in self.model.learned()]
        # one pass gives both gradients: the way up unscaled, and what the parameters learn
        slope, *own = torch.autograd.grad(loss, [at, *learned], allow_unused=True)
        add(learned, own, weight)
        return slope

    def slopes_of(self, loss: Tensor, learned: Sequence[Parameter]) -> list[Tensor | None]:
        """One backward pass whose gradients are given back instead of added."""
        import torch

        self.backward += 1
        return list(torch.autograd.grad(loss, list(learned), allow_unused=True))

    def counted(self) -> "Count":
        return Count(self.forward * self.share, self.backward * self.share)


@dataclass(frozen=True, slots=True)
class Count:
    """Passes of a whole batch; one backward pass is one however far down it goes."""

    forward: float
    backward: float


class Masks:
    """The state of the random generators before the first pass."""

    def __init__(self, device: Any):
        import torch

        self.device = device
        self.on_host = torch.get_rng_state()
        self.on_device = torch.cuda.get_rng_state(device) if device.type == "cuda" else None

    def restore(self) -> None:
        """Draw from here on what was drawn from there on."""
        import torch

        torch.set_rng_state(self.on_host)
        if self.on_device is not None:
            torch.cuda.set_rng_state(self.on_device, self.device)


@contextmanager
def passes(model: Learner, batch: Any, share: float, dropout: Dropout, where: Where = "word") -> Iterator[Passes]:
    """The passes over one microbatch: `shared` gives all the masks of the first, `fresh` each its own, `off` none."""
    with mode(model, dropout):
        yield Passes(model, batch, share, dropout, where)


@contextmanager
def mode(model: Learner, dropout: Dropout) -> Iterator[None]:
    """A model without dropout where it is `off`, and as it was afterwards."""
    was_training = model.training
    if dropout == "off":
        model.train(False)
    try:
        yield
    finally:
        if dropout == "off":
            model.train(was_training)


def add(parameters: Sequence[Parameter], slopes: Sequence[Tensor | None], weight: float) -> None:
    """What a backward pass does with the gradients of a loss that counts by `weight`."""
    for parameter, slope in zip(parameters, slopes, strict=True):
        if slope is not None:
            parameter.grad = slope * weight if parameter.grad is None else parameter.grad.add_(slope, alpha=weight)


def total_passes(counts: Sequence[Count]) -> dict[str, Tensor]:
    """What the log tells of an update's cost."""
    import torch

    forward, backward = sum(count.forward for count in counts), sum(count.backward for count in counts)
    return {"forward_passes": torch.tensor(forward), "backward_passes": torch.tensor(backward)}
