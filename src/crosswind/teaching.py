"""How a training is made: what it learns from, epoch by epoch, and by what its best weights are chosen."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from crosswind.answering import score
from crosswind.augmenting import ALONE, Drawing, drawings_of, facts_of
from crosswind.evaluate import predict
from crosswind.formats import MLM
from crosswind.formats.base import Feature
from crosswind.models.model import Model
from crosswind.models.several import HeadOfEach
from crosswind.radii import radius_facts, yardstick_of
from crosswind.randomness import stream
from crosswind.stages import Dataset, Perturb, Train, clean, label, slug
from crosswind.store import WEIGHTS
from crosswind.text.words import segmenter
from crosswind.train import journal
from crosswind.train.blanked import Blanked, Reader
from crosswind.train.journal import Setting
from crosswind.train.loop import train
from crosswind.train.masked import Masked, Vocabulary
from crosswind.train.rows import Course, Fixed, OneTask, Rows
from crosswind.train.several import SeveralTasks
from crosswind.workshop import Workshop, begin_model, language_model_heads, speak

OBSERVED = 200  # training examples that a method is observed on once it has learned


def teach(stage: Train, workshop: Workshop, work: Path) -> dict[str, Any]:
    """Train a model, leave its weights and its journal in a folder, and tell what there is to tell of it."""
    model = begin_model(workshop, stage)
    tokenizer = workshop.tokenizer(stage.base)
    resources = workshop.resources
    setting = Setting(
        folder=work,
        pad=tokenizer.pad_token_id,
        microbatch=resources.microbatch,
        checkpoint_seconds=resources.checkpoint_seconds,
        stop=workshop.stop,
    )

    select = partial(dev_score, workshop, model, stage) if stage.recipe.selection == "dev" and stage.dev else None
    drawings = drawings_of(stage, workshop)
    course = course_of(workshop, stage, drawings)
    yardstick = yardstick_of(stage, workshop, model, course)
    progress = train(model, course, stage.objective, stage.recipe, stage.seed, stage.depth, select, setting, yardstick)
    model.save(work / WEIGHTS)
    facts: dict[str, Any] = {
        "units": progress.update * stage.recipe.batch,
        "updates": progress.update,
        "tokens": progress.tokens,
        "train_seconds": progress.seconds,
        "dev": progress.best_score,
        "selected_update": progress.best_update or progress.update,
        "truncated": sum(workshop.encoding(data, stage).truncated for data in stage.data),
        "trained_parameters": sum(tensor.numel() for _, tensor in model.learned()),
        "epochs": list(journal.epochs(work / journal.FILE)),
    }
    facts |= radius_facts(stage.objective, yardstick)
    facts |= observed(stage, workshop, model, course)
    facts |= facts_of(drawings)
    if heads := language_model_heads(model):
        facts["language_model_head"] = heads[0].origin
    if stage.sampler is not None:
        facts |= {"turns": dict(progress.turns), "tokens_of": dict(progress.tokens_of)}
    return facts


def observed(stage: Train, workshop: Workshop, model: Model, course: Course) -> Mapping[str, Any]:
    """What a method tells of itself once it has learned; of a mix nothing, as no one head could be asked."""
    if stage.sampler is not None:
        return {}
    some, row_by_row = course.sample(OBSERVED), 1  # and so without padding
    pad = workshop.tokenizer(stage.base).pad_token_id
    return stage.method.observed(model.encoder, lambda: predict.outputs(model, some, pad, row_by_row, {}))


def course_of(workshop: Workshop, stage: Train, drawings: Mapping[str, Drawing]) -> Course:
    """What a stage learns from: all its data as one task's, or those of tasks that take turns; where text is changed
    anew, as it is drawn for each."""
    if stage.sampler is None:
        return OneTask(drawings[ALONE].rows if drawings else rows_of(workshop, stage, stage.data))
    if drawings:
        return SeveralTasks({name: drawings[name].rows for name in stage.tasks}, stage.sampler)
    rows = {name: rows_of(workshop, stage, stage.data_of(name)) for name in stage.tasks}
    return SeveralTasks(rows, stage.sampler)


def rows_of(workshop: Workshop, stage: Train, several: Sequence[Dataset | Perturb]) -> Rows:
    """The rows of some training sets as a stage reads them: the same in every epoch, but raw text hides other words in
    each, and so does any text of which a share is to be masked."""
    features = [feature for data in several for feature in workshop.encoding(data, stage).features]
    if clean(several[0]).task.format is MLM:
        return Masked(features, Vocabulary.of(workshop.tokenizer(stage.base)), stage.seed, stage.depth)
    return blanked(workshop, stage, several, features) if stage.mask else Fixed(features)


def blanked(workshop: Workshop, stage: Train, several: Sequence[Dataset | Perturb], whole: Sequence[Feature]) -> Rows:
    """The rows of a stage that masks words; `whole` are the features of the text as it is."""
    tokenizer, task, cut = workshop.tokenizer(stage.base), stage.task, segmenter(stage.segmenter)
    if tokenizer.mask_token is None:
        raise ValueError(f"{slug(stage)}: {stage.base.model} has no token that masks a word; train without mask")
    examples = [example for data in several for example in workshop.examples(data)]
    languages = [clean(data).language for data in several for _ in workshop.examples(data)]
    reader = Reader(task.format, task.labels, tokenizer, stage.recipe.max_length, cut, tokenizer.mask_token)
    return Blanked(examples, languages, whole, reader, stage.mask, stream(stage.seed, "mask", stage.depth))


def dev_score(workshop: Workshop, model: Model, stage: Train) -> float:
    """By what a stage's weights are selected: the mean main score of its dev sets.

    Of tasks that take turns each score is first put on one scale, where guessing is 0 and no mistake is 100: a point
    above chance is more where chance leaves fewer of them.
    """
    speak(model.encoder, stage.method, next(iter(stage.language_adapters), None))
    if not isinstance(model.head, HeadOfEach):
        return fmean(score(workshop, model, stage, data, {}) for data in stage.dev)
    scores = []
    for data in stage.dev:
        asked = model.asked(model.head.of(label(data.task)))
        scores.append((score(workshop, asked, stage, data, {}) - 100 * data.task.chance) / (1 - data.task.chance))
    return fmean(scores)
