"""The five kinds of stage, as frozen records. A parent is the record itself, so equal histories are equal stages."""

from collections.abc import Iterator

from pydantic import SerializeAsAny

from crosswind import catalog
from crosswind.identity import Record, Stage
from crosswind.methods.base import Method
from crosswind.objectives.base import Objective
from crosswind.perturbations.base import Perturbation
from crosswind.recipe import Recipe
from crosswind.tasks.base import Split, Task


class Base(Record):
    """A pre-trained encoder: a hub id at a commit, or a local folder known by the digest of its files."""

    model: str
    revision: str


class Dataset(Stage):
    """The first `limit` examples of one split of a task in one language."""

    task: SerializeAsAny[Task]
    language: str
    split: Split
    limit: int | None = None


class Perturb(Stage):
    """A dataset with its text changed. No model is involved, so all models are scored on the same text."""

    data: Dataset
    perturbation: SerializeAsAny[Perturbation]
    severity: int
    draw: int = 1


class Train(Stage):
    """One training stage; a sequence is a chain of them. The head is fresh, all else continues from `start`."""

    start: "Train | Base"
    data: tuple[Dataset | Perturb, ...]
    dev: tuple[Dataset, ...] = ()
    method: SerializeAsAny[Method]
    objective: SerializeAsAny[Objective]
    recipe: Recipe
    seed: int

    @property
    def depth(self) -> int:
        """How many training stages came before; random streams differ by it."""
        return self.start.depth + 1 if isinstance(self.start, Train) else 0

    @property
    def base(self) -> Base:
        """The encoder that the chain began with."""
        return self.start.base if isinstance(self.start, Train) else self.start

    @property
    def task(self) -> Task:
        """The task whose format and labels the head has."""
        return clean(self.data[0]).task


class Evaluate(Stage):
    """The answers of a trained model to one dataset, and their scores."""

    model: Train
    data: Dataset | Perturb


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


def parents(stage: Stage) -> Iterator[Stage]:
    """The stages whose results `stage` reads."""
    match stage:
        case Perturb():
            yield stage.data
        case Train():
            if isinstance(stage.start, Train):
                yield stage.start
            yield from stage.data
            yield from stage.dev
        case Evaluate() | Attack():
            yield stage.model
            yield stage.data


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
        case Evaluate() | Attack():
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
            return f"{catalog.name_of(type(stage.task))}-{stage.language}-{stage.split}"
        case Perturb():
            return f"{slug(stage.data)}-{label(stage.perturbation)}-L{stage.severity}"
        case Train():
            parts = (label(stage.method), label(stage.objective), f"s{stage.seed}")
            return "-".join(("+".join(chain(stage)), *parts))
        case Evaluate() | Attack():
            return f"{slug(stage.model)}-on-{slug(stage.data)}"
    raise TypeError(f"{stage!r} is no stage")


def chain(model: Train) -> tuple[str, ...]:
    """The names of the tasks a model was trained on, in order."""
    before = chain(model.start) if isinstance(model.start, Train) else ()
    return (*before, catalog.name_of(type(model.task)))


def label(record: Record) -> str:
    """A catalogued record in one word: its name, and its settings where they are not the default."""
    name, variant = catalog.name_of(type(record)).rpartition(":")[2], ""
    if isinstance(record, Perturbation):
        name, variant = record.label, record.variant
    own = {key: value for key, value in record.payload.items() if key not in {"kind", "VERSION"} and value != variant}
    settings = ",".join(f"{key}={value}" for key, value in own.items())
    return f"{name}({settings})" if settings else name
