"""How far trainings moved embeddings, measured by what lies there: token norms, translations, other words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from crosswind.plan import Plan
from crosswind.stages import Train, chain, label
from crosswind.store import Store


@dataclass(frozen=True, slots=True)
class Reach:
    """The radius of one kind of training, and what its last epoch reached on average; means over seeds.

    `radius` is in four units: a length, token norms, distances to a translation, distances to the nearest other word.
    What a training has not measured is None.
    """

    training: str
    objective: str
    seeds: int
    radius: Sequence[float | None]
    reached: Mapping[str, float | None]


MEASURED = ("delta_l2", "delta_rel", "delta_translation", "cos_grad", "flip_share", "forward_passes", "backward_passes")


def reaches(plan: Plan, store: Store) -> list[Reach]:
    """One line for every training that differs in more than its seed and that moved embeddings."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for stage in plan.stages.values():
        if isinstance(stage, Train) and store.has(stage):
            facts = store.record(stage).facts
            if "geometry" in facts and facts.get("epochs"):
                name = f"{' > '.join(chain(stage))} ({label(stage.method)})"
                found[name, label(stage.objective)].append(facts)
    return [reach(*names, own) for names, own in found.items()]


def reach(training: str, objective: str, facts: Sequence[Mapping[str, Any]]) -> Reach:
    """The line of trainings that differ in their seed alone."""
    measured = [each["geometry"] for each in facts]
    radius = [each["radius"] for each in measured]
    units = [share(radius, [each[unit] for each in measured]) for unit in ("token_norm", "translation", "other")]
    last = [each["epochs"][-1] for each in facts]
    reached = {name: average([each.get(name) for each in last]) for name in MEASURED}
    return Reach(training, objective, len(facts), (mean(radius), *units), reached)


def share(values: Sequence[float], units: Sequence[float | None]) -> float | None:
    """The mean of values in units of their own."""
    return average([value / unit if unit else None for value, unit in zip(values, units, strict=True)])


def average(values: Sequence[float | None]) -> float | None:
    """The mean, if all are there."""
    known = [value for value in values if value is not None]
    return mean(known) if len(known) == len(values) else None
