"""The seven kinds of stage, as frozen records. A parent is the record itself, so equal histories are equal stages."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Self

from pydantic import SerializeAsAny, model_validator

from crosswind import catalog
from crosswind.distances import Distances
from crosswind.formats import MLM
from crosswind.identity import Record, Stage
from crosswind.methods.base import Method
from crosswind.methods.carry import Carry
from crosswind.objectives.base import Objective
from crosswind.perturbations.base import Perturbation
from crosswind.recipe import Recipe
from crosswind.samplers.base import Sampler
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
        assert isinstance(self.model, Train), f"{slug(self.data)} asks for a trained model"
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


class Step(NamedTuple):
    """One training on the way to an encoder: what its method adds is there, and its weights are `read` if they last."""

    stage: Train
    read: bool


def steps_before(stage: Train) -> list[Step]:
    """What makes the encoder that a training begins with; `fresh` goes back to before anything was added or frozen."""
    starts = [whole_before(stage.start)] if stage.carry == "fresh" else stage.starts
    return [step for start in starts for step in steps(start)]


def steps(model: Train | Base) -> list[Step]:
    """What makes a model's encoder, oldest first.

    A training that saves the whole encoder leaves nothing to read of earlier ones. What these have added still has to
    be there, unless it was merged.
    """
    if isinstance(model, Base):
        return []
    before = [] if model.carry == "merge" else steps_before(model)
    if model.method.whole:
        before = [step._replace(read=False) for step in before]
    return [*before, Step(model, read=True)]


def whole_before(model: Train | Base) -> Train | Base:
    """The last model of a chain that saved its whole encoder, or what the chain began with."""
    while isinstance(model, Train) and not model.method.whole:
        model = model.start
    return model


def lineage(model: Train | Base) -> list[Train]:
    """The trainings whose tensors make up a model, oldest first: none before one that saved the whole encoder."""
    return [step.stage for step in steps(model) if step.read]


def weights_read(stage: Stage) -> list[Train]:
    """The trainings whose weights must be there before `stage` can be made."""
    match stage:
        case Train():
            return [*(step.stage for step in steps_before(stage) if step.read), *stage.language_adapters]
        case Evaluate(language_adapter=Train() as adapter) | Vote(language_adapter=Train() as adapter):
            return [*lineage(stage.model), adapter]
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
            carried = () if stage.carry == "continue" else (stage.carry,)
            changed = [f"{mode}-{label(change)}" for mode, change in changed_text(stage).items()]
            parts = (*carried, label(stage.method), label(stage.objective), *changed, f"s{stage.seed}")
            return "-".join(("+".join(chain(stage)), *parts)).replace(" ", "_")
        case Evaluate() | Attack():
            model = slug(stage.model) if isinstance(stage.model, Train) else stage.model.model.rpartition("/")[2]
            return f"{model}-on-{slug(stage.data)}"
        case Vote():
            return f"{slug(stage.model)}-on-{slug(stage.data)}-{label(stage.voting)}"
    raise TypeError(f"{stage!r} is no stage")


def chain(model: Train) -> tuple[str, ...]:
    """What a model was trained on, in order; what is fused stands in one place."""
    before = [chain(start) for start in model.starts if isinstance(start, Train)]
    fused = ("(" + ",".join("+".join(each) for each in before) + ")",) if model.beside else None
    return (*(fused or (before[0] if before else ())), taught(model))


def taught(model: Train) -> str:
    """The tasks of one training, in brackets if they take turns, and in how many languages if in more than one.

    Of raw text also in which one: the same words mean little without it.
    """
    codes = {clean(data).language: None for data in model.data}
    name = " and ".join(model.tasks) if model.sampler is None else f"({together(tuple(model.tasks.values()))})"
    if len(codes) > 1:
        return f"{name} in {len(codes)} languages"
    return f"{name} in {next(iter(codes))}" if model.sampler is None and model.task.format is MLM else name


def together(tasks: Sequence[Task]) -> str:
    """What tasks that are learned at once are called."""
    return "+".join(map(label, tasks))


def changed_text(model: Train) -> dict[str, Perturbation]:
    """What changes the text of one training, by the mode: "offline", "online" or "view"."""
    offline = [data for data in model.data if isinstance(data, Perturb)]
    modes = {"offline": offline, "online": model.redrawn, "view": model.views}
    return {mode: changes[0].perturbation for mode, changes in modes.items() if changes}


def families_seen(model: "Train | Base") -> frozenset[str]:
    """The families of all changes of text that a model, or what it was trained on from, has learned from."""
    if not isinstance(model, Train):
        return frozenset()
    own = {change.family for change in changed_text(model).values()}
    return frozenset(own).union(*map(families_seen, model.starts))


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
        if isinstance(value, dict) and "kind" not in value:
            told.append(f"{key}={called('', value)}")
        elif isinstance(value, dict):
            inner = {field: setting for field, setting in value.items() if field not in {"kind", "VERSION"}}
            told.append(called(value["kind"], inner))
        else:
            told.append(f"{key}={value}")
    return f"{name}({','.join(told)})" if told else name
