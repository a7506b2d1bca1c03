"""Another task under labels that say nothing about its text: the control for what an intermediate task teaches."""

from dataclasses import replace
from random import Random

from crosswind.randomness import stream
from crosswind.sources.published import Library
from crosswind.tasks.base import HERE, Reading, Split
from crosswind.tasks.wrapped import Wrapped


class Shuffled(Wrapped):
    """A task whose examples have exchanged their labels, in the way that its format says. All else is the task's own.

    Labels are exchanged among the rows that a limit leaves, so their frequencies are those of the rows in use.
    """

    seed: int = 1

    def read(self, language: str, split: Split, limit: int | None = None, library: Library = HERE) -> Reading:
        draws = Random(stream(self.seed, f"labels {split}"))
        reading = self.task.read(language, split, limit, library)
        return replace(reading, examples=self.task.format.relabel(reading.examples, draws))
