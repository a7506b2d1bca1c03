"""What a stage does: the one place where a kind of stage meets the function that makes it."""

import glob
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosswind import mixing
from crosswind.answering import answers
from crosswind.evaluate import outcomes
from crosswind.evaluate.collisions import collisions
from crosswind.evaluate.effect import columns
from crosswind.formats.tables import write_examples
from crosswind.identity import Stage
from crosswind.jobs import Result
from crosswind.perturbed_sets import perturbed_set
from crosswind.provenance import made_by
from crosswind.records import StageRecord
from crosswind.stages import Align, Dataset, Evaluate, Perturb, Train, Vote, clean, label, slug
from crosswind.store import EXAMPLES, LINKS, OUTCOMES, RECORD, SCORES, VOTES, WEIGHTS, Store, file_name
from crosswind.teaching import teach
from crosswind.train import journal
from crosswind.train.loop import Diverged, Stopped
from crosswind.voting import vote
from crosswind.workshop import Workshop


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
    return Made((WEIGHTS, journal.FILE), teach(stage, workshop, work))


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
