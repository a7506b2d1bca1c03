"""Displacements of word embeddings: how far, which way, at which positions, and what a log tells of them.

A radius is the length that one token's displacement may have; the other norms are converted so that a token moves as
far on average. Everything is single precision, and zero at padding.

Shapes: R rows, L positions, D width, N attended positions of all rows.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from crosswind.objectives.base import Objective, Step, Where
from crosswind.objectives.passes import Dropout
from crosswind.randomness import stream
from crosswind.tensors import Tensor

EDGE = 0.99
TINY = 1e-12  # a gradient shorter than this is not stretched to full length

Unit = Literal["token-norm", "translation", "absolute"]
Norm = Literal["token-l2", "sequence-l2", "linf"]
Shape = Literal["ball", "sphere", "gaussian"]

Eps = Annotated[float, Field(ge=0, description="radius: how far one token may be moved")]


class Displacing(Objective):
    """What all objectives that move embeddings have in common: how far, what is held to it, and where."""

    eps: Eps = 0.1
    unit: Unit = Field(
        "token-norm", description="of eps: the median length of what is moved, the distance between translations, or 1"
    )
    where: Where = Field("word", description="what is moved: word embeddings, or what the first layer reads (block)")

    @model_validator(mode="after")
    def are_of_one_place(self) -> Self:
        refuse_distance(self.unit, self.where)
        return self

    @property
    def place(self) -> Where:
        return self.where

    @property
    def neutral(self) -> Objective | None:
        return self.model_copy(update={"eps": 0.0})

    @property
    def needs_translations(self) -> bool:
        return self.unit == "translation"

    def radius(self, step: Step) -> float:
        """The radius as a length."""
        return self.eps * yard(self.unit, step)


class Climbing(Displacing):
    """What all objectives that move embeddings along a gradient have in common besides."""

    norm: Norm = Field(
        "token-l2", description="what is held to eps: a token, a sequence of n to eps √n, or each number"
    )
    dropout: Dropout = Field("shared", description="masks of further passes: those of the first, new ones, or none")
    direction: Literal["gradient", "random"] = Field(
        "gradient", description="random is the control: as far and as many passes, but not uphill"
    )

    def way(self, slope_RLD: Tensor, batch: Any, step: Step, turn: int = 0) -> Tensor:
        """The displacement of radius 1 uphill, or for the control anywhere; `turn` counts the ascents of an update."""
        if self.direction == "random":
            seed = stream(step.seed, "way", turn) if turn else step.seed
            slope_RLD = draws(batch, slope_RLD.shape[-1], seed)[0]
        return ascent(slope_RLD, batch.mask_RL, self.norm)


class Stepping(Climbing):
    """What those that take several steps uphill have in common besides."""

    steps: int = Field(3, ge=1, description="ascents; for freelb passes, between which the embeddings are moved")
    stride: float | None = Field(None, gt=0, description="of one ascent, in the unit of eps; 1.5 eps / steps if unset")

    def leap(self, step: Step) -> float:
        """How far one ascent goes."""
        if self.stride is None:
            return 1.5 * self.radius(step) / self.steps
        return self.stride * yard(self.unit, step)


def refuse_distance(unit: Unit, where: Where) -> None:
    """Say that translations lie apart as words, and that nothing else is moved in that unit."""
    if unit == "translation" and where != "word":
        raise PydanticCustomError(
            "unit", "unit translation is the distance between word embeddings; with it, where must be word"
        )


def yard(unit: Unit, step: Step) -> float:
    """The length of one unit.

    In token norms, embeddings of different models are moved comparably far; in distances between translations, as far
    as from a word to what means the same elsewhere, which is how Huang et al. (2021) see a text in another language.
    """
    match unit:
        case "token-norm":
            return step.token_norm
        case "translation":
            assert step.translation, "nobody has measured how far translations lie apart"
            return step.translation
        case "absolute":
            return 1.0


def ascent(slope_RLD: Tensor, mask_RL: Tensor, norm: Norm) -> Tensor:
    """The displacement of radius 1 along a gradient, or along any other numbers."""
    slope_RLD = slope_RLD * mask_RL.unsqueeze(-1)
    match norm:
        case "token-l2":
            return slope_RLD / lengths(slope_RLD).clamp_min(TINY).unsqueeze(-1)
        case "sequence-l2":
            reach_R = mask_RL.sum(1).sqrt() / lengths(slope_RLD.flatten(1)).clamp_min(TINY)
            return slope_RLD * reach_R[:, None, None]
        case "linf":
            return slope_RLD.sign() / math.sqrt(slope_RLD.shape[-1])


def projected(delta_RLD: Tensor, mask_RL: Tensor, norm: Norm, radius: float) -> Tensor:
    """The displacement with all that lies outside the radius pulled back to it."""
    match norm:
        case "token-l2":
            return delta_RLD * within(lengths(delta_RLD), radius).unsqueeze(-1)
        case "sequence-l2":
            reach_R = mask_RL.sum(1).sqrt()
            return delta_RLD * within(lengths(delta_RLD.flatten(1)) / reach_R, radius)[:, None, None]
        case "linf":
            limit = radius / math.sqrt(delta_RLD.shape[-1])
            return delta_RLD.clamp(-limit, limit)


def within(lengths_X: Tensor, radius: float) -> Tensor:
    """The factors that bring lengths down to the radius; those that are within it get 1."""
    return (radius / lengths_X.clamp_min(TINY)).clamp_max(1.0)


def lengths(rows: Tensor) -> Tensor:
    """The length of each vector of the last dimension."""
    import torch

    found: Tensor = torch.linalg.vector_norm(rows, dim=-1)
    return found


def noise(batch: Any, width: int, shape: Shape, seed: int) -> Tensor:
    """A random displacement of radius 1, each token's drawn alone.

    Uniform in the ball, on the sphere, or normal with a mean squared length of 1, which has no longest length.
    """
    normal_RLD, uniform_RL1 = draws(batch, width, seed)
    match shape:
        case "ball":
            return ascent(normal_RLD, batch.mask_RL, "token-l2") * uniform_RL1 ** (1 / width)
        case "sphere":
            return ascent(normal_RLD, batch.mask_RL, "token-l2")
        case "gaussian":
            return normal_RLD / math.sqrt(width)


def cube(batch: Any, width: int, seed: int) -> Tensor:
    """A random displacement whose numbers are uniform, each token's with a mean squared length of 1."""
    import torch

    normal_RLD, _ = draws(batch, width, seed)
    return torch.erf(normal_RLD / math.sqrt(2)) * math.sqrt(3 / width)  # erf of a normal number is uniform in (-1, 1)


def draws(batch: Any, width: int, seed: int) -> tuple[Tensor, Tensor]:
    """Standard normal numbers for every attended token, and one that is uniform in [0, 1)."""
    import torch

    device = batch.ids_RL.device
    normal_RLD = torch.zeros(*batch.ids_RL.shape, width, device=device)
    uniform_RL1 = torch.zeros(*batch.ids_RL.shape, 1, device=device)
    owners = [
        (example, place) for example, rows in zip(batch.examples, batch.widths, strict=True) for place in range(rows)
    ]
    ends = batch.mask_RL.sum(1).tolist()
    for row, (owner, ids, end) in enumerate(zip(owners, batch.ids_RL.tolist(), ends, strict=True)):
        # the ids too, since windows of one example and examples of several datasets have equal numbers
        generator = torch.Generator(device).manual_seed(stream(seed, "row", *owner, *ids[:end]))
        normal_RLD[row, :end] = torch.randn(end, width, generator=generator, device=device)
        uniform_RL1[row, :end] = torch.rand(end, 1, generator=generator, device=device)
    return normal_RLD, uniform_RL1


@dataclass(frozen=True, slots=True)
class Sizes:
    """The displacements of attended tokens: their length, and their length as a share of the token's own embedding.

    Tokens whose embedding is zero have no such share. `radius` is what they were held to.
    """

    length_N: Tensor
    relative_N: Tensor
    radius: float


def sizes(delta_RLD: Tensor, embedded_RLD: Tensor, mask_RL: Tensor, radius: float) -> Sizes:
    """The sizes of one microbatch."""
    is_text_RL = mask_RL.bool()
    length_N, own_N = lengths(delta_RLD.detach())[is_text_RL], lengths(embedded_RLD.detach())[is_text_RL]
    return Sizes(length_N, (length_N / own_N)[own_N > 0], radius)


def told(found: Sequence[Sizes]) -> Mapping[str, Tensor]:
    """What the log tells of an update's displacements; `boundary_share` is of those that went all the way."""
    length = [each.length_N for each in found]
    return {
        "delta_l2": mean(length),
        "delta_max": maximum(length),
        "delta_rel": mean([each.relative_N for each in found]),
        "boundary_share": mean([(each.length_N >= EDGE * each.radius).float() for each in found]),
    }


def maximum(parts: Sequence[Tensor]) -> Tensor:
    """The largest over the tokens of all microbatches."""
    import torch

    return torch.cat(list(parts)).max()


def mean(parts: Sequence[Tensor]) -> Tensor:
    """The mean over the tokens of all microbatches, however many each has."""
    import torch

    return torch.cat(list(parts)).mean()
