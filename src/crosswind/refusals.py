"""What a study asks for and cannot have: training without a training set, layers that are not there."""

from collections.abc import Iterable, Iterator

from crosswind import catalog
from crosswind.formats import MINE, RETRIEVE
from crosswind.methods.carry import unfit
from crosswind.recipe import Recipe
from crosswind.stages import label
from crosswind.study import Arm, Study
from crosswind.tasks.base import Task


def refuse_untrainable(study: Study) -> None:
    """Say everything that a study wants trained and that cannot be."""
    found = [
        f"arm {arm.name}: {label(task)} has no training set, so it cannot stand in a sequence"
        for arm in study.arms
        for task in {label(task): task for sequence in arm.sequences for task in sequence}.values()
        if "train" not in task.sizes
    ]
    found += [
        f"target {label(target)}: has no test set with labels, so it can only be trained on: name it in a sequence"
        for target in study.targets
        if "test" not in target.sizes
    ]
    for target in (target for target in study.targets if not target.has_training):
        if target.format not in (RETRIEVE, MINE):
            found.append(
                f"target {label(target)}: has no training set, which only retrieval and mining can do without; its "
                f"format is {target.format.name}, so give it a training set or name the task that it trains_on"
            )
        if target.format is MINE and "dev" not in target.sizes:
            found.append(
                f"target {label(target)}: pairs are mined from the score on that a dev set shows to be best, and it "
                "has none; give it one"
            )
        found += too_deep(target, study.base.depth)
        if label(target) in study.recipes:
            found.append(f"recipes.{label(target)}: the task is not trained and keeps its own recipe; remove this one")
    found += unfit_methods(study)
    if found:
        raise ValueError("\n".join(f"{study.name}: {each}" for each in found))


def unfit_methods(study: Study) -> Iterator[str]:
    """Methods that cannot follow each other, or whose settings the encoder cannot take.

    The latter if the encoder's shape is known by now; else the training will say so.
    """
    shape = study.base.shape
    for arm in study.arms:
        told = [*unfit_carries(arm), *unfusable(arm, study.targets)]
        if shape is not None:
            told += [*arm.first_method.complaints(shape), *arm.method.complaints(shape)]
        yield from (f"arm {arm.name}: {complaint}" for complaint in dict.fromkeys(told))


def unfit_carries(arm: Arm) -> Iterator[str]:
    """Methods of an arm that cannot take over from each other as it says."""
    longest = max(map(len, arm.sequences))
    if longest == 0 and (arm.carry != "continue" or arm.intermediate_method or arm.intermediate_recipe != Recipe()):
        yield (
            "carry, intermediate_method and intermediate_recipe are about intermediate tasks, and the arm has none; "
            "name some in its sequences, or remove these"
        )
    if longest > 1 and arm.carry != "fuse":
        yield from unfit(arm.first_method, arm.first_method, arm.carry_between)
    if longest > 0:
        yield from unfit(arm.first_method, arm.method, arm.carry)


def unfusable(arm: Arm, targets: Iterable[Task]) -> Iterator[str]:
    """What is asked of fusion that it cannot do: it needs adapters to fuse, and a task to learn attention from."""
    if arm.carry == "fuse":
        if () in arm.sequences:
            yield "sequence [] leaves no adapters to fuse; remove it, or give it an arm of its own"
        yield from fused_twice(arm)
        for target in targets:
            if not target.has_training:
                yield f"{label(target)} is not trained, so that nothing could be fused for it; use another carry"
    elif "fusion" in (arm.method.learns, arm.first_method.learns):
        yield f"carry is {arm.carry!r}, but fusion needs adapters side by side; write carry = 'fuse'"


def fused_twice(arm: Arm) -> Iterator[str]:
    """Tasks that stand twice in a sequence, and sequences that differ only in order, which does not matter here."""
    known: set[frozenset[str]] = set()
    for names in [sorted(map(label, sequence)) for sequence in arm.sequences]:
        if frozenset(names) in known or len(set(names)) < len(names):
            yield f"{', '.join(names)} are fused twice, whatever their order; name each task and each set once"
        known.add(frozenset(names))


def repeated_data(study: Study) -> Iterator[str]:
    """Warnings of what a sequence teaches although a target learns it anyway: such a gain is no transfer."""
    pairs = {
        (label(task), label(target)): (task, target)
        for arm in study.arms
        for sequence in arm.sequences
        for task in sequence
        for target in study.targets
    }
    for (before, after), (task, target) in pairs.items():
        name = catalog.name_of(type(task))
        if name in target.teachers or {catalog.name_of(type(target)), *target.teachers} & {*task.shares}:
            yield f"warning: {before} before {after}: both learn from the same data, so a gain is no transfer"


def too_deep(target: Task, depth: int | None) -> Iterator[str]:
    """A layer that the encoder does not have, if its depth is known by now; else the evaluation will say so."""
    try:
        if depth is not None:
            target.probe.layer_of(depth)
    except ValueError as error:
        yield f"target {label(target)}: {error}"
