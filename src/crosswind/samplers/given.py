"""Turns as a study says: a weight for every task. With raw text among the tasks, this is replay of pre-training."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from pydantic import Field

from crosswind.samplers.base import Positive, Sampler, lacking


class Given(Sampler):
    """Weights are relative: 3 and 1 are three turns of four and one. A task without turns is left out of the list."""

    weights: Mapping[str, Positive] = Field(description="how often each task has its turn, beside the others")

    def frequencies(self, sizes: Mapping[str, int], progress: float) -> Mapping[str, float]:  # noqa: ARG002
        return {name: self.weights[name] for name in sizes}

    @property
    def named(self) -> frozenset[str]:
        return frozenset(self.weights)

    def only(self, names: Sequence[str]) -> Self:
        return self.model_copy(update={"weights": {name: self.weights[name] for name in names if name in self.weights}})

    def complaints(self, names: Sequence[str]) -> Iterator[str]:
        yield from lacking(names, self.weights, "its weights")
