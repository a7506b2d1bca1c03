"""The seven kinds of stage, as frozen records. A parent is the record itself, so equal histories are equal stages."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import SerializeAsAny

from crosswind import catalog
from crosswind.distances import Distances
from crosswind.identity import Record, Stage
from crosswind.methods.base import Method
from crosswind.objectives.base import Objective
from crosswind.perturbations.base import Perturbation
from crosswind.recipe import Recipe
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
    `distances` are there where radii are multiples of how far translations lie apart. `mask` is the share of the words
    that are masked, others in every epoch, as `segmenter` cuts them.
    """

    start: "Train | Base"
    data: tuple[Dataset | Perturb, ...]
    dev: tuple[Dataset, ...] = ()
    method: SerializeAsAny[Method]
    objective: SerializeAsAny[Objective]
    recipe: Recipe
    seed: int
    head: Literal["fresh", "carried"] = "fresh"
    distances: Distances | None = None
    mask: float = 0.0
    segmenter: str = BUILTIN.id

    @property
    def depth(self) -> int:
        """How many training stages came before; random streams differ by it."""
        return self.start.depth + 1 if isinstance(self.start, Train) else 0

    @property
    def base(self) -> Base:
        """The encoder that the chain began with."""
        return base_of(self.start)

    @property
    def task(self) -> Task:
        """The task whose format and labels the head has."""
        return clean(self.data[0]).task


class Evaluate(Stage):
    """The answers of a model to one dataset, and their scores.

    A task without training asks the encoder that a chain has left, or that it would have begun with. `pool` is what is
    searched where examples carry no candidates, `dev` the clean set that gives the threshold where pairs are mined.
    """

    model: Train | Base
    data: Dataset | Perturb
    pool: Dataset | None = None
    dev: Dataset | None = None

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
        assert isinstance(self.model, Train), f"{slug(self.data)} asks for a trained model"
        return self.model.recipe

    @property
    def seed(self) -> int | None:
        """The seed of the model's training; None where nothing was trained."""
        return self.model.seed if isinstance(self.model, Train) else None


class Vote(Stage):
    """The answers that a trained model gives most often to many randomised readings of each example of a dataset.

    `distances` are there where readings move embeddings in multiples of how far translations lie apart; `segmenter`
    cuts the words that readings mask or change.
    """

    model: Train
    data: Dataset | Perturb
    voting: SerializeAsAny[Voting]
    distances: Distances | None = None
    segmenter: str = BUILTIN.id

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
            if isinstance(stage.start, Train):
                yield stage.start
            yield from stage.data
            yield from stage.dev
        case Evaluate() | Vote() | Attack():
            if isinstance(stage.model, Train):
                yield stage.model
            yield stage.data
            if isinstance(stage, Evaluate):
                yield from (each for each in (stage.pool, stage.dev) if each is not None)
            if isinstance(stage, Vote):
                yield from stage.model.data  # what radii are measured on


def lineage(model: Train | Base) -> list[Train]:
    """The trainings whose tensors make up a model, oldest first: none before one that saved the whole encoder."""
    found: list[Train] = []
    while isinstance(model, Train):
        found.insert(0, model)
        if model.method.whole:
            break
        model = model.start
    return found


def weights_read(stage: Stage) -> list[Train]:
    """The trainings whose weights must be there before `stage` can be made."""
    match stage:
        case Train():
            return lineage(stage.start)
        case Evaluate() | Vote() | Attack():
            return lineage(stage.model)
    return []


def reads(stage: Stage) -> Iterator[Stage]:
    """Every stage whose files are read when `stage` is made; once each."""
    yield from {each.id: each for each in (*parents(stage), *weights_read(stage))}.values()


def kind(stage: Stage) -> str:
    """The stage's kind as it stands in ids and folder names."""
    return catalog.name_of(type(stage))


def slug(stage: Stage) -> str:
    """A readable name for people; never part of identity."""
    match stage:
        case Dataset():
            return f"{label(stage.task)}-{stage.language}-{stage.split}"
        case Align():
            return f"{slug(stage.data)}-with-{stage.other.language}"
        case Perturb():
            level = stage.severity if stage.scale == "rate" else f"{stage.severity}-{stage.scale}"
            return f"{slug(stage.data)}-{label(stage.perturbation)}-L{level}"
        case Train():
            parts = (label(stage.method), label(stage.objective), f"s{stage.seed}")
            return "-".join(("+".join(chain(stage)), *parts)).replace(" ", "_")
        case Evaluate() | Attack():
            model = slug(stage.model) if isinstance(stage.model, Train) else stage.model.model.rpartition("/")[2]
            return f"{model}-on-{slug(stage.data)}"
        case Vote():
            return f"{slug(stage.model)}-on-{slug(stage.data)}-{label(stage.voting)}"
    raise TypeError(f"{stage!r} is no stage")


def chain(model: Train) -> tuple[str, ...]:
    """What a model was trained on, in order."""
    before = chain(model.start) if isinstance(model.start, Train) else ()
    return (*before, taught(model))


def taught(model: Train) -> str:
    """The task of one training, and how many languages its text is in if there are more than one."""
    codes = {clean(data).language for data in model.data}
    return f"{label(model.task)} in {len(codes)} languages" if len(codes) > 1 else label(model.task)


def label(record: Record) -> str:
    """A catalogued record in one word: its name, and its settings where they are not the default."""
    if isinstance(record, Task) and record.own_name:
        return record.own_name
    name, variant, where = catalog.name_of(type(record)).rpartition(":")[2], "", ""
    silent = {"kind", "VERSION"} | (record.unnamed if isinstance(record, Task) else frozenset())
    if isinstance(record, Perturbation):
        name, variant = record.label, record.variant
        silent |= {"fields"} | record.unnamed
        where = f"[{','.join(record.fields)}]" if record.fields else ""
    own = {key: value for key, value in record.payload.items() if key not in silent and value != variant}
    for key in own:
        inner = getattr(record, key)
        if isinstance(inner, Task):
            own[key] = {"kind": label(inner)}
    return called(name, own) + where


def called(name: str, settings: Mapping[str, Any]) -> str:
    """A name with its settings behind it; a record among them goes by its own name."""
    told = []
    for key, value in settings.items():
        if isinstance(value, dict):
            inner = {field: setting for field, setting in value.items() if field not in {"kind", "VERSION"}}
            told.append(called(value["kind"], inner))
        else:
            told.append(f"{key}={value}")
    return f"{name}({','.join(told)})" if told else name
