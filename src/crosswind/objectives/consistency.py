"""Consistency between a text and a changed view of it, one of the two ideas of xTune (Zheng et al. 2021).

The view is text that the stage has changed, drawn anew in every epoch: noise, other words, other languages. Noise in
the embeddings instead is R3f. xTune's other idea, a frozen teacher that sees the text as it is, is left out. Answers of
positions are compared word by word: the first sub-word of each where words have tags; in spans, the chance that an
answer starts or ends anywhere in the word. What the two texts do not have in common is left out and counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from crosswind.objectives import divergence
from crosswind.objectives.base import Learner, Objective, Outcome, Step, total
from crosswind.objectives.passes import Count, Dropout, passes
from crosswind.objectives.pull import Part, pulled
from crosswind.tensors import Tensor


class Consistency(Objective):
    """The loss, a weight times how far apart the answers to both texts are, and a weight times the view's own loss."""

    weight: float = Field(1.0, ge=0, description="of the divergence beside the loss")
    view_weight: float = Field(0.0, ge=0, description="of the loss on the changed text beside the loss")
    dropout: Dropout = Field("fresh", description="masks of the view's pass: new ones, those of the first, or none")

    @property
    def compares(self) -> bool:
        return True

    @property
    def cost(self) -> float:
        return 2.0

    @property
    def neutral(self) -> Objective | None:
        return self.model_copy(update={"weight": 0.0, "view_weight": 0.0})

    def update(self, model: Learner, batches: Sequence[Any], step: Step) -> Outcome:  # noqa: ARG002  views are made
        """Twice as many passes as Erm."""
        readings = [
            Reading(batch, batch.view or batch, batch.terms if batch.view else batch.units) for batch in batches
        ]
        whole = Whole.of(readings)
        found = [self.accumulate(model, reading, whole) for reading in readings]
        told = pulled([part for part, _ in found], self.weight)
        beside = total([loss for _, loss in found])
        skipped = beside.new_tensor(sum(batch.skipped for batch in batches) / sum(len(b.examples) for b in batches))
        measured = {**told.measured, "loss_view": beside, "skipped_share": skipped}
        return Outcome(told.loss + self.view_weight * beside, measured)

    def accumulate(self, model: Learner, reading: "Reading", whole: "Whole") -> tuple[Part, Tensor]:
        """Add one microbatch's gradient; give its parts, and that of the loss on its view."""
        batch, view = reading.batch, reading.view
        with (
            passes(model, batch, batch.units / whole.units, self.dropout) as run,
            passes(model, view, view.units / whole.view_units, self.dropout) as other,
        ):
            logits = run.logits()
            other.again()
            changed = other.logits()
            one_UC, other_UC = model.compared(logits, batch), model.compared(changed, view)
            apart, flips = agreement(one_UC, other_UC, reading.terms / whole.terms)
            clean, beside = run.loss_of(logits), other.loss_of(changed)
            run.push(clean + self.weight * apart + self.view_weight * beside)
        count = Count(run.forward * run.share + other.forward * other.share, run.backward * run.share)
        return Part(clean.detach(), apart.detach(), flips, count), beside.detach()


@dataclass(frozen=True, slots=True)
class Reading:
    """A microbatch and its view, itself where a stage has made none, with how many answers can be compared."""

    batch: Any
    view: Any
    terms: int


@dataclass(frozen=True, slots=True)
class Whole:
    """What parts of a batch are shares of; at least one of each, so that a share of nothing is none."""

    units: int
    view_units: int
    terms: int

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> "Whole":
        units = sum(each.batch.units for each in readings)
        view_units, terms = sum(each.view.units for each in readings), sum(each.terms for each in readings)
        return cls(max(1, units), max(1, view_units), max(1, terms))


def agreement(one_UC: Tensor, other_UC: Tensor, share: float) -> tuple[Tensor, Tensor]:
    """A microbatch's part of the divergence and of the share of answers that differ; nothing where none is compared."""
    if not len(one_UC):
        nothing = (one_UC.sum() + other_UC.sum()) * share
        return nothing, nothing.detach()
    return divergence.symmetric(one_UC, other_UC) * share, divergence.flipped(one_UC, other_UC) * share
