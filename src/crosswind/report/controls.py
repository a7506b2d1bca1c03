"""Which control stands beside which arm, and whether both were trained for equally long."""

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
    return [row(companion, plan, store) for companion in plan.companions]


def row(companion: Companion, plan: Plan, store: Store) -> Row:
    own, arm = (lengths(plan, store, name) for name in (companion.name, companion.of))
    ratios = [own[pair] / arm[pair] for pair in companion.pairs if pair in own and arm.get(pair)]
    return Row(companion, min(ratios, default=None), max(ratios, default=None))


def lengths(plan: Plan, store: Store, arm: str) -> dict[Pair, float]:
    """The mean number of updates that the finished chains of an arm have made, by sequence and target."""
    found: dict[Pair, dict[str, int]] = {}
    for cell in plan.cells:
        stage = plan.stages.get(cell.stage) if (cell.arm, cell.condition) == (arm, CLEAN) else None
        made = updates_made(stage.model, store) if isinstance(stage, Evaluate) else None
        if made is not None and isinstance(stage, Evaluate):
            found.setdefault((cell.sequence, cell.target), {})[stage.model.id] = made
    return {pair: mean(counts.values()) for pair, counts in found.items()}


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
