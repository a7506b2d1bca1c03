"""How long stages will take and how large they will be, from those that this store has made already."""

import contextlib
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from crosswind.identity import Stage
from crosswind.records import Damaged, StageRecord
from crosswind.stages import Align, Evaluate, Train, Vote, clean, kind
from crosswind.store import RECORD, Store
from crosswind.workload import work_units

SAMPLE = 40
FORWARD_SHARE = 1 / 3  # of an update's time; the backward pass costs twice the forward pass
Key = tuple[str, ...]
FORWARD: frozenset[Key] = frozenset({("evaluate",), ("align",), ("vote",)})  # what runs an encoder and learns nothing
SLOW = FORWARD | {("train",)}


@dataclass
class Throughput:
    """Seconds per example and bytes by kind of stage, nearest known first: same task and base, same kind."""

    seconds: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    bytes: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, store: Store, stages: Iterable[Stage]) -> "Throughput":
        """What the finished ones among `stages` took, and others of the store until there are enough of every kind."""
        found, folders = cls(), {folder.name.rpartition("-")[2]: folder for folder in store.folders()}
        seen: dict[str, int] = defaultdict(int)
        own = {stage.id: stage for stage in stages if stage.id in folders}
        for stage_id in (*own, *(folders.keys() - own.keys())):
            name = folders[stage_id].parent.name
            if seen[name] < SAMPLE:
                with contextlib.suppress(Damaged):  # `store verify` speaks of damage; here it is one sample less
                    found.learn(StageRecord.read(folders[stage_id] / RECORD), own.get(stage_id))
                    seen[name] += 1
        return found

    def learn(self, record: StageRecord, stage: Stage | None) -> None:
        """One finished stage, of this plan if `stage` is given."""
        if record.status != "done":
            return
        self.bytes[(record.kind,)].append(sum(file.bytes for file in record.files.values()))
        if stage is not None:
            self.add(stage, record.facts["wall_seconds"])
        elif record.facts.get("units"):
            self.seconds[(record.kind,)].append(record.facts["wall_seconds"] / record.facts["units"])

    def add(self, stage: Stage, seconds: float) -> None:
        """A stage of this plan was made."""
        for key in keys(stage):
            self.seconds[key].append(seconds / max(1, work_units(stage)))

    def total(self, stages: Iterable[Stage]) -> float | None:
        """The seconds that many stages will take together; None before anything like the slow ones was measured."""
        units: dict[tuple[Key, ...], int] = defaultdict(int)
        for stage in stages:
            units[keys(stage)] += work_units(stage)
        rates = {each: self.rate(each) for each in units}
        if any(rate is None and each[-1] in SLOW for each, rate in rates.items()):
            return None
        return sum((rate or 0.0) * units[each] for each, rate in rates.items())

    def rate(self, keys: tuple[Key, ...]) -> float | None:
        """The median seconds per example under the first key that is known."""
        found = next((statistics.median(self.seconds[key]) for key in keys if self.seconds.get(key)), None)
        if found is None and keys[-1] in FORWARD and self.seconds.get(("train",)):
            return FORWARD_SHARE * statistics.median(self.seconds[("train",)])
        return found

    def disk(self, stage: Stage) -> float | None:
        """The bytes a stage will take."""
        sizes = self.bytes.get((kind(stage),))
        return statistics.median(sizes) if sizes else None


def keys(stage: Stage) -> tuple[Key, ...]:
    """What a stage's speed depends on, most specific first; made of ids that records keep, since a plan asks often."""
    match stage:
        case Train():
            tasks = [stage.task] if stage.sampler is None else stage.tasks.values()
            return ("train", stage.base.id, stage.objective.id, *(task.id for task in tasks)), ("train",)
        case Align():
            return ("align", stage.base.id, stage.data.task.id), ("align",)
        case Vote():
            return ("vote", stage.base.id, clean(stage.data).task.id), ("vote",), ("evaluate",)
        case Evaluate():
            return ("evaluate", stage.base.id, clean(stage.data).task.id), ("evaluate",)
    return ((kind(stage),),)
