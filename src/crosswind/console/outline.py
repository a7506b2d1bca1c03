"""A plan in words: the tree of trainings, what is shared, what is there, what it will cost."""

from collections.abc import Iterator

from crosswind.console.prospects import prospects
from crosswind.estimate import Throughput
from crosswind.identity import Stage
from crosswind.machine import cores, default_workers
from crosswind.makers import Makers
from crosswind.plan import Plan, trainings
from crosswind.quantities import counted_things, duration, size
from crosswind.refusals import repeated_data
from crosswind.report.tree import stand_ins, tree
from crosswind.stages import kind
from crosswind.store import KINDS, Store


def outline(plan: Plan, store: Store) -> Iterator[str]:
    """What `crosswind plan` prints."""
    held = store.held()
    study = plan.study
    arms = {"arm": study.arms} | ({"control": plan.companions} if plan.companions else {})
    counts = arms | {"target": study.targets, "seed": study.seeds, "cell": plan.cells}
    yield f"{study.name}: {', '.join(counted_things(len(things), noun) for noun, things in counts.items())}"
    yield ""
    yield from tree(plan, held)
    yield ""
    if plan.companions:
        yield from controls(plan)
        yield ""
    yield f"trainings: {plan.one_by_one} one by one, {plan.count('train')} with equal ones merged"
    for name in KINDS:
        stages = [stage for stage in plan.stages.values() if kind(stage) == name]
        if stages:
            there = sum(stage.id in held for stage in stages)
            yield f"{name:9} {len(stages):6} stages, {there} in the store, {len(stages) - there} to make"
    yield from not_applicable(plan)
    yield from stand_ins(plan)
    yield from repeated_data(study)
    yield from prospects(plan, store, held)
    yield ""
    yield from costs(plan, store, held)


def controls(plan: Plan) -> Iterator[str]:
    """Which control stands beside which arm, and where it cannot."""
    width = max(len(each.name) for each in plan.companions)
    for each in plan.companions:
        several = len(each.pairs) + len(each.absent)
        where = f"{len(each.pairs)} of {several} sequences and targets" if each.absent else "all sequences and targets"
        yield f"{each.name:{width}}  control of {each.of}, beside {where}"
        for reason in dict.fromkeys(each.absent.values()):
            yield f"{'':{width}}  not where {reason}"


def not_applicable(plan: Plan) -> Iterator[str]:
    reasons = sorted({cell.reason for cell in plan.cells if cell.reason})
    if reasons:
        yield f"not applicable: {sum(bool(cell.reason) for cell in plan.cells)} cells"
        yield from (f"  {reason}" for reason in reasons[:12])
        if len(reasons) > 12:
            yield f"  and {len(reasons) - 12} more reasons"


def costs(plan: Plan, store: Store, held: set[str]) -> Iterator[str]:
    """Time and disk of what is to make, from what this store has measured."""
    todo = [stage for stage in plan.stages.values() if stage.id not in held]
    if not todo:
        yield "nothing to make"
        return
    speed = Throughput.of(store, plan.stages.values())
    seconds, workers = speed.total(todo), default_workers()
    threads = counted_things(max(1, cores() // workers), "thread")
    yield f"assumed: {workers} workers on {cores()} cores, {threads} each, waiting threads sleep"
    if seconds is None:
        yield "time and disk: unknown until some stages have run"
        return
    alone = f"one worker: {duration(seconds)}; speed as measured in this store"
    yield f"time: about {duration(seconds / workers)} with {workers} workers ({alone})"
    sizes = [speed.disk(stage) for stage in todo]
    known = [each for each in sizes if each is not None]
    if known:
        more = f", and {len(sizes) - len(known):,} stages of kinds that are not measured yet" if None in sizes else ""
        yield f"disk: about {size(sum(known))}{more}"


def standing(plan: Plan, store: Store) -> Iterator[str]:
    """What `crosswind status` prints."""
    held = store.held()
    makers = Makers(store.root) if store.root.exists() else None
    failed = {trainings_failed.id for trainings_failed in failures(plan, store, held)}
    for name in KINDS:
        stages = [stage for stage in plan.stages.values() if kind(stage) == name]
        if not stages:
            continue
        done = sum(stage.id in held and stage.id not in failed for stage in stages)
        making = sum(stage.id not in held and bool(makers and makers.is_claimed(stage.id)) for stage in stages)
        lost = sum(stage.id in failed for stage in stages)
        missing = len(stages) - done - making - lost
        yield f"{name:9} {done:6} done {making:4} being made {lost:4} failed {missing:6} missing"
    if makers:
        makers.close()
    for stage in failures(plan, store, held):
        yield f"failed: {stage.id} {store.record(stage).failure}"


def failures(plan: Plan, store: Store, held: set[str]) -> list[Stage]:
    """Trainings that were recorded as diverged."""
    suspects = [stage for stage in trainings(plan.stages) if stage.id in held and not store.has_weights(stage)]
    return [stage for stage in suspects if store.record(stage).status == "failed"]
