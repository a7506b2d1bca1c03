"""What every task says about itself."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from crosswind.formats import Example, Format
from crosswind.formats.retrieve import Pooling
from crosswind.identity import Record
from crosswind.recipe import Recipe

Split = Literal["train", "dev", "test"]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Variety:
    """A language as one task has it."""

    name: str
    script: str
    origin: Literal[
        "native",
        "human-translated",
        "human-translated-reannotated",
        "machine-translated",
        "machine-labelled",
        "parallel-found",
        "constructed",
    ]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the data come from. Every field is required and says something; a test reads them all."""

    source: str
    revision: str
    licence: str
    licence_url: str
    citation: str
    translated: str


class Task(Record):
    """A task of the catalogue. `rows` fetches raw rows, `parse` makes one row an example of `format`.

    `role` names the column of the applicability table that governs its perturbations, `trains_on` the task whose
    training set it learns from (its own when None), `source` the language of that training set.

    A task without any training set has only "test" among its `sizes`. It is retrieval: an encoder is asked as it is,
    reading by the task's own `recipe` (length and precision), and `pooling` says how a text becomes a vector.
    """

    format: ClassVar[Format[Any]]
    labels: ClassVar[tuple[str, ...]]
    metric: ClassVar[str]
    chance: ClassVar[float]
    role: ClassVar[str]
    source: ClassVar[str]
    languages: ClassVar[Mapping[str, Variety]]
    sizes: ClassVar[Mapping[Split, int]]
    recipe: ClassVar[Recipe]
    provenance: ClassVar[Provenance]
    trains_on: ClassVar[str | None] = None
    pooling: ClassVar[Pooling] = "mean"

    @property
    def has_training(self) -> bool:
        """Whether models are trained for the task, on a training set of its own or another task's."""
        return self.trains_on is not None or "train" in self.sizes

    @property
    def recipe_of(self) -> "Task":
        """The task whose recipe in a study this one follows: itself, but for controls."""
        return self

    @abstractmethod
    def rows(self, language: str, split: Split) -> Iterator[Row]:
        """The raw rows of one split in one language, in their published order."""

    @abstractmethod
    def parse(self, row: Row) -> Example:
        """One raw row as an example; raises ValueError saying what is wrong with it."""

    def examples(self, language: str, split: Split, limit: int | None) -> Iterator[Example]:
        """The first `limit` examples, every one if None."""
        for number, row in enumerate(self.rows(language, split)):
            if number == limit:
                return
            try:
                yield self.parse(row)
            except (KeyError, ValueError, TypeError) as error:
                raise ValueError(
                    f"row {number + 1} of {language} {split} cannot be read: {error!r}; it is {row!r}"
                ) from error
