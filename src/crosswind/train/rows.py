"""What a stage learns from: the rows of a task as an epoch shows them, and the lessons that are made of them.

A row is a feature of the training set as it was written. What stands in its place may differ from epoch to epoch (words
exchanged, other words masked), by the epoch and the row alone, so that a resumed run meets the same text again.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from crosswind.formats.base import Feature
from crosswind.models.batch import View
from crosswind.recipe import Recipe
from crosswind.train.batches import batches


class Rows(ABC):
    """The training rows of one task."""

    @property
    @abstractmethod
    def lengths(self) -> Sequence[int]:
        """How many sub-words each row has, by which batches are put together."""

    @abstractmethod
    def at(self, places: Sequence[int], epoch: int) -> list[Feature]:
        """What stands at some places in an epoch, in their order."""

    def lesson(self, places: Sequence[int], epoch: int) -> "Lesson":
        """What an update learns from that meets some places in an epoch."""
        return Lesson(self.at(places, epoch))


@dataclass(frozen=True, slots=True)
class Fixed(Rows):
    """Rows that are the same in every epoch."""

    features: Sequence[Feature]

    @property
    def lengths(self) -> Sequence[int]:
        return [feature.length for feature in self.features]

    def at(self, places: Sequence[int], epoch: int) -> list[Feature]:  # noqa: ARG002
        return [self.features[place] for place in places]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one update learns from: features, views of them to compare them with, and what its log should tell of them.

    `epoch` says in which pass over the data. `task` names whose lesson it is where several take turns. The log means
    the same of every lesson of a course, so all of them tell it under the same names.
    """

    features: list[Feature]
    epoch: int = 0
    task: str = ""
    views: Sequence[View] = ()
    told: Mapping[str, float] = field(default_factory=dict)


class Course(ABC):
    """All that a stage learns from, in the order of its updates."""

    @abstractmethod
    def updates(self, recipe: Recipe) -> int:
        """How many updates it takes."""

    @abstractmethod
    def lessons(self, recipe: Recipe, seed: int, depth: int, done: int) -> Iterator[Lesson]:
        """The lessons of all updates but the first `done`."""

    @abstractmethod
    def sample(self, size: int) -> list[Feature]:
        """At most so many features from all over the data, as the first epoch has them."""


@dataclass(frozen=True, slots=True)
class OneTask(Course):
    """The rows of a single task, epoch after epoch."""

    rows: Rows

    def updates(self, recipe: Recipe) -> int:
        return recipe.updates(len(self.rows.lengths))

    def lessons(self, recipe: Recipe, seed: int, depth: int, done: int) -> Iterator[Lesson]:
        for epoch, places in batches(self.rows.lengths, recipe, seed, depth, done):
            yield replace(self.rows.lesson(places, epoch), epoch=epoch)

    def sample(self, size: int) -> list[Feature]:
        count = len(self.rows.lengths)
        return self.rows.at(range(0, count, -(-count // size)), 0)


def plain(features: Sequence[Feature]) -> Course:
    """The features of one task, the same in every epoch."""
    return OneTask(Fixed(features))
