"""What a stage does: the one place where a kind of stage meets the function that makes it."""

import glob
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from crosswind import mixing
from crosswind.augmenting import ALONE, Drawing, drawings_of, facts_of
from crosswind.evaluate import mining, outcomes, predict
from crosswind.evaluate.collisions import collisions
from crosswind.evaluate.effect import columns
from crosswind.evaluate.metrics import METRICS
from crosswind.formats import MLM
from crosswind.formats.base import Feature
from crosswind.formats.tables import write_examples
from crosswind.identity import Stage
from crosswind.jobs import Result
from crosswind.models.model import Model
from crosswind.models.several import HeadOfEach
from crosswind.perturbed_sets import perturbed_set
from crosswind.provenance import made_by
from crosswind.radii import radius_facts, yardstick_of
from crosswind.randomness import stream
from crosswind.records import StageRecord
from crosswind.stages import Align, Dataset, Evaluate, Perturb, Train, Vote, clean, label, slug
from crosswind.store import EXAMPLES, LINKS, OUTCOMES, RECORD, SCORES, VOTES, WEIGHTS, Store, file_name
from crosswind.text.words import segmenter
from crosswind.train import journal
from crosswind.train.blanked import Blanked, Reader
from crosswind.train.journal import Setting
from crosswind.train.loop import Diverged, Stopped, train
from crosswind.train.masked import Masked, Vocabulary
from crosswind.train.rows import Course, Fixed, OneTask, Rows
from crosswind.train.several import SeveralTasks
from crosswind.voting import vote
from crosswind.workshop import Workshop, begin_model, language_model_heads, speak

OBSERVED = 200  # training examples that a method is observed on once it has learned


@dataclass(frozen=True, slots=True)
class Made:
    """What a stage leaves behind: files of its work folder, and facts for its record."""

    files: tuple[str, ...]
    facts: Mapping[str, Any]


def perform(stages: Sequence[Stage], workshop: Workshop) -> list[Result]:
    """Make stages one after the other. Whatever goes wrong with one is its result and does not touch the next."""
    return [Result(stage.id, "stopped") if workshop.stop() else attempt(stage, workshop) for stage in stages]


def attempt(stage: Stage, workshop: Workshop) -> Result:
    """Make one stage and publish it."""
    store = workshop.store
    began = time.monotonic()
    try:
        work = store.work(stage)
        failure = ""
        try:
            made = make(stage, workshop, work)
        except Diverged as diverged:
            failure = f"diverged at {diverged}"
            made = Made((journal.FILE,) if (work / journal.FILE).exists() else (), vars(diverged))
        seconds = time.monotonic() - began
        facts = dict(made.facts) | {"wall_seconds": seconds, "peak_memory": peak_memory()}
        store.publish(stage, work, made.files, facts, made_by(str(workshop.device)), failure)
        return Result(stage.id, "failed" if failure else "done", failure, seconds=seconds)
    except Stopped:
        return Result(stage.id, "stopped")
    except Exception as error:  # noqa: BLE001  (a stage may fail in any way; the run goes on)
        return Result(stage.id, "broken", explain(error), log_failure(store, stage), time.monotonic() - began)


def make(stage: Stage, workshop: Workshop, work: Path) -> Made:
    """The one match from kind of stage to the function that makes it."""
    match stage:
        case Dataset():
            return make_dataset(stage, workshop, work)
        case Align():
            return make_align(stage, workshop, work)
        case Perturb():
            return make_perturb(stage, workshop, work)
        case Train():
            return make_train(stage, workshop, work)
        case Evaluate():
            return make_evaluate(stage, workshop, work)
        case Vote():
            return make_vote(stage, workshop, work)
    raise TypeError(f"nothing is known about making {slug(stage)}")


def make_dataset(stage: Dataset, workshop: Workshop, work: Path) -> Made:
    reading = stage.task.read(stage.language, stage.split, stage.limit, workshop.resources.library)
    examples = reading.examples
    if stage.part:
        first, step = stage.part
        examples = examples[first::step]
    if not examples:
        raise ValueError(f"{slug(stage)} is empty; a study needs at least one example in every split it uses")
    facts = reading.facts | {"units": len(examples)}
    refuse_other_files(stage, facts["sources"], workshop.store)
    write_examples(work / EXAMPLES, stage.task.format, examples)
    return Made((EXAMPLES,), facts)


def refuse_other_files(stage: Dataset, sources: Mapping[str, str], store: Store) -> None:
    """Raise ValueError where this store has read the same split from another file of the same name before.

    A described task's files are part of its id, so there another file is another task.
    """
    if stage.task.own_name:
        return
    for folder in store.folder(stage).parent.glob(f"{glob.escape(file_name(slug(stage)))}-*"):
        before = StageRecord.read(folder / RECORD).facts.get("sources", {})
        for name, found in sources.items():
            if before.get(name, found) != found:
                raise ValueError(
                    f"{slug(stage)}: {name} is another file than this store has read before (sha256 {before[name]}, "
                    f"now {found}); results from both must not mix: restore the file, or give the new one a --store of "
                    "its own"
                )


def make_align(stage: Align, workshop: Workshop, work: Path) -> Made:
    return Made((LINKS,), mixing.align(stage, workshop, work / LINKS))


def make_perturb(stage: Perturb, workshop: Workshop, work: Path) -> Made:
    examples, facts = perturbed_set(stage, workshop)
    write_examples(work / EXAMPLES, stage.data.task.format, examples)
    return Made((EXAMPLES,), facts)


def make_train(stage: Train, workshop: Workshop, work: Path) -> Made:
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
    return Made((WEIGHTS, journal.FILE), facts)


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


def make_evaluate(stage: Evaluate, workshop: Workshop, work: Path) -> Made:
    model, cache = workshop.model(stage)
    original = clean(stage.data)
    examples, encoding = workshop.examples(stage.data), workshop.encoding(stage.data, stage)
    known = len(cache)
    given = answers(workshop, model, stage, stage.data, cache)
    twins = outcomes.twins(examples, workshop.examples(original))
    untouched = [workshop.examples(original)[twin] for twin in twins]
    apart = workshop.pool(model, stage, stage.pool).texts if stage.pool else None
    collided = collisions(original.task.format, examples, untouched, apart)
    read = columns(*workshop.readings_of(stage.data, stage.base, stage.recipe.max_length), twins)
    table = outcomes.outcome_table(original.task, cell_of(stage), examples, untouched, given, collided, read)
    table.write_parquet(work / OUTCOMES)
    outcomes.score_table(original.task, table).write_parquet(work / SCORES)
    run = len(cache) - known
    facts = {"units": len(examples), "run": run, "truncated": encoding.truncated, "collided": sum(collided)}
    return Made((OUTCOMES, SCORES), facts)


def make_vote(stage: Vote, workshop: Workshop, work: Path) -> Made:
    table, facts = vote(stage, workshop)
    table.write_parquet(work / VOTES)
    return Made((VOTES,), facts)


def answers(
    workshop: Workshop, model: Model, stage: Train | Evaluate, data: Dataset | Perturb, cache: predict.Cache
) -> list[Any]:
    """A model's answers to a dataset, read as `stage` reads it."""
    found = outputs(workshop, model, stage, data, cache)
    beside = beside_examples(workshop, model, stage)
    features = workshop.encoding(data, stage).features
    return predict.answers(clean(data).task, workshop.examples(data), features, found, beside)


def outputs(
    workshop: Workshop, model: Model, stage: Train | Evaluate, data: Dataset | Perturb, cache: predict.Cache
) -> list[Any]:
    """What a model gives on a dataset, read as `stage` reads it."""
    features, pad = workshop.encoding(data, stage).features, workshop.tokenizer(stage.base).pad_token_id
    return predict.outputs(model, features, pad, workshop.tokens_per_batch, cache)


def beside_examples(workshop: Workshop, model: Model, stage: Train | Evaluate) -> predict.Beside:
    """What the answers to a stage's examples need beside them: a pool, a threshold, or nothing."""
    beside = predict.Beside(device=model.device)
    match stage:
        case Evaluate(pool=Dataset() as pool):
            return replace(beside, pool=workshop.pool(model, stage, pool))
        case Evaluate(dev=Dataset() as dev):
            chosen = workshop.keep((dev.id, "threshold"), lambda: choose_threshold(workshop, model, stage, dev))
            return replace(beside, threshold=chosen)
    return beside


def choose_threshold(workshop: Workshop, model: Model, stage: Evaluate, dev: Dataset) -> float:
    """The score from which on pairs are mined, as the clean dev set has it."""
    examples = workshop.examples(dev)
    found = outputs(workshop, model, stage, dev, {})
    return mining.threshold(examples, mining.mine(examples, [rows_1D[0] for rows_1D in found], model.device))


def score(workshop: Workshop, model: Model, stage: Train, data: Dataset, cache: predict.Cache) -> float:
    """The main score of a model on a dataset, without writing anything."""
    metric = METRICS[data.task.metric]
    given = answers(workshop, model, stage, data, cache)
    measured = [
        metric.measure(data.task.format.gold(example), answer.value, data.language)
        for example, answer in zip(workshop.examples(data), given, strict=True)
    ]
    return metric.scores(metric.totals(measured))[metric.main]


def cell_of(stage: Evaluate) -> outcomes.Cell:
    data = clean(stage.data)
    perturbed = stage.data if isinstance(stage.data, Perturb) else None
    return outcomes.Cell(
        task=task_name(data),
        language=data.language,
        condition=label(perturbed.perturbation) if perturbed else "clean",
        severity=perturbed.severity if perturbed else 0,
        draw=perturbed.draw if perturbed else 0,
        seed=stage.seed,
    )


def task_name(data: Dataset) -> str:
    return label(data.task)


def peak_memory() -> int:
    """The most bytes this process has held."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def explain(error: Exception) -> str:
    """One line for the summary."""
    first = str(error).strip().splitlines()[0] if str(error).strip() else "no message"
    return f"{type(error).__name__}: {first}"


def log_failure(store: Store, stage: Stage) -> str:
    """The whole traceback in a file, whose path is returned; empty when even that cannot be written."""
    try:
        path = store.failure_log(stage)
        path.write_text(f"{slug(stage)} ({stage.id})\n\n{traceback.format_exc()}", encoding="utf-8")
    except OSError:
        return ""
    return str(path)
