"""What a control is: of each chain of its arm it makes another one, and leaves alone all that it does not name."""

import inspect
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from crosswind.identity import Record
from crosswind.methods.carry import Carry
from crosswind.objectives.base import Objective
from crosswind.stages import Base, Dataset, Perturb, Train
from crosswind.tasks.base import Task


class Senseless(ValueError):
    """There is no such control of a chain; the message says why."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The trainings before one target, for one sequence and seed: intermediate ones, then those on the target's data.

    `sizes` are the rows of every intermediate training set of the whole arm. `carry` is what the target's first
    training takes over, `carry_between` what intermediate ones take over from each other.
    """

    base: Base
    before: tuple[Train, ...]
    last: tuple[Train, ...]
    target: Task
    sizes: tuple[int, ...] = ()
    carry: Carry = "continue"
    carry_between: Carry = "continue"

    @property
    def trainings(self) -> tuple[Train, ...]:
        return (*self.before, *self.last)

    @property
    def model(self) -> Train | Base:
        """What is asked in the end."""
        return self.trainings[-1] if self.trainings else self.base

    def of(self, before: Sequence[Train], last: Sequence[Train]) -> "Chain":
        """A chain of other trainings: each starts from the one before it, whatever it started from.

        Those that are to be fused start from the encoder, and the target's from all of them.
        """
        first: list[Train] = []
        for each in before:
            first.append(started(each, self.end(first) if self.carry != "fuse" else [self.base], self.carry_between))
        then: list[Train] = []
        for each in last:
            if then:
                then.append(started(each, self.end(then), "continue"))
            else:
                then.append(started(each, first if first and self.carry == "fuse" else self.end(first), self.carry))
        return replace(self, before=tuple(first), last=tuple(then))

    def end(self, trainings: Sequence[Train]) -> Sequence[Train | Base]:
        """What the next training after some others starts from."""
        return trainings[-1:] or [self.base]

    def is_read_as(self, stage: Train) -> bool:
        """Whether the head that the target needs is the one that a training teaches."""
        own = self.target.format, self.target.labels
        return stage.sampler is None and (stage.task.format, stage.task.labels) == own


class Control(Record):
    """A kind of control. Where an arm has nothing that it would take away, there is none."""

    @property
    def told(self) -> str:
        """What it is, in a sentence."""
        return " ".join((inspect.getdoc(type(self)) or "").partition("\n\n")[0].split())

    @abstractmethod
    def beside(self, chain: Chain) -> Chain:
        """The control of one chain; raises Senseless where there is none."""

    def seeds_beside(self, seeds: tuple[int, ...]) -> tuple[int, ...]:
        """The seeds that it is trained with, by those of the study."""
        return seeds


def started(stage: Train, starts: Sequence[Train | Base], carry: Carry) -> Train:
    """A training that goes on from others; a base leaves nothing to carry."""
    start, *beside = starts
    fields = {"start": start, "beside": tuple(beside), "carry": carry if isinstance(start, Train) else "continue"}
    if stage.start is start and stage.carry == fields["carry"] and stage.beside == fields["beside"]:
        return stage
    return stage.model_copy(update=fields)


def with_objectives(chain: Chain, other: Callable[[Objective], Objective | None]) -> Chain | None:
    """The same trainings with other objectives, where there are any; None where all are what they were."""

    def changed(stage: Train) -> Train:
        found = other(stage.objective)
        return stage if found in (None, stage.objective) else stage.model_copy(update={"objective": found})

    found = chain.of([changed(each) for each in chain.before], [changed(each) for each in chain.last])
    return None if found.model.id == chain.model.id else found


def is_changed(trainings: Sequence[Train]) -> bool:
    """Whether any training reads text that was changed."""
    return any(each.redrawn or each.views or any(isinstance(data, Perturb) for data in each.data) for each in trainings)


def sequence_needed(chain: Chain) -> None:
    """Raise Senseless where no intermediate task comes before the target."""
    if not chain.before:
        raise Senseless("no intermediate task comes before the target")


def training_needed(chain: Chain) -> None:
    """Raise Senseless where nothing is trained on the target."""
    if not chain.last:
        raise Senseless("nothing is trained on the target's own data")


def row_needed(chain: Chain) -> None:
    """Raise Senseless where intermediate tasks do not come one after the other."""
    sequence_needed(chain)
    if chain.carry == "fuse":
        raise Senseless("its intermediate tasks stand side by side to be fused, which this would undo")


def dataset_of(data: Dataset | Perturb, made: Dataset) -> Dataset | Perturb:
    """A set whose dataset is another one."""
    return data.model_copy(update={"data": made}) if isinstance(data, Perturb) else made
