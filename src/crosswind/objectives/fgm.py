"""Adversarial training by one ascent along the gradient (fast gradient method; Miyato et al. 2017).

The paper moves a whole sequence by one fixed length, over embeddings normalised across the vocabulary, and sums the two
losses. Here every token moves equally far, in units of the model's own embeddings, and the losses share a weight of 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from crosswind.objectives.base import Learner, Objective, Outcome, Step, shares, total
from crosswind.objectives.displacement import TINY, Eps, Norm, Sizes, Unit, ascent, draws, mean, radius, sizes, told
from crosswind.objectives.dropout import Dropout, passes
from crosswind.tensors import Parameter, Tensor


@dataclass(frozen=True, slots=True)
class Part:
    """One microbatch's parts of both losses, how far its tokens were moved, and how near to uphill."""

    clean: Tensor
    noisy: Tensor
    sizes: Sizes
    cosine_N: Tensor


class Fgm(Objective):
    """The loss on the text as it is, and on embeddings moved to where that loss grows fastest."""

    eps: Eps = 0.1
    unit: Unit = Field("token-norm", description="of eps: the median length of a word embedding, or 1")
    norm: Norm = Field(
        "token-l2", description="what is held to eps: a token, a sequence of n to eps √n, or each number"
    )
    weight: float = Field(0.5, ge=0, le=1, description="of the moved text in the loss; the rest is the clean text's")
    dropout: Dropout = Field("shared", description="masks of the second pass: those of the first, new ones, or none")
    direction: Literal["gradient", "random"] = Field(
        "gradient", description="random is the control: as far and as many passes, but not uphill"
    )

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:
        """Twice as many passes as Erm."""
        parts = [self.accumulate(model, batch, share, step) for batch, share in shares(batches)]
        clean, noisy = total([part.clean for part in parts]), total([part.noisy for part in parts])
        measured = {
            "loss_clean": clean,
            "loss_noisy": noisy,
            **told([part.sizes for part in parts]),
            "cos_grad": mean([part.cosine_N for part in parts]),
        }
        return Outcome((1 - self.weight) * clean + self.weight * noisy, measured)

    def accumulate(self, model: Learner, batch: Any, share: float, step: Step) -> Part:
        """Add one microbatch's gradient of both losses."""
        import torch
        from torch.nn.functional import cosine_similarity

        learned = [parameter for _, parameter in model.learned()]
        with passes(model, batch, self.dropout) as again:
            embedded_RLD = model.embed(batch)
            still_RLD = torch.zeros_like(embedded_RLD, requires_grad=True)
            # times the share, so that the gradient is one of the whole batch's loss and no split changes it
            clean = model.loss(batch, embedded_RLD + still_RLD) * share
            # one backward pass gives both gradients: the way up unscaled, and what the parameters learn
            slope_RLD, *slopes = torch.autograd.grad(clean, [still_RLD, *learned], allow_unused=True)
            add(learned, slopes, 1 - self.weight)
            del slopes
            way_RLD = slope_RLD if self.direction == "gradient" else draws(batch, slope_RLD.shape[-1], step.seed)[0]
            way_RLD = ascent(way_RLD, batch.mask_RL, self.norm)
            delta_RLD = radius(self.eps, self.unit, step) * way_RLD
            again()
            noisy = model.loss(batch, model.embed(batch) + delta_RLD) * share
            (noisy * self.weight).backward()  # type: ignore[no-untyped-call]
        cosine_N = cosine_similarity(way_RLD, slope_RLD, dim=-1, eps=TINY)[batch.mask_RL.bool()]
        return Part(clean.detach(), noisy.detach(), sizes(delta_RLD, embedded_RLD, batch.mask_RL), cosine_N)


def add(parameters: Sequence[Parameter], slopes: Sequence[Tensor | None], weight: float) -> None:
    """What a backward pass does with the gradients of a loss that counts by `weight`."""
    for parameter, slope in zip(parameters, slopes, strict=True):
        if slope is not None:
            parameter.grad = slope * weight if parameter.grad is None else parameter.grad.add_(slope, alpha=weight)
