"""A vote under random noise on the embeddings: what randomized smoothing asks of a model that was trained under it.

Huang et al. (2021) train under such noise and then ask once without it; Cohen et al. (2019), from whose images the
idea comes, ask many times. No certificate follows: a radius among embeddings says nothing of which words fit into it.
"""

from pydantic import Field, model_validator

from crosswind.objectives.base import Step, Where
from crosswind.objectives.displacement import Eps, Shape, Unit, refuse_distance, yard
from crosswind.votes.base import Voting


class NoisyVote(Voting):
    """Every token moved at random, anew in every reading; the settings are those of training under noise."""

    eps: Eps = 0.1
    unit: Unit = Field("token-norm", description="of eps, as in training; measured on the model that is asked")
    where: Where = Field("word", description="what is moved: word embeddings, or what the first layer reads (block)")
    shape: Shape = Field("ball", description="uniform in the ball, on the sphere, or normal with that mean square")

    @model_validator(mode="after")
    def is_of_one_place(self) -> "NoisyVote":
        refuse_distance(self.unit, self.where)
        return self

    @property
    def needs_translations(self) -> bool:
        return self.unit == "translation"

    def radius(self, token_norm: float, translation: float) -> float:
        """The radius as a length."""
        return self.eps * yard(self.unit, Step(0, token_norm, translation))
