"""How long stages will take and how large they will be, from those that this store has made already."""

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from crosswind.identity import Stage
from crosswind.plan import work_units
from crosswind.stages import Evaluate, Train, clean, kind, label
from crosswind.store import RECORD, StageRecord, Store

SAMPLE = 40
Key = tuple[str, ...]


@dataclass
class Throughput:
    """Seconds and bytes per example by kind of stage, nearest known first: same task and base, same kind."""

    seconds: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    bytes: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, store: Store, stages: Iterable[Stage]) -> "Throughput":
        """What the finished ones among `stages` took, or other stages of the store where none of a kind is finished."""
        found, seen = cls(), defaultdict(int)
        for stage in stages:
            if seen[kind(stage)] < SAMPLE and store.has(stage):
                seen[kind(stage)] += 1
                found.learn(stage, store.record(stage))
        for folder in store.folders():
            name = folder.parent.name
            if seen[name] < SAMPLE and (folder / RECORD).exists():
                seen[name] += 1
                found.learn_kind(StageRecord.read(folder / RECORD))
        return found

    def learn(self, stage: Stage, record: StageRecord) -> None:
        if record.status == "done":
            self.add(stage, record.facts["wall_seconds"])
            self.bytes[(kind(stage),)].append(sum(file.bytes for file in record.files.values()))

    def learn_kind(self, record: StageRecord) -> None:
        units = record.facts.get("units", 0)
        if record.status == "done" and units:
            self.seconds[(record.kind,)].append(record.facts["wall_seconds"] / units)
            self.bytes[(record.kind,)].append(sum(file.bytes for file in record.files.values()))

    def add(self, stage: Stage, seconds: float) -> None:
        """One finished stage."""
        for key in keys(stage):
            self.seconds[key].append(seconds / max(1, work_units(stage)))

    def total(self, stages: Iterable[Stage]) -> float | None:
        """The seconds that many stages will take together; unseen kinds count as the mean of the seen ones."""
        units: dict[tuple[Key, ...], list[int]] = defaultdict(list)
        for stage in stages:
            units[keys(stage)].append(work_units(stage))
        count = sum(map(len, units.values()))
        known = {each: self.rate(each) for each in units}
        seconds = sum(rate * sum(units[each]) for each, rate in known.items() if rate is not None)
        covered = sum(len(units[each]) for each, rate in known.items() if rate is not None)
        return seconds * count / covered if covered else None

    def rate(self, keys: tuple[Key, ...]) -> float | None:
        """The median seconds per example under the first key that is known."""
        return next((statistics.median(self.seconds[key]) for key in keys if self.seconds.get(key)), None)

    def disk(self, stage: Stage) -> float | None:
        """The bytes a stage will take."""
        sizes = self.bytes.get((kind(stage),))
        return statistics.median(sizes) if sizes else None


def keys(stage: Stage) -> tuple[Key, ...]:
    """What a stage's speed depends on, most specific first."""
    match stage:
        case Train():
            return ("train", stage.base.id, label(stage.objective), label(stage.task)), ("train",)
        case Evaluate():
            return ("evaluate", stage.model.base.id, label(clean(stage.data).task)), ("evaluate",)
    return ((kind(stage),),)
