"""The same number of turns for every task, however many rows it has."""

from collections.abc import Mapping

from crosswind.samplers.base import Sampler


class Uniform(Sampler):
    """A small task is read more often than a large one."""

    def frequencies(self, sizes: Mapping[str, int], progress: float) -> Mapping[str, float]:  # noqa: ARG002
        return dict.fromkeys(sizes, 1.0)
