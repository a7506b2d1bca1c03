"""What a study's data lost on their way to the model: rows left out by rule, rows that were broken, texts cut short."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crosswind.identity import Stage
from crosswind.plan import Plan
from crosswind.quantities import counted_things
from crosswind.stages import Align, Dataset, Evaluate, Train, slug
from crosswind.store import TABLES, Store


@dataclass(frozen=True, slots=True)
class Loss:
    """So many rows or texts of one set, and why."""

    of: str
    count: int
    why: str


def losses(plan: Plan, store: Store) -> list[Loss]:
    """Every loss that the finished stages of a plan have recorded, each once: models that read the same text lose the
    same of it."""
    known = gathered_counts(store)
    found: dict[Loss, None] = {}
    for stage in plan.stages.values():
        facts = known.get(stage.id)
        if facts and not any(facts.values()):
            continue
        if isinstance(stage, Dataset | Align | Train | Evaluate) and store.has(stage):
            found |= dict.fromkeys(recorded(stage, facts or store.record(stage).facts))
    return list(found)


def gathered_counts(store: Store) -> Mapping[str, Mapping[str, int]]:
    """What the store's tables have of evaluations, so that their records need not be opened."""
    if not (store.root / TABLES).is_dir():
        return {}
    from crosswind.gathered import counts_of  # polars takes long to load, and a small study needs none

    return counts_of(store)


def recorded(stage: Stage, facts: Mapping[str, Any]) -> Iterator[Loss]:
    """What one stage's record says by its facts."""
    match stage:
        case Align():
            for why, count in facts["left_out"].items():
                yield Loss(slug(stage), count, f"not aligned, so not mixed by it: {why}")
        case Dataset():
            yield from (Loss(slug(stage), count, f"left out: {rule}") for rule, count in facts["left_out"].items())
            if facts["broken"]:
                yield Loss(slug(stage), facts["broken"], f"could not be read, the first: {facts['broken_rows'][0]}")
        case Train() | Evaluate():
            yield from lost_of_texts(stage, facts)


def lost_of_texts(stage: Train | Evaluate, facts: Mapping[str, Any]) -> Iterator[Loss]:
    """What was lost of the texts that a model read, and which of its answers could not be scored."""
    data = stage.data if isinstance(stage, Train) else (stage.data,)
    if facts.get("collided"):
        yield Loss(slug(data[0]), facts["collided"], "not scored: the change made them a wrong candidate's text")
    if facts.get("truncated"):
        name = " and ".join(map(slug, data[:2])) + (f" and {len(data) - 2} more" if len(data) > 2 else "")
        yield Loss(name, facts["truncated"], f"cut to {stage.recipe.max_length} sub-words")


def told(plan: Plan, store: Store, most: int = 8) -> Iterator[str]:
    """The losses in lines, the largest first."""
    found = sorted(losses(plan, store), key=lambda loss: -loss.count)
    for loss in found[:most]:
        yield f"{loss.of}: {counted_things(loss.count, 'row')} {loss.why}"
    if len(found) > most:
        yield f"and {len(found) - most} more sets with rows left out or cut; the report lists them"
