"""What a study asks for and cannot have: training without a training set, layers that are not there."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from crosswind import catalog
from crosswind.arms import Arm
from crosswind.augments import misfit
from crosswind.complaints import Mistake, Place
from crosswind.formats import MINE, MLM, RETRIEVE
from crosswind.identity import Stage
from crosswind.polls import Poll, repeated, unmaskable
from crosswind.polls import unfit as unfit_vote
from crosswind.stages import Train, label, parents, taught
from crosswind.study import Study
from crosswind.tasks.base import Task
from crosswind.tasks.shuffled import Shuffled
from crosswind.unfit import unfit_methods, unfit_samplers
from crosswind.unspoken import mute_adapters

IDLE = "it is about intermediate tasks, and the arm has none; name some in its sequences, or remove it"


def refuse_untrainable(study: Study) -> None:
    """Say everything that a study wants trained and that cannot be, each at its place."""
    looks = (
        untaught,
        untested,
        unfit_methods,
        unlabelled,
        mute_adapters,
        unmeasured,
        unheld,
        unmasked,
        unfit_samplers,
    )
    study.refuse(found for look in looks for found in look(study))


def untaught(study: Study) -> Iterator[Mistake]:
    """Tasks in sequences that have no training set."""
    for number, arm in enumerate(study.arms):
        for task in arm.tasks.values():
            if "train" not in task.sizes:
                message = f"{label(task)} has no training set, so it cannot stand in a sequence"
                yield ("arm", number, "sequences"), message


def untested(study: Study) -> Iterator[Mistake]:
    """Targets that cannot be asked, or not without training."""
    for target in study.targets:
        if "test" not in target.sizes:
            told = "has no test set with labels, so it can only be trained on: name it in a sequence"
            yield ("targets",), f"target {label(target)}: {told}"
        if not target.has_training:
            yield from untrained(study, target)


def untrained(study: Study, target: Task) -> Iterator[Mistake]:
    """What a target without training lacks."""
    if target.format not in (RETRIEVE, MINE):
        yield (
            ("targets",),
            f"target {label(target)}: has no training set, which only retrieval and mining can do without; its "
            f"format is {target.format.name}, so give it a training set or name the task that it trains_on",
        )
    if target.format is MINE and "dev" not in target.sizes:
        yield (
            ("targets",),
            f"target {label(target)}: pairs are mined from the score on that a dev set shows to be best, and it has "
            "none; give it one",
        )
    yield from ((("targets",), told) for told in too_deep(target, study.base.depth))
    if label(target) in study.recipes:
        told = "the task is not trained and keeps its own recipe; remove this one"
        yield ("recipes", label(target)), told


def pointless(study: Study, stages: Mapping[str, Stage], asked: Iterable[tuple[str, str]]) -> Iterator[Mistake]:
    """Objectives that come to nothing under the recipes that they meet, at the arms whose they are.

    `asked` are arms with the stages that are asked in the end.
    """
    wrong = {
        stage.id: [f"{taught(stage)}: {complaint}" for complaint in stage.objective.complaints(stage.recipe)]
        for stage in stages.values()
        if isinstance(stage, Train)
    }
    if not any(wrong.values()):
        return
    numbers = {arm.name: number for number, arm in enumerate(study.arms)}
    for name, key in sorted(set(asked), key=lambda each: numbers[each[0]]):
        for stage in behind(stages[key]) if key else ():
            yield from ((("arm", numbers[name], "objective"), told) for told in wrong.get(stage.id, ()))


def behind(stage: Stage) -> Iterator[Train]:
    """Every training that a stage rests on."""
    for parent in parents(stage):
        if isinstance(parent, Train):
            yield parent
            yield from behind(parent)


def unlabelled(study: Study) -> Iterator[Mistake]:
    """Raw text whose labels should be exchanged: it has none."""
    for number, arm in enumerate(study.arms):
        for task in arm.tasks.values():
            if isinstance(task, Shuffled) and task.format is MLM:
                message = "raw text has no labels that could be exchanged; shuffle another task"
                yield ("arm", number, "sequences"), message


def unmeasured(study: Study) -> Iterator[Mistake]:
    """Radii in distances between translations that no dictionary knows."""
    for number, arm in enumerate(study.arms):
        if arm.objective.needs_translations:
            told = untranslated(study, arm)
            yield from ((("arm", number, "objective"), f"unit translation{each}") for each in told)


def untranslated(study: Study, arm: Arm) -> Iterator[str]:
    """Why the distances between translations are not known to an arm."""
    found = study.distances
    if found is None:
        yield (
            " is the distance between words and their translations, and no dictionary is named: say "
            'dictionary = "FOLDER" at the top of the study, a folder of files named by two languages, as deu-eng.tei'
        )
        return
    for source in study.sources(arm):
        if not found.from_(source).languages:
            yield (
                f": the dictionary translates {source} into no language that the study evaluates "
                f"({', '.join(found.languages)})"
            )
    for mix, tasks in arm.mixes.items():
        codes = sorted({task.source for task in tasks})
        if len(codes) > 1:
            told = f"the tasks of {mix} have no one source language ({', '.join(codes)})"
            yield f": {told}; give them stages of their own"


def unmasked(study: Study) -> Iterator[Mistake]:
    """Words to be masked where a label has its place in the text, or by an encoder that has no mask."""
    family = study.base.shape.family if study.base.shape else None
    for number, arm in enumerate(study.arms):
        place = ("arm", number, "mask")
        for target in study.targets if arm.mask else ():
            if reason := unmaskable(target, family):
                yield place, f"not on {label(target)}: {reason}"
        change = arm.change(is_target=True)
        if arm.mask and change and change.mode != "offline":
            yield (
                place,
                "words are masked anew in every epoch, and so does augment change the text; "
                'write mode = "offline", or remove one of them',
            )


def unheld(study: Study) -> Iterator[Mistake]:
    """Votes on what has no answers to count, and by models or on targets that the study does not have."""
    known = {"arm": [arm.name for arm in study.arms], "target": [label(target) for target in study.targets]}
    for number, told in repeated(study.polls, known["arm"], known["target"]):
        yield ("vote", number), f"vote {told}"
    for number, poll in enumerate(study.polls):
        name = f"vote {label(poll.voting)}"
        for noun, asked in (("arm", poll.arms), ("target", poll.targets)):
            for each in sorted(set(asked) - {*known[noun]}):
                hint = catalog.suggestion(each, known[noun])
                yield ("vote", number, f"{noun}s"), f"{name}: the study has no {noun} {each!r}{hint}"
        for told in uncounted(study, poll, poll.targets or known["target"]):
            yield ("vote", number, "voting"), f"{name}: {told}"


def uncounted(study: Study, poll: Poll, targets: Collection[str]) -> Iterator[str]:
    """Why a vote cannot be held."""
    family = study.base.shape.family if study.base.shape else None
    for target in (target for target in study.targets if label(target) in targets):
        if reason := unfit_vote(poll.voting, target, family):
            yield f"not on {label(target)}: {reason}; name the targets that are meant"
    if poll.voting.needs_translations and study.distances is None:
        yield "unit translation needs a dictionary; name one at the top of the study"


def repeated_data(study: Study) -> Iterator[str]:
    """Warnings of what a sequence teaches although a target learns it anyway: such a gain is no transfer."""
    pairs = {
        (label(task), label(target)): (task, target)
        for arm in study.arms
        for task in arm.tasks.values()
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


def misfit_augments(study: Study) -> Iterator[tuple[Place, str]]:
    """Changes of training text that a task of an arm cannot take in a language that it is trained in, or that are for
    tasks of which the arm has none."""
    for number, arm in enumerate(study.arms):
        before = arm.tasks
        if not before and arm.augment and arm.augment.stages == "intermediate":
            yield ("arm", number, "augment", "stages"), IDLE
        if not before and arm.regime.kind != "source":
            yield ("arm", number, "regime"), IDLE
        taught = {label(task): task for target in study.targets for task in learned(study, target)}
        for is_target, tasks in ((False, before), (True, taught)):
            change = arm.change(is_target=is_target)
            for task in tasks.values() if change else ():
                assert change is not None
                codes = (task.source,) if is_target else arm.regime.of(task)
                reasons = [misfit(change.perturbation, change.level, task, code) for code in codes]
                if why := next(filter(None, reasons), ""):
                    place = ("arm", number, "augment" if change is arm.augment else "regime")
                    yield (
                        place,
                        f"{label(change.perturbation)} cannot change {label(task)} in {' or '.join(codes)}: {why}",
                    )


def learned(study: Study, target: Task) -> list[Task]:
    """The tasks from whose training sets a target learns."""
    return [study.task_called(name) for name in target.teachers] or [target] * target.has_training
