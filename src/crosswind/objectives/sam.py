"""Sharpness-aware minimisation (SAM; Foret et al. 2021; Bahri et al. 2022 for language models).

The gradient is taken where the weights that learn have gone uphill by `rho`, along the clean gradient of the whole
batch. One ascent for each microbatch would be another method, so all microbatches are passed twice.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import Field

from crosswind.objectives.base import Learner, Objective, Outcome, Step, shares, total
from crosswind.objectives.displacement import TINY
from crosswind.objectives.passes import Dropout, Passes, mode, passes, total_passes
from crosswind.tensors import Parameter, Tensor


class Sam(Objective):
    """The mean loss at the worst weights nearby."""

    rho: float = Field(0.05, ge=0, description="how far the weights that learn are moved, all together")
    adaptive: bool = Field(False, description="moves every weight in proportion to its size (ASAM; Kwon et al. 2021)")
    dropout: Dropout = Field("shared", description="masks of the second pass: those of the first, new ones, or none")

    @property
    def cost(self) -> float:
        return 2.0

    @property
    def neutral(self) -> Objective | None:
        return self.model_copy(update={"rho": 0.0})

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:  # noqa: ARG002  nothing is drawn
        """Twice as many passes as Erm."""
        runs = []
        learned = [parameter for _, parameter in model.learned()]
        slopes: list[Tensor | None] = [None] * len(learned)
        clean = []
        for batch, share in shares(batches):
            with passes(model, batch, share, self.dropout) as run:
                loss = run.loss()
                slopes = summed(slopes, run.slopes_of(loss, learned))
            clean.append(loss.detach())
            runs.append(run)
        with self.moved(learned, slopes):
            noisy = [self.second(model, run) for run in runs]
        measured = {"loss_clean": total(clean), "loss_noisy": total(noisy)}
        return Outcome(total(noisy), measured | total_passes([run.counted() for run in runs]))

    def second(self, model: Learner, run: Passes) -> Tensor:
        """Add one microbatch's gradient where the weights are now."""
        with mode(model, self.dropout):
            run.again()
            loss = run.loss()
            run.push(loss)
        return loss.detach()

    @contextmanager
    def moved(self, learned: Sequence[Parameter], slopes: Sequence[Tensor | None]) -> Iterator[None]:
        """The weights uphill, and back bit for bit."""
        import torch

        before = [parameter.detach().clone() for parameter in learned]
        scales = [parameter.abs() if self.adaptive else torch.ones_like(parameter) for parameter in before]
        ways = [None if slope is None else slope * scale for slope, scale in zip(slopes, scales, strict=True)]
        length = torch.stack([way.norm() for way in ways if way is not None]).norm().clamp_min(TINY)
        try:
            with torch.no_grad():
                for parameter, way, scale in zip(learned, ways, scales, strict=True):
                    if way is not None:
                        parameter.add_(way * scale * (self.rho / length))
            yield
        finally:
            with torch.no_grad():
                for parameter, old in zip(learned, before, strict=True):
                    parameter.copy_(old)


def summed(one: Sequence[Tensor | None], other: Sequence[Tensor | None]) -> list[Tensor | None]:
    """Gradients of microbatches added up, tensor by tensor."""
    return [
        second if first is None else first if second is None else first + second
        for first, second in zip(one, other, strict=True)
    ]
