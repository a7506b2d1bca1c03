"""The trainings of a plan as they hang on each other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from crosswind.plan import Plan
from crosswind.stages import Base, Evaluate, Train, label, taught

TREE_LINES = 60


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


def evaluated(count: int) -> str:
    return f", {count} evaluations" if count else ""


def plan_base(plan: Plan) -> Base:
    """The encoder that everything begins with; a plan may ask it and train nothing."""
    return next(stage.base for stage in plan.stages.values() if isinstance(stage, Evaluate))


def stand_ins(plan: Plan) -> Iterator[str]:
    """Where another language's adapter is spoken than the text's own, or none."""
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for cell in plan.cells:
        if cell.adapter not in {"", cell.language}:
            found[cell.arm, cell.adapter][cell.language] = None
    for (arm, adapter), languages in found.items():
        what = "no adapter" if adapter == "none" else f"the adapter of {adapter}"
        yield f"arm {arm} has no adapter for {', '.join(languages)}, and reads with {what} there"
