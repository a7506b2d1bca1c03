"""The training loop. Every stage of every study runs through `train`; objectives and methods change what happens inside
an update, never the loop around it."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from crosswind.models.batch import Batch, collate, collate_both
from crosswind.models.model import Model
from crosswind.objectives.base import Objective, Step
from crosswind.randomness import stream
from crosswind.recipe import Recipe
from crosswind.train import checkpoint
from crosswind.train.batches import is_check, microbatches, tokens
from crosswind.train.checkpoint import Checkpoint, Progress
from crosswind.train.journal import Journal, Setting
from crosswind.train.optimizer import make_optimizer, rate, set_rate
from crosswind.train.rows import Course, Lesson
from crosswind.train.yardstick import Yardstick, measured_by


class Diverged(ArithmeticError):
    """The loss or the gradient stopped being a number; a result of the run, not a mistake in it."""

    def __init__(self, update: int, loss: float, norm: float):
        super().__init__(f"update {update}: loss {loss}, gradient norm {norm}")
        self.update, self.loss, self.norm = update, loss, norm


class Stopped(InterruptedError):
    """The run was asked to stop; the checkpoint holds everything up to here."""


def train(
    model: Model,
    course: Course,
    objective: Objective,
    recipe: Recipe,
    seed: int,
    depth: int,
    dev_score: Callable[[], float] | None,
    setting: Setting,
    yardstick: Yardstick | None = None,
) -> Progress:
    """Train `model` in place and leave it with the selected weights; a checkpoint in the folder is resumed.

    `yardstick` is what radii are measured by; where it is left out, token norms are all there is.
    """
    total = course.updates(recipe)
    optimizer = make_optimizer(model, recipe)
    parameters = [tensor for _, tensor in model.learned()]
    yardstick = yardstick or measured_by(model, course, objective.place)  # before resuming brings later weights
    with private_randomness(model.device, stream(seed, "dropout", depth)):
        progress, best = resume(model, optimizer, setting.folder)
        journal = Journal(setting, progress)
        model.train()
        for lesson in course.lessons(recipe, seed, depth, progress.update):
            set_rate(optimizer, recipe.learning_rate * rate(recipe, progress.update, total))
            micro = [batch.to(model.device) for batch in batches_of(lesson, setting)]
            model.prepare(stream(seed, "prepare", depth, progress.update))
            step = Step(stream(seed, "noise", depth, progress.update), yardstick.token_norm, yardstick.translation)
            outcome = objective.update(model, micro, step)
            penalty = penalised(model)
            norm = float(torch.nn.utils.clip_grad_norm_(parameters, recipe.max_norm))
            loss = float(outcome.loss)
            if not math.isfinite(loss + norm):
                journal.flush()
                raise Diverged(progress.update + 1, loss, norm)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            progress = journal.tick(progress, tokens_read(lesson), lesson.task)
            measured = yardstick.told({name: float(value) for name, value in outcome.measured.items()})
            told = {"loss": loss, **measured, **penalty, **lesson.told}
            journal.log(progress, total, norm, told, lesson.epoch)
            if dev_score and is_check(recipe, progress.update, total):
                progress, best = check(model, dev_score, progress, best, journal)
            stopping = setting.stop()
            if stopping or journal.due():
                journal.flush()  # or a run that goes on from here would have nothing of these updates
                save_state(model, optimizer, best, progress, setting.folder)
            if stopping and progress.update < total:
                raise Stopped
        put(model, best)
    return progress


def batches_of(lesson: Lesson, setting: Setting) -> list[Batch]:
    """A lesson as microbatches, each with its views if there are some."""
    parts = microbatches(lesson.features, setting.microbatch)
    if not lesson.views:
        return [collate(part, setting.pad, lesson.task) for part in parts]
    views = microbatches(lesson.views, setting.microbatch)
    both = zip(parts, views, strict=True)
    return [collate_both(part, beside, setting.pad, lesson.task) for part, beside in both]


def tokens_read(lesson: Lesson) -> int:
    """How many sub-words of text an update reads, those of views among them."""
    return tokens([*lesson.features, *(view.feature for view in lesson.views)])


def penalised(model: Model) -> dict[str, float]:
    """Add the gradient of the method's penalty, once an update in however many microbatches its text comes."""
    penalty = model.penalty()
    if penalty is None:
        return {}
    penalty.backward()  # type: ignore[no-untyped-call]
    return {"penalty": float(penalty.detach())}


@contextmanager
def private_randomness(device: torch.device, seed: int) -> Iterator[None]:
    """Dropout draws from torch's global generators, so they are seeded here and put back as they were."""
    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        yield


def check(
    model: Model, dev_score: Callable[[], float], progress: Progress, best: dict[str, Tensor], journal: Journal
) -> tuple[Progress, dict[str, Tensor]]:
    """Score the dev set; a new best (ties keep the earlier one) is copied aside."""
    states = checkpoint.generator_states(model.device)
    score = dev_score()
    checkpoint.restore_generators(states, model.device)
    model.train()
    journal.write({"update": progress.update, "dev": score})
    if progress.best_score is not None and score <= progress.best_score:
        return progress, best
    return replace(progress, best_score=score, best_update=progress.update), copies(model)


def copies(model: Model) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.learned()}


def put(model: Model, weights: dict[str, Tensor]) -> None:
    """Give the model the weights that selection kept, if it kept any."""
    with torch.no_grad():
        for name, tensor in model.learned():
            if name in weights:
                tensor.copy_(weights[name])


def resume(model: Model, optimizer: torch.optim.Optimizer, folder: Path) -> tuple[Progress, dict[str, Tensor]]:
    """The state of a stopped stage, or a fresh one."""
    found = checkpoint.load(folder)
    if found is None:
        return Progress(), {}
    put(model, dict(found.weights))
    checkpoint.restore_optimizer(optimizer, found.optimizer)
    checkpoint.restore_generators(found.generators, model.device)
    return found.progress, {name: tensor.to(model.device) for name, tensor in found.best.items()}


def save_state(
    model: Model, optimizer: torch.optim.Optimizer, best: dict[str, Tensor], progress: Progress, folder: Path
) -> None:
    """Everything that `resume` needs."""
    states = checkpoint.generator_states(model.device)
    weights = {name: tensor for name, tensor in model.learned()}  # noqa: C416  (a copy of references, not of tensors)
    checkpoint.save(folder, Checkpoint(progress, weights, best, checkpoint.optimizer_tensors(optimizer), states))
