"""A plan in words: the tree of trainings, what is shared, what is there, what it will cost."""

import inspect
from collections import defaultdict
from collections.abc import Iterator, Mapping

from crosswind import catalog
from crosswind.claims import Claims
from crosswind.estimate import Throughput
from crosswind.identity import Stage
from crosswind.machine import cores, default_workers
from crosswind.perturbations.suites import SUITES
from crosswind.plan import Plan, trainings
from crosswind.quantities import counted_things, duration, size
from crosswind.refusals import repeated_data
from crosswind.results import stand_ins
from crosswind.stages import Base, Evaluate, Train, kind, label, taught
from crosswind.store import KINDS, Store
from crosswind.tasks.base import Task
from crosswind.tasks.shuffled import Shuffled

TREE_LINES = 60

SUITES_LISTED = "suites"
GUIDE, GUIDED = "docs/methods.md", ("objectives", "methods")


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
    yield ""
    yield from costs(plan, store, held)


def tree(plan: Plan, held: set[str]) -> Iterator[str]:
    """The trainings as they hang on each other, seeds and equal arms folded into one line."""
    under: Mapping[str, list[Train]] = defaultdict(list)
    evaluations: dict[str, int] = defaultdict(int)
    for stage in plan.stages.values():
        if isinstance(stage, Train):
            under[stage.start.id].append(stage)
        if isinstance(stage, Evaluate):
            evaluations[stage.model.id] += 1
    base = plan_base(plan)
    yield f"{base.model} @ {base.revision[:12]}{evaluated(evaluations[base.id])}"
    lines = list(branches(under, evaluations, held, [base.id], ""))
    yield from lines[:TREE_LINES]
    if len(lines) > TREE_LINES:
        yield f"... and {len(lines) - TREE_LINES} more lines"


def branches(
    under: Mapping[str, list[Train]], evaluations: Mapping[str, int], held: set[str], starts: list[str], indent: str
) -> Iterator[str]:
    """The children of equal starts that differ in seed only, as one branch each."""
    alike: dict[str, list[Train]] = defaultdict(list)
    for start in starts:
        for stage in under[start]:
            alike[shape(stage)].append(stage)
    for position, (name, stages) in enumerate(alike.items()):
        last = position == len(alike) - 1
        there = sum(stage.id in held for stage in stages)
        asked = evaluated(sum(evaluations[stage.id] for stage in stages))
        yield f"{indent}{'└─' if last else '├─'} {name}  ×{len(stages)} ({there} done{asked})  {stages[0].id}"
        yield from branches(
            under, evaluations, held, [stage.id for stage in stages], indent + ("   " if last else "│  ")
        )


def shape(stage: Train) -> str:
    """A training without its seed."""
    recipe = stage.recipe
    length = f"{recipe.steps} updates" if recipe.steps else f"{recipe.epochs:g} epochs"
    carried = "" if stage.carry == "continue" else f"{stage.carry}, "
    fused = f" on {len(stage.starts)} models" if stage.beside else ""
    above = f" above {len(stage.language_adapters)} languages in turn" if len(stage.language_adapters) > 1 else ""
    how = [label(stage.method), label(stage.objective), *([label(stage.sampler)] if stage.sampler else [])]
    return f"{taught(stage)}{fused}{above} [{carried}{', '.join(how)}, {length} at {recipe.learning_rate:g}]"


def controls(plan: Plan) -> Iterator[str]:
    """Which control stands beside which arm, and where it cannot."""
    width = max(len(each.name) for each in plan.companions)
    for each in plan.companions:
        several = len(each.pairs) + len(each.absent)
        where = f"{len(each.pairs)} of {several} sequences and targets" if each.absent else "all sequences and targets"
        yield f"{each.name:{width}}  control of {each.of}, beside {where}"
        for reason in dict.fromkeys(each.absent.values()):
            yield f"{'':{width}}  not where {reason}"


def evaluated(count: int) -> str:
    return f", {count} evaluations" if count else ""


def plan_base(plan: Plan) -> Base:
    """The encoder that everything begins with; a plan may ask it and train nothing."""
    return next(stage.base for stage in plan.stages.values() if isinstance(stage, Evaluate))


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
        yield f"disk: about {size(sum(known) / len(known) * len(sizes))}"


def standing(plan: Plan, store: Store) -> Iterator[str]:
    """What `crosswind status` prints."""
    held = store.held()
    claims = Claims(store.root) if store.root.exists() else None
    failed = {trainings_failed.id for trainings_failed in failures(plan, store, held)}
    for name in KINDS:
        stages = [stage for stage in plan.stages.values() if kind(stage) == name]
        if not stages:
            continue
        done = sum(stage.id in held and stage.id not in failed for stage in stages)
        making = sum(stage.id not in held and bool(claims and claims.is_claimed(stage.id)) for stage in stages)
        lost = sum(stage.id in failed for stage in stages)
        missing = len(stages) - done - making - lost
        yield f"{name:9} {done:6} done {making:4} being made {lost:4} failed {missing:6} missing"
    if claims:
        claims.close()
    for stage in failures(plan, store, held):
        yield f"failed: {stage.id} {store.record(stage).failure}"


def failures(plan: Plan, store: Store, held: set[str]) -> list[Stage]:
    """Trainings that were recorded as diverged."""
    suspects = [stage for stage in trainings(plan.stages) if stage.id in held and not store.has_weights(stage)]
    return [stage for stage in suspects if store.record(stage).status == "failed"]


def listed(family: str | None) -> Iterator[str]:
    """What `crosswind list` prints: each family's names with the first sentence of their file."""
    known = {*catalog.FAMILIES, SUITES_LISTED}
    if family is not None and family not in known:
        raise catalog.UnknownName(f"{family!r} is no family of the catalogue{catalog.suggestion(family, known)}")
    for name, entries in catalog.FAMILIES.items():
        if family not in {None, name} or not entries:
            continue
        yield name
        width = max(map(len, entries))
        for entry in entries:
            found = catalog.load(name, entry)
            yield f"  {entry:{width}}  {headline(found)}"
            if family == "tasks" and not inspect.isabstract(found) and found is not Shuffled:
                yield from (f"  {'':{width}}  {line}" for line in facts_of(found()))
        if name in GUIDED:
            yield f"  ({GUIDE} has the equation, the paper and the settings of each)"
    if family in {None, SUITES_LISTED}:
        yield from listed_suites()


def listed_suites() -> Iterator[str]:
    """The suites with what is in them."""
    yield SUITES_LISTED
    for suite in SUITES.values():
        yield f"  {suite.name}  {suite.told}"
        for table in suite.perturbations:
            settings = ", ".join(f"{name} = {value}" for name, value in table.items() if name != "kind")
            yield f"    {table['kind']}" + (f" ({settings})" if settings else "")


def facts_of(task: Task) -> Iterator[str]:
    """What a person wants to know of a task before using it, in lines."""
    codes = list(task.languages)
    yield f"{task.format.name}; {task.metric}; {counted_things(len(codes), 'language')}: {' '.join(codes)}"
    sizes = ", ".join(f"{split} {count:,}" for split, count in task.sizes.items())
    learned = f", learned from {' and then '.join(task.teachers)}" if task.teachers else ""
    yield f"rows: {sizes}{learned}; licence: {task.provenance.licence}"
    if task.has_training:
        recipe = task.recipe
        length = f"{recipe.steps} updates" if recipe.steps else f"{recipe.epochs:g} epochs"
        yield f"recipe: {length} of {recipe.batch} at {recipe.learning_rate:g}, {recipe.max_length} sub-words"


def headline(cls: type) -> str:
    """The first sentence of the file that a class lives in."""
    text = inspect.getdoc(inspect.getmodule(cls)) or ""
    return " ".join(text.partition("\n\n")[0].split())
