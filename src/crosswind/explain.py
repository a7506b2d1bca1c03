"""What a stage is, in full, and in which fields it differs from the nearest finished one."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from crosswind.catalog import suggestion
from crosswind.identity import ID_LENGTH
from crosswind.plan import Plan
from crosswind.stages import kind, parents, slug
from crosswind.store import RECORD, StageRecord, Store

NEAR = 2000


class UnknownStage(ValueError):
    """An id that neither the store nor the study knows."""


def explained(wanted: str, store: Store, plan: Plan | None) -> Iterator[str]:
    """What `crosswind explain` prints."""
    records = {path.name[-ID_LENGTH:]: path for path in store.folders()}
    planned = plan.stages if plan else {}
    stage_id = single(wanted, {*records, *planned})
    if stage_id in records:
        record = StageRecord.read(records[stage_id] / RECORD)
        yield f"{record.kind} {record.slug}"
        yield f"in the store: {records[stage_id]} ({record.status}{', ' + record.failure if record.failure else ''})"
        payload, about = record.payload, record.kind
    else:
        stage = planned[stage_id]
        yield f"{kind(stage)} {slug(stage)}"
        yield "not in the store"
        payload, about = stage.payload, kind(stage)
        yield from (f"needs {parent.id} {slug(parent)}" for parent in parents(stage))
    yield json.dumps(payload, indent=2, ensure_ascii=False)
    yield from differences(stage_id, payload, about, records, planned)


def differences(
    stage_id: str, payload: Mapping[str, Any], about: str, records: Mapping[str, Any], planned: Mapping[str, Any]
) -> Iterator[str]:
    """The fields in which the nearest finished stage of the same kind differs, parents written out."""
    known = Payloads(records, planned)
    own = known.flat(payload)
    others = [key for key, path in records.items() if path.parent.name == about and key != stage_id][:NEAR]
    if not others:
        return
    apart = {key: differing(own, known.flat(known.payload(key))) for key in others}
    nearest = min(apart, key=lambda key: len(apart[key]))
    other = known.flat(known.payload(nearest))
    yield f"nearest finished {about}: {nearest} differs in {len(apart[nearest])} fields"
    for field in apart[nearest]:
        yield f"  {field}: {own.get(field, '(default)')} here, {other.get(field, '(default)')} there"


class Payloads:
    """Payloads of finished and planned stages, with the ids of parents replaced by what they stand for."""

    def __init__(self, records: Mapping[str, Any], planned: Mapping[str, Any]):
        self.records, self.planned = records, planned
        self.read: dict[str, Mapping[str, Any]] = {}

    def payload(self, stage_id: str) -> Mapping[str, Any]:
        if stage_id not in self.read:
            found = self.records.get(stage_id)
            self.read[stage_id] = StageRecord.read(found / RECORD).payload if found else self.planned[stage_id].payload
        return self.read[stage_id]

    def flat(self, value: Any, prefix: str = "") -> dict[str, Any]:
        """Every leaf of a payload by its path."""
        if isinstance(value, str) and (value in self.records or value in self.planned):
            value = self.payload(value)
        if isinstance(value, Mapping):
            return {
                k: v
                for name, own in value.items()
                for k, v in self.flat(own, f"{prefix}.{name}" if prefix else name).items()
            }
        if isinstance(value, list):
            return {k: v for index, own in enumerate(value) for k, v in self.flat(own, f"{prefix}[{index}]").items()}
        return {prefix: value}


def differing(own: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return sorted(field for field in {*own, *other} if own.get(field) != other.get(field))


def single(wanted: str, known: set[str]) -> str:
    """The one id that begins with, or ends a folder name like, `wanted`."""
    end = wanted.rstrip("/")[-ID_LENGTH:]
    found = [end] if end in known else sorted(each for each in known if each.startswith(wanted))
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownStage(f"{wanted!r} could be {', '.join(found[:8])}; give more digits")
    raise UnknownStage(
        f"no stage {wanted!r}{suggestion(wanted, sorted(known)[:8])}; `crosswind plan STUDY` shows ids, --study looks there"
    )
