"""Turns in proportion to the rows that tasks have (the default of jiant; Phang et al. 2020).

In the long run every row of every task is read equally often.
"""

from collections.abc import Mapping

from crosswind.samplers.base import Sampler


class Proportional(Sampler):
    """All tasks put together, but no two of them in one update."""

    def frequencies(self, sizes: Mapping[str, int], progress: float) -> Mapping[str, float]:  # noqa: ARG002
        return sizes
