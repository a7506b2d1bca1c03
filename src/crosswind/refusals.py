"""What a study asks for and cannot have: training without a training set, layers that are not there."""

from collections.abc import Iterable, Iterator

from crosswind import catalog
from crosswind.arms import Arm, spelled
from crosswind.augments import misfit
from crosswind.complaints import Place
from crosswind.formats import MINE, MLM, RETRIEVE
from crosswind.methods.carry import unfit
from crosswind.polls import repeated, unmaskable
from crosswind.polls import unfit as unfit_vote
from crosswind.recipe import Recipe
from crosswind.stages import Train, label, taught
from crosswind.study import Study
from crosswind.tasks.base import Task
from crosswind.tasks.shuffled import Shuffled
from crosswind.unspoken import mute_adapters

IDLE = "it is about intermediate tasks, and the arm has none; name some in its sequences, or remove it"


def refuse_untrainable(study: Study) -> None:
    """Say everything that a study wants trained and that cannot be."""
    found = [
        f"arm {arm.name}: {label(task)} has no training set, so it cannot stand in a sequence"
        for arm in study.arms
        for task in arm.tasks.values()
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
    found += [*unfit_methods(study), *unlabelled(study), *mute_adapters(study)]
    found += [*unmeasured(study), *unheld(study), *unmasked(study)]
    found += [f"arm {arm.name}: sampler: {complaint}" for arm in study.arms for complaint in unfit_sampler(arm)]
    if found:
        raise ValueError("\n".join(f"{study.name}: {each}" for each in found))


def refuse_pointless(study: str, planned: Iterable[Train]) -> None:
    """Say which objectives come to nothing under the recipes that they meet; once each, however many trainings."""
    found = {
        f"{study}: {taught(stage)}: {complaint}"
        for stage in planned
        for complaint in stage.objective.complaints(stage.recipe)
    }
    if found:
        raise ValueError("\n".join(sorted(found)))


def unlabelled(study: Study) -> Iterator[str]:
    """Raw text whose labels should be exchanged: it has none."""
    for arm in study.arms:
        for task in arm.tasks.values():
            if isinstance(task, Shuffled) and task.format is MLM:
                yield f"arm {arm.name}: raw text has no labels that could be exchanged; shuffle another task"


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
    longest = max(map(len, arm.every_sequence))
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
        if () in arm.every_sequence:
            yield "sequence [] leaves no adapters to fuse; remove it, or give it an arm of its own"
        yield from fused_twice(arm)
        for target in targets:
            if not target.has_training:
                yield f"{label(target)} is not trained, so that nothing could be fused for it; use another carry"
    elif "fusion" in (arm.method.learns, arm.first_method.learns):
        yield f"carry is {arm.carry!r}, but fusion needs adapters side by side; write carry = 'fuse'"


def fused_twice(arm: Arm) -> Iterator[str]:
    """Stages that stand twice in a sequence, and sequences that differ only in order, which does not matter here."""
    known: set[frozenset[str]] = set()
    for names in [sorted(spelled((link,)) for link in sequence) for sequence in arm.sequences]:
        if frozenset(names) in known or len(set(names)) < len(names):
            yield f"{', '.join(names)} are fused twice, whatever their order; name each task and each set once"
        known.add(frozenset(names))


def unfit_sampler(arm: Arm) -> Iterator[str]:
    """What an arm's sampler cannot do for its stages that learn several tasks at once."""
    if not arm.mixes:
        if "sampler" in arm.model_fields_set:
            yield 'no sequence has a list in it, so no tasks take turns; write [["a", "b"], ...] or remove it'
        return
    known = {label(task) for tasks in arm.mixes.values() for task in tasks}
    for name in sorted(arm.sampler.named - known):
        yield f"no list of the sequences has a task {name!r}{catalog.suggestion(name, known)}"
    for mix, tasks in arm.mixes.items():
        yield from (f"{mix}: {complaint}" for complaint in arm.sampler.complaints([label(task) for task in tasks]))


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
        for source in study.sources(arm):
            if not found.from_(source).languages:
                yield (
                    f"arm {arm.name}: unit translation: the dictionary translates {source} into no language that the "
                    f"study evaluates ({', '.join(found.languages)})"
                )
        for mix, tasks in arm.mixes.items():
            codes = sorted({task.source for task in tasks})
            if len(codes) > 1:
                yield (
                    f"arm {arm.name}: unit translation: the tasks of {mix} have no one source language "
                    f"({', '.join(codes)}); give them stages of their own"
                )


def unmasked(study: Study) -> Iterator[str]:
    """Words to be masked where a label has its place in the text, or by an encoder that has no mask."""
    family = study.base.shape.family if study.base.shape else None
    for arm in study.arms:
        for target in study.targets if arm.mask else ():
            if reason := unmaskable(target, family):
                yield f"arm {arm.name}: mask: not on {label(target)}: {reason}"
        change = arm.change(is_target=True)
        if arm.mask and change and change.mode != "offline":
            yield (
                f"arm {arm.name}: mask: words are masked anew in every epoch, and so does augment change the text; "
                'write mode = "offline", or remove one of them'
            )


def unheld(study: Study) -> Iterator[str]:
    """Votes on what has no answers to count, and by models or on targets that the study does not have."""
    family = study.base.shape.family if study.base.shape else None
    known = {"arm": [arm.name for arm in study.arms], "target": [label(target) for target in study.targets]}
    yield from (f"vote {told}" for told in repeated(study.polls, known["arm"], known["target"]))
    for poll in study.polls:
        name = f"vote {label(poll.voting)}"
        for noun, asked in (("arm", poll.arms), ("target", poll.targets)):
            strange = sorted(set(asked) - {*known[noun]})
            yield from (
                f"{name}: the study has no {noun} {each!r}{catalog.suggestion(each, known[noun])}" for each in strange
            )
        for target in study.targets:
            reason = unfit_vote(poll.voting, target, family)
            if reason and label(target) in (poll.targets or known["target"]):
                yield f"{name}: not on {label(target)}: {reason}; name the targets that are meant"
        if poll.voting.needs_translations and study.distances is None:
            yield f"{name}: unit translation needs a dictionary; name one at the top of the study"


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
