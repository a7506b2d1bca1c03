"""Methods that cannot follow each other in an arm, and samplers that cannot share out the updates of its stages."""

from collections.abc import Iterable, Iterator

from crosswind import catalog
from crosswind.arms import Arm, spelled
from crosswind.complaints import Mistake
from crosswind.methods.carry import unfit
from crosswind.recipe import Recipe
from crosswind.stages import label
from crosswind.study import Study
from crosswind.tasks.base import Task


def unfit_methods(study: Study) -> Iterator[Mistake]:
    """Methods that cannot follow each other, or whose settings the encoder cannot take.

    The latter if the encoder's shape is known by now; else the training will say so.
    """
    shape = study.base.shape
    for number, arm in enumerate(study.arms):
        told = [("carry", each) for each in (*unfit_carries(arm), *unfusable(arm, study.targets))]
        if shape is not None:
            first = "intermediate_method" if arm.intermediate_method else "method"
            told += [(first, each) for each in arm.first_method.complaints(shape)]
            told += [("method", each) for each in arm.method.complaints(shape)]
        places: dict[str, str] = {}
        for key, complaint in told:
            places.setdefault(complaint, key)
        yield from ((("arm", number, key), complaint) for complaint, key in places.items())


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


def unfit_samplers(study: Study) -> Iterator[Mistake]:
    """Samplers that cannot share out the updates of their arms' stages."""
    for number, arm in enumerate(study.arms):
        for complaint in unfit_sampler(arm):
            yield ("arm", number, "sampler"), complaint
