"""What a study asks for and cannot have: training without a training set, layers that are not there."""

from collections.abc import Iterator

from crosswind import catalog
from crosswind.formats import MINE, RETRIEVE
from crosswind.polls import unfit, unmaskable
from crosswind.stages import label
from crosswind.study import Study
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
    found += unmeasured(study)
    found += unheld(study)
    found += unmasked(study)
    if found:
        raise ValueError("\n".join(f"{study.name}: {each}" for each in found))


def unfit_methods(study: Study) -> Iterator[str]:
    """Methods whose settings the encoder cannot take, if its shape is known by now; else the training will say so."""
    shape = study.base.shape
    if shape is not None:
        for arm in study.arms:
            yield from (f"arm {arm.name}: {complaint}" for complaint in arm.method.complaints(shape))


def unmeasured(study: Study) -> Iterator[str]:
    """Radii in distances between translations that no dictionary knows."""
    found = study.distances
    for arm in study.arms:
        if not arm.objective.needs_translations:
            continue
        if found is None:
            yield (
                f"arm {arm.name}: unit translation is the distance between words and their translations, and no "
                'dictionary is named: say dictionary = "FOLDER" at the top of the study, a folder of files named by '
                "two languages, as deu-eng.tei"
            )
            continue
        taught = [task for sequence in arm.sequences for task in sequence] + [*study.targets]
        for source in dict.fromkeys(task.source for task in taught):
            if not found.from_(source).languages:
                yield (
                    f"arm {arm.name}: unit translation: the dictionary translates {source} into no language that the "
                    f"study evaluates ({', '.join(found.languages)})"
                )


def unmasked(study: Study) -> Iterator[str]:
    """Words to be masked where a label has its place in the text, or by an encoder that has no mask."""
    family = study.base.shape.family if study.base.shape else None
    for arm in study.arms:
        for target in study.targets if arm.mask else ():
            if reason := unmaskable(target, family):
                yield f"arm {arm.name}: mask: not on {label(target)}: {reason}"


def unheld(study: Study) -> Iterator[str]:
    """Votes on what has no answers to count, and by models or on targets that the study does not have."""
    family = study.base.shape.family if study.base.shape else None
    known = {"arm": [arm.name for arm in study.arms], "target": [label(target) for target in study.targets]}
    for poll in study.polls:
        name = f"vote {label(poll.voting)}"
        for noun, asked in (("arm", poll.arms), ("target", poll.targets)):
            strange = sorted(set(asked) - {*known[noun]})
            yield from (
                f"{name}: the study has no {noun} {each!r}{catalog.suggestion(each, known[noun])}" for each in strange
            )
        for target in study.targets:
            reason = unfit(poll.voting, target, family)
            if reason and label(target) in (poll.targets or known["target"]):
                yield f"{name}: not on {label(target)}: {reason}; name the targets that are meant"
        if poll.voting.needs_translations and study.distances is None:
            yield f"{name}: unit translation needs a dictionary; name one at the top of the study"


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
