"""What every arm cost: time, text, trained weights, disk; and how its trainings went."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean
from typing import Any

from crosswind import results
from crosswind.plan import Plan
from crosswind.stages import Evaluate, Train, label
from crosswind.store import WEIGHTS, Store
from crosswind.train import journal

CURVES = 6  # treatments that one figure tells apart
POINTS = 40


@dataclass(frozen=True, slots=True)
class Spending:
    """One arm's trainings, shared ones counted in every arm that has them. `trained` are weights that learn in the
    last stage; `disk` is what the kept weights of all stages take."""

    arm: str
    trainings: int
    done: int
    seconds: float
    tokens: int
    updates: int
    trained: int
    disk: int


@dataclass(frozen=True, slots=True)
class Mark:
    """The training loss at one point of a training: `progress` is the share of its updates."""

    treatment: str
    target: str
    progress: float
    loss: float


def spendings(plan: Plan, store: Store) -> list[Spending]:
    """The arms in the study's order."""
    return [spending(arm, stages, store) for arm, stages in by_arm(plan).items()]


def by_arm(plan: Plan) -> dict[str, list[Train]]:
    """The trainings that an arm's cells rest on, each once: also those that it fuses, and its language adapters'."""
    found: dict[str, dict[str, Train]] = {arm.name: {} for arm in plan.study.arms}
    seen: set[tuple[str, str]] = set()
    for cell in plan.cells:
        stage = plan.stages.get(cell.stage)
        if isinstance(stage, Evaluate) and (cell.arm, cell.stage) not in seen:
            seen.add((cell.arm, cell.stage))
            found.setdefault(cell.arm, {}).update((each.id, each) for each in results.trainings(stage))
    return {arm: list(stages.values()) for arm, stages in found.items()}


def spending(arm: str, stages: list[Train], store: Store) -> Spending:
    done = [stage for stage in stages if store.has(stage)]
    records = [store.record(stage) for stage in done]
    facts = [record.facts for record in records if record.status == "done"]
    return Spending(
        arm,
        len(stages),
        len(done),
        sum(each["wall_seconds"] for each in facts),
        sum(each["tokens"] for each in facts),
        sum(each["updates"] for each in facts),
        max((each["trained_parameters"] for each in facts), default=0),
        sum(weight(stage, store) for stage in done),
    )


def weight(stage: Train, store: Store) -> int:
    """The bytes of a training's weights; 0 where they were pruned."""
    path = store.folder(stage) / WEIGHTS
    return path.stat().st_size if path.exists() else 0


def marks(plan: Plan, store: Store) -> list[Mark]:
    """How the loss fell in the last stage of the first treatments of every target, means over seeds."""
    found = []
    for (target, treatment), stages in first_treatments(plan).items():
        curves = [list(losses(stage, store)) for stage in stages if (store.folder(stage) / journal.FILE).exists()]
        for place in range(POINTS):
            values = [value for curve in curves for at, value in curve if at == place]
            if values:
                found.append(Mark(treatment, target, (place + 1) / POINTS, mean(values)))
    return found


def first_treatments(plan: Plan) -> dict[tuple[str, str], list[Train]]:
    """The last trainings of the first few treatments of each target; controls come after what they are for."""
    found: dict[tuple[str, str], dict[str, Train]] = {}
    for cell in plan.cells:
        stage = plan.stages.get(cell.stage)
        if isinstance(stage, Evaluate) and isinstance(stage.model, Train) and not cell.severity:
            name = f"{cell.arm}: {cell.sequence}" if cell.sequence else cell.arm
            is_own = stage.model.sampler is None and label(stage.model.task) == cell.target
            if is_own or stage.model.head == "carried":
                found.setdefault((cell.target, name), {})[stage.model.id] = stage.model
    kept: dict[tuple[str, str], list[Train]] = {}
    for (target, name), stages in found.items():
        if sum(other == target for other, _ in kept) < CURVES:
            kept[target, name] = list(stages.values())
    return kept


def losses(stage: Train, store: Store) -> Iterator[tuple[int, float]]:
    """Where in a training a line of its log stands, as one of POINTS places, and the loss it tells."""
    for line in (store.folder(stage) / journal.FILE).read_text(encoding="utf-8").splitlines():
        told: dict[str, Any] = json.loads(line)
        if "loss" in told and told.get("updates"):
            yield min(POINTS - 1, POINTS * told["update"] // told["updates"]), told["loss"]
