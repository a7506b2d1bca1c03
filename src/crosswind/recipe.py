"""How long and how fast a stage trains: the numbers that a paper's appendix lists."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from pydantic import Field

from crosswind.identity import Record


class Recipe(Record):
    """The settings of one training stage. A task brings its own; a study changes them field by field.

    `like` names a published recipe whose settings stand between the task's own and those beside it. A stage's recipe
    has it resolved and never set.
    """

    like: str | None = Field(None, description="a published recipe to begin with: stable, xtreme, xstilts, robust-xlt")
    epochs: float = Field(3.0, gt=0, description="passes over the training data; a fraction stops inside one")
    steps: int | None = Field(None, ge=1, description="updates; overrides epochs when given")
    batch: int = Field(32, ge=1, description="examples per update")
    learning_rate: float = Field(2e-5, gt=0, description="peak learning rate of AdamW")
    warmup: float = Field(0.1, ge=0, lt=1, description="share of the updates over which the rate rises from 0")
    schedule: Literal["linear", "cosine", "constant"] = Field("linear", description="how the rate falls after warm-up")
    weight_decay: float = Field(0.0, ge=0, description="AdamW's decay; biases and norms are exempt")
    max_norm: float = Field(1.0, gt=0, description="gradients longer than this are scaled down to it")
    dropout: float | None = Field(None, ge=0, lt=1, description="replaces the encoder's own rate when given")
    precision: Literal["fp32", "bf16"] = Field("fp32", description="bf16 runs the encoder under autocast")
    max_length: int = Field(128, ge=8, description="sub-words per sequence, special tokens included")
    bucket: int = Field(50, ge=1, description="batches whose examples are sorted by length together; 1 is random")
    selection: Literal["dev", "last"] = Field("dev", description="keep the weights best on source dev, or the last")
    checks: int = Field(5, ge=1, description="evenly spaced dev evaluations when selection is dev")

    def updates(self, num_examples: int) -> int:
        """How many optimiser steps the recipe takes over `num_examples` rows."""
        return self.steps or max(1, round(self.epochs * math.ceil(num_examples / self.batch)))

    def override(self, other: "Recipe") -> "Recipe":
        """This recipe with the fields that were explicitly set in `other`, but for the name in `like`."""
        return Recipe(**self.model_dump() | other.model_dump(include=other.model_fields_set - {"like"}))


# No task of a mix is read in shorter pieces, less often or in smaller batches than alone, nor learned faster.
AT_LEAST_AS_ALONE: Mapping[str, Callable[..., float]] = MappingProxyType(
    {"max_length": max, "epochs": max, "batch": max, "warmup": max, "checks": max, "learning_rate": min}
)


def joint(recipes: Mapping[str, Recipe], name: str, said: Recipe) -> Recipe:
    """The one recipe of tasks that are learned at once: what all of theirs say, and what is `said` of them together.

    Where numbers differ, the one is taken by which every task gets at least what it gets alone; of other differences
    none is neutral, so they raise ValueError.
    """
    own = [recipe.model_dump() for recipe in recipes.values()]
    differ = [field for field in own[0] if any(each[field] != own[0][field] for each in own)]
    chosen = {
        field: AT_LEAST_AS_ALONE[field](each[field] for each in own) for field in differ if field in AT_LEAST_AS_ALONE
    }
    open_questions = [field for field in differ if field not in chosen and field not in said.model_fields_set]
    if open_questions:
        told = "; ".join(
            f"{field} is " + ", ".join(f"{getattr(recipe, field)!r} for {task}" for task, recipe in recipes.items())
            for field in open_questions
        )
        raise ValueError(f'{name} are learned by one recipe, but {told}; say which in [recipes."{name}"]')
    return Recipe(**own[0] | chosen).override(said)
