"""Turns by a root of the rows that tasks have, between proportional and uniform (Raffel et al. 2020).

Multilingual BERT was trained on its languages in the same way.
"""

from collections.abc import Mapping

from pydantic import Field

from crosswind.samplers.base import Sampler


class Temperature(Sampler):
    """The higher the temperature, the more alike the tasks' shares. Raffel et al. set a high cap beside it; here none
    unless it is given."""

    temperature: float = Field(2.0, gt=0, description="which root: 1 is proportional, a high one nearly uniform")
    cap: int | None = Field(None, ge=1, description="rows of a task that count; all where none is given")

    def frequencies(self, sizes: Mapping[str, int], progress: float) -> Mapping[str, float]:  # noqa: ARG002
        largest = max(map(self.counted, sizes.values()))  # a root of a ratio is never too large for a float
        return {name: (self.counted(size) / largest) ** (1 / self.temperature) for name, size in sizes.items()}

    def counted(self, size: int) -> int:
        return size if self.cap is None else min(size, self.cap)
