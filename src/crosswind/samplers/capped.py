"""Turns in proportion to rows, of which no task counts more than a cap (Raffel et al. 2020, their "artificial limit").

A task above the cap is not cut: its turns become fewer, and it goes on where it stopped.
"""

from collections.abc import Mapping

from pydantic import Field

from crosswind.samplers.base import Sampler


class Capped(Sampler):
    """A huge task among small ones keeps them from drowning. The paper compares caps from 2^16 to 2^21."""

    cap: int = Field(131_072, ge=1, description="rows of a task that count")

    def frequencies(self, sizes: Mapping[str, int], progress: float) -> Mapping[str, float]:  # noqa: ARG002
        return {name: self.counted(size) for name, size in sizes.items()}

    def counted(self, size: int) -> int:
        return min(size, self.cap)
