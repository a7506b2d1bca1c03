"""The seven kinds of stage, as frozen records. A parent is the record itself, so equal histories are equal stages."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import SerializeAsAny, model_validator

from crosswind import catalog
from crosswind.distances import Distances
from crosswind.identity import Record, Stage
from crosswind.methods.base import Method
from crosswind.methods.carry import Carry
from crosswind.objectives.base import Objective
from crosswind.perturbations.base import Perturbation
from crosswind.recipe import Recipe
from crosswind.samplers.base import Sampler
from crosswind.stages.labels import label
from crosswind.tasks.base import Split, Task
from crosswind.text.words import BUILTIN
from crosswind.votes.base import Voting


class Base(Record):
    """A pre-trained encoder: a hub id at a commit, or a local folder known by the digest of its files."""

    model: str
    revision: str


class Dataset(Stage):
    """The first `limit` examples of one split of a task in one language.

    `part` is (k, n) where only every n-th of them is taken, from the one with index k on.
    """

    task: SerializeAsAny[Task]
    language: str
    split: Split
    limit: int | None = None
    part: tuple[int, int] | None = None


class Align(Stage):
    """Which words of a dataset are which words of the same items in another language, as a pre-trained encoder has it.

    `other` are those items. The hidden states of one `layer` are compared, counted from 1; two thirds of the way up
    where none is named. `fields` are the texts that are aligned, all where none is named. `segmenter` cut the words.
    """

    data: Dataset
    other: Dataset
    base: Base
    layer: int | None = None
    fields: tuple[str, ...] = ()
    segmenter: str = BUILTIN.id


class Perturb(Stage):
    """A dataset with its text changed. No trained model is involved, so all models are scored on the same text.

    `other` is the same split in another language, where parts of items come from there; `pools` are datasets that a
    change draws names, sentences or translations from, `aligned` says which words translate each other. `scale` says
    what a severity is: a share of the units ("rate"), or the share that leaves a given chrF in this very dataset
    ("iso"). `segmenter` is the id of what cut the words. `answer_mode` says whether answers inside a context change
    with it or are left alone.
    """

    VERSION = 2  # one perturbed context for all questions about it

    data: Dataset
    perturbation: SerializeAsAny[Perturbation]
    severity: int
    draw: int = 1
    other: Dataset | None = None
    pools: tuple[Dataset, ...] = ()
    aligned: tuple[Align, ...] = ()
    scale: Literal["rate", "iso"] = "rate"
    segmenter: str = BUILTIN.id
    answer_mode: Literal["project", "protect"] = "project"


class Train(Stage):
    """One training stage; a sequence is a chain of them. All but the head continues from `start`.

    The head is fresh, or `carried` on where a target learns from several sets of one format, one after the other.
    `carry` says what becomes of what earlier methods have added to the encoder (methods/carry.py); models that are
    fused with `start` stand `beside` it. Below a task adapter one of the `language_adapters` is spoken: the first, also
    where `dev` is scored, or one that is drawn for every update.

    Without a `sampler` all data are one set under one head, so they have one format and the same labels, though they
    may come from different tasks. With one, every task among them has rows and a head of its own and the sampler says
    whose turn it is; the data then stand by the names of their tasks, since their order means nothing.

    `distances` are there where radii are multiples of how far translations lie apart. `mask` is the share of the words
    that are masked, others in every epoch, as `segmenter` cuts them.

    `redrawn` are changes of the data sets, one for each, that are drawn anew in every epoch in place of the text as it
    is; `views` are such changes beside it. Their draws hang on the seed, so that none of theirs is made or kept.
    """

    start: "Train | Base"
    data: tuple[Dataset | Perturb, ...]
    dev: tuple[Dataset, ...] = ()
    method: SerializeAsAny[Method]
    objective: SerializeAsAny[Objective]
    recipe: Recipe
    seed: int
    head: Literal["fresh", "carried"] = "fresh"
    carry: Carry = "continue"
    beside: tuple["Train", ...] = ()
    sampler: SerializeAsAny[Sampler] | None = None
    language_adapters: tuple["Train", ...] = ()
    distances: Distances | None = None
    mask: float = 0.0
    segmenter: str = BUILTIN.id
    redrawn: tuple[Perturb, ...] = ()
    views: tuple[Perturb, ...] = ()

    @property
    def starts(self) -> "tuple[Train | Base, ...]":
        """The model that it goes on from; all of them where several are fused."""
        return (self.start, *self.beside)

    @model_validator(mode="after")
    def has_heads_that_fit(self) -> Self:
        """Refuse data that no one head fits, and turns that are none."""
        if len(self.data) == 1 and self.sampler is None:
            return self
        tasks, told = self.tasks, ", ".join(self.tasks)
        if self.sampler is None:
            if len(tasks) > 1 and len({(task.format.name, task.labels) for task in tasks.values()}) > 1:
                raise ValueError(f"{told} differ in format or labels, so no head fits all; give the stage a sampler")
            return self
        if len(tasks) < 2:
            raise ValueError(f"a sampler shares out the updates among several tasks; there is only {told}")
        if list(tasks) != sorted(tasks):
            raise ValueError(f"tasks that take turns stand in the order of their names; found {told}")
        if self.head == "carried":
            raise ValueError(f"{told} take turns and have a head each, so there is none to carry on; expected fresh")
        return self

    @property
    def depth(self) -> int:
        """How many training stages came before, one after the other; random streams differ by it."""
        return self.start.depth + 1 if isinstance(self.start, Train) else 0

    @property
    def base(self) -> Base:
        """The encoder that the chain began with."""
        return base_of(self.start)

    @property
    def task(self) -> Task:
        """The task whose format and labels the one head has."""
        assert self.sampler is None, f"{', '.join(self.tasks)} have a head each"
        return clean(self.data[0]).task

    @property
    def tasks(self) -> dict[str, Task]:
        """The tasks of the data by name: with a sampler, those that take turns."""
        return {label(task): task for task in (clean(data).task for data in self.data)}

    def data_of(self, name: str) -> tuple[Dataset | Perturb, ...]:
        """The training sets of one of its tasks."""
        return tuple(data for data in self.data if label(clean(data).task) == name)


class Evaluate(Stage):
    """The answers of a model to one dataset, and their scores.

    A task without training asks the encoder that a chain has left, or that it would have begun with. `pool` is what is
    searched where examples carry no candidates, `dev` the clean set that gives the threshold where pairs are mined.
    `language_adapter` is spoken in the place of the one that was spoken in training; a model that has some speaks none
    where there is none.
    """

    model: Train | Base
    data: Dataset | Perturb
    pool: Dataset | None = None
    dev: Dataset | None = None
    language_adapter: Train | None = None

    @property
    def base(self) -> Base:
        """The encoder that the model began as."""
        return base_of(self.model)

    @property
    def recipe(self) -> Recipe:
        """How long and how exactly text is read: as in training, or as a task without training says itself."""
        task = clean(self.data).task
        if not task.has_training:
            return task.recipe
        assert isinstance(self.model, Train), f"{label(task)} asks for a trained model"
        return self.model.recipe

    @property
    def seed(self) -> int | None:
        """The seed of the model's training; None where nothing was trained."""
        return self.model.seed if isinstance(self.model, Train) else None


class Vote(Stage):
    """The answers that a trained model gives most often to many randomised readings of each example of a dataset.

    `distances` are there where readings move embeddings in multiples of how far translations lie apart; `segmenter`
    cuts the words that readings mask or change. `language_adapter` is spoken as in an evaluation.
    """

    model: Train
    data: Dataset | Perturb
    voting: SerializeAsAny[Voting]
    distances: Distances | None = None
    segmenter: str = BUILTIN.id
    language_adapter: Train | None = None

    @property
    def base(self) -> Base:
        """The encoder that the model began as."""
        return self.model.base

    @property
    def recipe(self) -> Recipe:
        """How long and how exactly text is read: as in training."""
        return self.model.recipe

    @property
    def seed(self) -> int:
        """The seed of the model's training."""
        return self.model.seed


class Attack(Stage):
    """A search for text that a model gets wrong; it reads the model, so every model meets its own."""

    model: Train
    data: Dataset
    attack: SerializeAsAny[Record]
    budget: int
    seed: int


def clean(data: Dataset | Perturb) -> Dataset:
    """The unperturbed dataset behind `data`."""
    return data.data if isinstance(data, Perturb) else data


def base_of(model: Train | Base) -> Base:
    """The pre-trained encoder behind a model."""
    return model.base if isinstance(model, Train) else model


def parents(stage: Stage) -> Iterator[Stage]:
    """The stages whose results `stage` reads."""
    match stage:
        case Align():
            yield from (stage.data, stage.other)
        case Perturb():
            yield stage.data
            if stage.other:
                yield stage.other
            yield from (*stage.pools, *stage.aligned)
        case Train():
            yield from (start for start in stage.starts if isinstance(start, Train))
            yield from stage.data
            yield from stage.dev
            for change in (*stage.redrawn, *stage.views):
                yield from (parent for parent in parents(change) if parent not in stage.data)
            yield from stage.language_adapters
        case Evaluate() | Vote() | Attack():
            if isinstance(stage.model, Train):
                yield stage.model
            yield stage.data
            yield from read_beside(stage)


def read_beside(stage: Evaluate | Vote | Attack) -> Iterator[Stage]:
    """What is read beside a model and the text that it is asked about."""
    match stage:
        case Evaluate():
            yield from (each for each in (stage.pool, stage.dev, stage.language_adapter) if each is not None)
        case Vote():
            yield from stage.model.data  # what radii are measured on
            yield from () if stage.language_adapter is None else (stage.language_adapter,)


def kind(stage: Stage) -> str:
    """The stage's kind as it stands in ids and folder names."""
    return catalog.name_of(type(stage))


def changed_text(model: Train) -> dict[str, Perturbation]:
    """What changes the text of one training, by the mode: "offline", "online" or "view"."""
    offline = [data for data in model.data if isinstance(data, Perturb)]
    modes = {"offline": offline, "online": model.redrawn, "view": model.views}
    return {mode: changes[0].perturbation for mode, changes in modes.items() if changes}
