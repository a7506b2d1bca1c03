"""The text of another task without its labels, to guess hidden words of: the control for what its labels teach."""

from dataclasses import replace
from typing import Any

from crosswind.formats import MLM, Example
from crosswind.formats.mlm import Passage
from crosswind.sources.published import Library
from crosswind.tasks.base import HERE, Reading, Split
from crosswind.tasks.wrapped import Wrapped


class TextOf(Wrapped):
    """All texts of an example one behind the other, as one passage; its rows, their order and the recipe stay."""

    format = MLM
    labels = ()
    metric = "hidden_words"
    chance = 0.0
    role = "raw"

    def read(self, language: str, split: Split, limit: int | None = None, library: Library = HERE) -> Reading:
        reading = self.task.read(language, split, limit, library)
        return replace(reading, examples=[passage(self.task.format, example) for example in reading.examples])


def passage(form: Any, example: Example) -> Passage:
    """An example as nothing but its text."""
    return Passage(uid=example.uid, cluster=example.cluster, text=" ".join(form.fields(example).values()))
