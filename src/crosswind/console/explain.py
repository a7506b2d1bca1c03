"""What a stage is, in full, and in which fields it differs from the nearest finished one."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crosswind.identity import ID_LENGTH
from crosswind.plan import Plan
from crosswind.quantities import counted_things, duration
from crosswind.records import Damaged, StageRecord
from crosswind.stages import kind, parents, slug
from crosswind.store import RECORD, Store

NEAR = 2000
DEFAULT = "(default)"


class UnknownStage(ValueError):
    """An id that neither the store nor the study knows."""


def explained(wanted: str, store: Store, plan: Plan | None) -> Iterator[str]:
    """What `crosswind explain` prints."""
    known = Payloads(store, plan)
    stage_id = single(wanted, known)
    payload = known.payload(stage_id)
    yield f"{known.name(stage_id)}  {stage_id}"
    yield from standing(stage_id, known)
    yield ""
    yield from written(payload, known)
    yield from differences(stage_id, known)


class Payloads:
    """The payloads of all finished and planned stages, read when they are asked for."""

    def __init__(self, store: Store, plan: Plan | None):
        self.folders: dict[str, Path] = {path.name[-ID_LENGTH:]: path for path in store.folders()}
        self.planned = plan.stages if plan else {}
        self.records: dict[str, StageRecord] = {}

    def __contains__(self, stage_id: object) -> bool:
        return stage_id in self.folders or stage_id in self.planned

    def record(self, stage_id: str) -> StageRecord:
        if stage_id not in self.records:
            self.records[stage_id] = StageRecord.read(self.folders[stage_id] / RECORD)
        return self.records[stage_id]

    def payload(self, stage_id: str) -> Mapping[str, Any]:
        return self.planned[stage_id].payload if stage_id in self.planned else self.record(stage_id).payload

    def name(self, stage_id: str) -> str:
        """Kind and slug."""
        stage = self.planned.get(stage_id)
        if stage is not None:
            return f"{kind(stage)} {slug(stage)}"
        return f"{self.record(stage_id).kind} {self.record(stage_id).slug}"

    def flat(self, value: Any, prefix: str = "") -> dict[str, Any]:
        """Every leaf of a payload by its path, with the ids of parents replaced by what they stand for."""
        if isinstance(value, str) and value in self:
            value = self.payload(value)
        if isinstance(value, Mapping):
            inner = [(f"{prefix}.{name}" if prefix else name, own) for name, own in value.items()]
        elif isinstance(value, list):
            inner = [(f"{prefix}[{index}]", own) for index, own in enumerate(value)]
        else:
            return {prefix: value}
        return {path: leaf for where, own in inner for path, leaf in self.flat(own, where).items()}


def standing(stage_id: str, known: Payloads) -> Iterator[str]:
    """Whether and where a stage is finished, how it went, or what it waits for."""
    if stage_id not in known.folders:
        yield "not in the store; it reads"
        for parent in parents(known.planned[stage_id]):
            yield f"  {parent.id}  {slug(parent)}{'' if parent.id in known.folders else ' (not in the store either)'}"
        return
    record = known.record(stage_id)
    seconds = record.facts.get("wall_seconds", 0.0)
    failure = f": {record.failure}" if record.failure else ""
    weights = f", weights {record.weights}" if record.weights != "none" else ""
    yield f"{record.status}{failure}, in {duration(seconds)}{weights}"
    yield f"{known.folders[stage_id]}"


def written(value: Mapping[str, Any], known: Payloads, indent: str = "") -> Iterator[str]:
    """A payload, a field a line, with a name beside every parent's id."""
    for name, own in value.items():
        items = own if isinstance(own, list) else [own]
        if isinstance(own, Mapping):
            yield f"{indent}{name}"
            yield from written(own, known, f"{indent}  ")
        elif items and all(isinstance(item, str) and item in known for item in items):
            yield from (f"{indent}{name}  {item}  {known.name(item)}" for item in items)
        else:
            yield f"{indent}{name}  {own}"


def differences(stage_id: str, known: Payloads) -> Iterator[str]:
    """The fields in which the nearest finished stage of the same kind differs, parents written out."""
    about, own = known.payload(stage_id)["kind"], known.flat(stage_id)
    alike = [each for each, folder in known.folders.items() if folder.parent.name == about and each != stage_id]
    apart: dict[str, list[str]] = {}
    others: dict[str, dict[str, Any]] = {}
    for each in alike[:NEAR]:
        try:
            others[each] = known.flat(each)
        except Damaged:  # `store verify` speaks of damage
            continue
        apart[each] = [field for field in {**own, **others[each]} if own.get(field) != others[each].get(field)]
    if not apart:
        return
    nearest = min(apart, key=lambda each: len(apart[each]))
    yield ""
    count = counted_things(len(apart[nearest]), "field")
    yield f"nearest finished: {known.name(nearest)}  {nearest}, which differs in {count}"
    width = max(map(len, apart[nearest]), default=0)
    for field in apart[nearest]:
        yield f"  {field:{width}}  {own.get(field, DEFAULT)} here, {others[nearest].get(field, DEFAULT)} there"


def single(wanted: str, known: Payloads) -> str:
    """The one id that begins with `wanted`, or ends it as in the path of a folder."""
    ids = {*known.folders, *known.planned}
    end = wanted.rstrip("/")[-ID_LENGTH:]
    found = [end] if end in ids else sorted(each for each in ids if each.startswith(wanted))
    if len(found) == 1:
        return found[0]
    if found:
        shown = "".join(f"\n  {each}  {known.name(each)}" for each in found[:8])
        raise UnknownStage(f"{wanted!r} begins the ids of {len(found)} stages; give more digits{shown}")
    near = difflib.get_close_matches(wanted, ids, n=1)
    hint = f" (near: {near[0]}  {known.name(near[0])})" if near else ""
    raise UnknownStage(f"no stage has the id {wanted!r}{hint}; `crosswind plan STUDY` shows ids, --study looks there")
