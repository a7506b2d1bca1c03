"""What one process keeps between stages: the store, its share of the machine, and what it loaded last."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import torch

from crosswind import pocket
from crosswind.alignment import Aligner, middle_layer
from crosswind.evaluate import pools, predict
from crosswind.evaluate.effect import Reading, read
from crosswind.formats import MINE
from crosswind.formats.base import Encoding
from crosswind.formats.probe import Probe
from crosswind.formats.tables import read_examples, read_slices
from crosswind.machine import Resources
from crosswind.methods.base import Method, opened
from crosswind.methods.full import Full
from crosswind.methods.handover import set_aside, take_over
from crosswind.methods.languages import languages_of, settle
from crosswind.methods.madx import Madx
from crosswind.models.backbone import Encoder, Source, load_encoder, load_tokenizer
from crosswind.models.heads import HEADS, Head, MlmHead, RetrieveHead, num_scores
from crosswind.models.lm_heads import adopt
from crosswind.models.model import ENCODER, HEAD, Model
from crosswind.models.several import HeadOfEach
from crosswind.randomness import stream
from crosswind.recipe import Recipe
from crosswind.stages import Align, Base, Dataset, Evaluate, Perturb, Step, Train, Vote, clean, steps, steps_before
from crosswind.store import EXAMPLES, WEIGHTS, Store
from crosswind.tasks.base import Task

HEAD_DROPOUT = 0.1
KEPT_CALIBRATIONS = 1000
KEPT_ROWS = 1_000_000  # examples, and again features: two or three GB where sentences are of usual length

KEPT_MIXTURES = 2  # of whole datasets: severities and draws of one condition follow each other

T = TypeVar("T")


class Recent(OrderedDict[Any, Any]):
    """The values used last: as many as weigh at most `size` together, and one at least."""

    def __init__(self, size: int, weigh: Callable[[Any], int] = lambda _: 1):
        super().__init__()
        self.size, self.weigh = size, weigh
        self.weight = 0

    def get_or_make(self, key: Any, make: Callable[[], T]) -> T:
        if key not in self:
            self[key] = make()
            self.weight += self.weigh(self[key])
            while self.weight > self.size and len(self) > 1:
                self.weight -= self.weigh(self.popitem(last=False)[1])
        self.move_to_end(key)
        return self[key]  # type: ignore[no-any-return]


@dataclass
class Workshop:
    """What one process keeps between stages: the store, its share of the machine, and what it loaded last."""

    store: Store
    resources: Resources
    stop: Callable[[], bool] = field(default=lambda: False)

    def __post_init__(self) -> None:
        torch.set_num_threads(self.resources.threads)
        self.tokenizers = Recent(2)
        self.datasets = Recent(KEPT_ROWS, len)
        self.encodings = Recent(KEPT_ROWS, lambda encoding: len(encoding.features))
        self.readings = Recent(KEPT_ROWS, len)
        self.calibrations = Recent(KEPT_CALIBRATIONS)
        self.models = Recent(1)
        self.mixtures = Recent(KEPT_MIXTURES)
        self.kept: dict[Any, Any] = {}  # what that model gave and many evaluations need

    @property
    def device(self) -> torch.device:
        name = self.resources.device
        return torch.device(("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name)

    @property
    def tokens_per_batch(self) -> int:
        """Padded sub-words per forward pass: what fits a processor's cache, or what keeps a GPU busy."""
        return self.resources.tokens_per_batch or (32768 if self.device.type == "cuda" else 2048)

    def source(self, base: Base) -> Source:
        """Where an encoder is loaded from on this machine."""
        if base.model == "pocket":
            return Source(str(pocket.ENCODER))
        folder = self.resources.folders.get(base.revision)
        return Source(folder) if folder else Source(base.model, base.revision)

    def tokenizer(self, base: Base) -> Any:
        return self.tokenizers.get_or_make(base, lambda: load_tokenizer(self.source(base)))

    def examples(self, data: Dataset | Perturb) -> list[Any]:
        path = self.store.folder(data) / EXAMPLES
        form = clean(data).task.format
        return self.datasets.get_or_make(path, lambda: read_examples(self.store.file(data, EXAMPLES), form))

    def encoding(self, data: Dataset | Perturb, stage: Train | Evaluate | Vote) -> Encoding:
        """A dataset as `stage` reads it."""
        return self.encoded(data, stage.base, stage.recipe.max_length)

    def encoded(self, data: Dataset | Perturb, base: Base, max_length: int) -> Encoding:
        """A dataset as an encoder reads it at a length."""
        task = clean(data).task

        def encode() -> Encoding:
            return task.format.encode(self.examples(data), task.labels, self.tokenizer(base), max_length)

        return self.encodings.get_or_make((data.id, base, max_length), encode)

    def reading(self, data: Dataset | Perturb, base: Base, max_length: int, fields: tuple[str, ...]) -> Reading:
        """What an encoder's tokenizer makes of a dataset whose `fields` may change."""

        def read_again() -> Reading:
            encoding, form = self.encoded(data, base, max_length), clean(data).task.format
            return read(form, self.examples(data), fields, encoding, self.tokenizer(base))

        return self.readings.get_or_make((data.id, base, max_length, fields), read_again)

    def readings_of(self, data: Dataset | Perturb, base: Base, max_length: int) -> tuple[Reading, Reading]:
        """What a tokenizer makes of a dataset and of the clean one behind it, as far as texts may change."""
        fields = data.perturbation.fields if isinstance(data, Perturb) else ()
        return (
            self.reading(data, base, max_length, fields),
            self.reading(clean(data), base, max_length, fields),
        )

    def model(self, stage: Evaluate | Vote) -> tuple[Model, predict.Cache]:
        """The model that an evaluation or a vote asks, and the outputs that it has given so far."""
        data = clean(stage.data)
        asked = "" if data.task.has_training else data.task.id
        # What is mined in one language is not met again in another, and there is much of it to keep.
        spoken = stage.language_adapter.id if stage.language_adapter else ""
        key = stage.model.id, spoken, asked, data.language if data.task.format is MINE else ""

        def load() -> tuple[Model, predict.Cache]:
            self.kept.clear()
            return asked_model(self, stage), {}

        return self.models.get_or_make(key, load)

    def aligner(self, stage: Align) -> Aligner:
        """The pre-trained encoder as far as the layer that an alignment asks."""

        def load() -> Aligner:
            self.kept.clear()
            encoder = load_encoder(self.source(stage.base))
            encoder.end_at(probed_layer(stage, len(encoder.layers)))
            return Aligner(
                encoder.to(self.device).eval(), self.tokenizer(stage.base), self.device, self.tokens_per_batch
            )

        return self.models.get_or_make(("align", stage.base, stage.layer), load)

    def keep(self, key: Any, make: Callable[[], T]) -> T:
        """What `make` gives, made once for the model that is asked at present."""
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]  # type: ignore[no-any-return]

    def pool(self, model: Model, stage: Evaluate, data: Dataset) -> predict.Pool:
        """A pool of its own as vectors of the model that is asked at present, freed with it."""

        def encode() -> predict.Pool:
            slices = read_slices(self.store.file(data, EXAMPLES), data.task.format, pools.SLICE)
            tokenizer, folder = self.tokenizer(stage.base), self.store.root / "work"
            return pools.encoded(model, slices, tokenizer, stage.recipe.max_length, self.tokens_per_batch, folder)

        return self.keep((data.id, stage.recipe.max_length), encode)


def begin_model(workshop: Workshop, stage: Train) -> Model:
    """The model as a stage begins to train it: what came before, a fresh head, and what a method new to it adds."""
    encoder = restored(workshop, stage.base, stage.recipe, steps_before(stage), stage.language_adapters)
    take_over(encoder, stage.carry)
    is_new = opened(encoder) != stage.method
    stage.method.attach(encoder)
    model = Model(encoder, fresh_head(stage, encoder), stage.method, stage.recipe.precision)
    for head in language_model_heads(model):
        adopt(head, encoder, workshop.source(stage.base))
    if stage.head == "carried":
        assert isinstance(stage.start, Train)
        model.load(workshop.store.file(stage.start, WEIGHTS), parts=(HEAD,))
    if is_new:
        stage.method.draw(encoder, stream(stage.seed, "method", stage.depth))
    if len(stage.language_adapters) > 1:
        languages_of(encoder).drawn = tuple(map(named, stage.language_adapters))
    speak(encoder, stage.method, next(iter(stage.language_adapters), None))
    return model.to(workshop.device)


def language_model_heads(model: Model) -> list[MlmHead]:
    """The heads of raw text: the model's own, or one among those of tasks that take turns."""
    return [head for head in model.head.modules() if isinstance(head, MlmHead)]


def asked_model(workshop: Workshop, stage: Evaluate | Vote) -> Model:
    """What an evaluation asks: a trained model, or for a task without training the encoder that is there."""
    task = clean(stage.data).task
    if task.has_training:
        assert isinstance(stage.model, Train)
        return load_model(workshop, stage.model, stage.language_adapter)
    encoder = restored(workshop, stage.base, stage.recipe, steps(stage.model), spoken_by(stage))
    if isinstance(stage.model, Train):
        speak(encoder, stage.model.method, stage.language_adapter)
    encoder.end_at(task.probe.layer_of(len(encoder.layers)))
    head = RetrieveHead(encoder.width, len(task.labels), 0.0, torch.Generator(), task.probe.pooling)
    return Model(encoder, head, Full(), stage.recipe.precision).to(workshop.device)  # nothing learns, by no method


def load_model(workshop: Workshop, stage: Train, language_adapter: Train | None = None) -> Model:
    """A finished stage's model, speaking the language of an adapter."""
    *before, last = steps(stage)
    encoder = restored(workshop, stage.base, stage.recipe, before, (language_adapter,) if language_adapter else ())
    add(encoder, last.stage)
    speak(encoder, stage.method, language_adapter)
    model = Model(encoder, fresh_head(stage, encoder), stage.method, stage.recipe.precision)
    model.load(workshop.store.file(stage, WEIGHTS))
    return model.to(workshop.device)


def restored(
    workshop: Workshop, base: Base, recipe: Recipe, made_by: Sequence[Step], languages: Sequence[Train] = ()
) -> Encoder:
    """The pre-trained encoder with what trainings have made of it, able to read what a recipe asks for.

    It knows some languages by their adapters and speaks none of them.
    """
    encoder = load_encoder(workshop.source(base), recipe.dropout)
    check_length(encoder.limit, recipe, base)
    for language in languages:
        language.method.attach(encoder)
        model = Model(encoder, fresh_head(language, encoder), language.method)
        model.load(workshop.store.file(language, WEIGHTS), parts=(ENCODER,))
        settle(encoder, named(language))
    for step in made_by:
        add(encoder, step.stage)
        if step.read:
            model = Model(encoder, fresh_head(step.stage, encoder), step.stage.method)
            model.load(workshop.store.file(step.stage, WEIGHTS), parts=(ENCODER,))
    return encoder


def named(language: Train) -> str:
    """What the adapter of a language is called inside an encoder."""
    return f"language_{language.id}"


def spoken_by(stage: Evaluate | Vote) -> tuple[Train, ...]:
    """The language adapter of an evaluation, if it has one."""
    return () if stage.language_adapter is None else (stage.language_adapter,)


def speak(encoder: Encoder, method: Method, language: Train | None) -> None:
    """Let the adapter of a language count below a task adapter, or none; other methods know of no languages."""
    if isinstance(method, Madx):
        method.speak(encoder, named(language) if language else "")


def add(encoder: Encoder, stage: Train) -> None:
    """What a training has added to an encoder. One that began at the base stands beside those that are there."""
    if isinstance(stage.start, Base):
        set_aside(encoder)
    take_over(encoder, stage.carry)
    stage.method.attach(encoder)


def fresh_head(stage: Train, encoder: Encoder) -> Head:
    """What a stage's tasks add to the encoder: one head for all, or one for each if they take turns."""
    if stage.sampler is None:
        return head_for(stage.task, stage, encoder)
    return HeadOfEach({name: head_for(task, stage, encoder) for name, task in stage.tasks.items()})


def head_for(task: Task, stage: Train, encoder: Encoder) -> Head:
    """A head with weights drawn from the stage's own stream, the same whatever other heads there are."""
    generator = torch.Generator().manual_seed(stream(stage.seed, "head", stage.depth))
    dropout = HEAD_DROPOUT if stage.recipe.dropout is None else stage.recipe.dropout
    form = task.format.name
    return HEADS[form](encoder.width, num_scores(form, len(task.labels), encoder), dropout, generator)


def probed_layer(stage: Align, depth: int) -> int:
    """The layer that an alignment asks; raises ValueError where the encoder has no such layer."""
    return middle_layer(depth) if stage.layer is None else Probe(stage.layer).layer_of(depth)


def check_length(limit: int | None, recipe: Recipe, base: Base) -> None:
    if limit is not None and recipe.max_length > limit:
        raise ValueError(f"recipe.max_length is {recipe.max_length}, but {base.model} reads at most {limit}")
