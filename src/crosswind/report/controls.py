"""Which control stands beside which arm, and whether both were trained for equally long."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean

from crosswind.controlled import Companion
from crosswind.plan import Plan
from crosswind.stages import Base, Evaluate, Train
from crosswind.stats.averages import CLEAN
from crosswind.store import Store

Pair = tuple[str, str]  # a sequence and a target


@dataclass(frozen=True, slots=True)
class Row:
    """A control and its arm. `low` and `high` bound how many times as many updates it made as the arm, pair by pair of
    sequence and target, as far as both are finished; None before any is."""

    companion: Companion
    low: float | None
    high: float | None

    @property
    def reasons(self) -> list[str]:
        """Why it is absent where it is, each once."""
        return list(dict.fromkeys(self.companion.absent.values()))


def rows(plan: Plan, store: Store) -> list[Row]:
    """Every control of a study."""
    found = lengths(plan, store) if plan.companions else {}
    return [row(companion, found) for companion in plan.companions]


def row(companion: Companion, found: Mapping[str, Mapping[Pair, float]]) -> Row:
    own, arm = (found.get(name, {}) for name in (companion.name, companion.of))
    ratios = [own[pair] / arm[pair] for pair in companion.pairs if pair in own and arm.get(pair)]
    return Row(companion, min(ratios, default=None), max(ratios, default=None))


def lengths(plan: Plan, store: Store) -> dict[str, dict[Pair, float]]:
    """The mean number of updates that the finished chains of every arm have made, by sequence and target."""
    made: dict[str, int | None] = {}
    found: dict[str, dict[Pair, dict[str, int]]] = {}
    for cell in plan.cells:
        stage = plan.stages.get(cell.stage) if cell.condition == CLEAN else None
        if isinstance(stage, Evaluate):
            model = stage.model
            made[model.id] = made[model.id] if model.id in made else updates_made(model, store)
            if (count := made[model.id]) is not None:
                found.setdefault(cell.arm, {}).setdefault((cell.sequence, cell.target), {})[model.id] = count
    return {arm: {pair: mean(own.values()) for pair, own in pairs.items()} for arm, pairs in found.items()}


def updates_made(model: Train | Base, store: Store) -> int | None:
    """The updates of all trainings behind a model, as their records have them; None where one is not finished."""
    total = 0
    while isinstance(model, Train):
        record = store.record(model) if store.has(model) else None
        if record is None or record.status != "done":
            return None
        total += int(record.facts["updates"])
        model = model.start
    return total
