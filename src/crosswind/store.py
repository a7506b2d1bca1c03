"""Where results live: one folder per stage, complete as soon as it is there.

    <store>/train/pocket-nli-full-erm-s1-3f9a0c1b2d4e/record.json, ...
    <store>/work/3f9a0c1b2d4e/          a stage being made; its checkpoint survives a killed run
    <store>/claims/3f9a0c1b2d4e.0       who is making it
    <store>/failures/...-3f9a0c1b2d4e.log

A folder is built under work/, its record is written last, and one rename publishes it.
"""

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from crosswind.identity import ID_LENGTH, Stage
from crosswind.stages import kind, parents, slug

RECORD = "record.json"
WEIGHTS = "weights.safetensors"
EXAMPLES = "examples.parquet"
OUTCOMES = "outcomes.parquet"
SCORES = "scores.parquet"
KINDS = ("dataset", "perturb", "train", "evaluate", "attack")
SLUG_LENGTH = 120


class Damaged(ValueError):
    """A published file is not what its record says."""


@dataclass(frozen=True, slots=True)
class File:
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class StageRecord:
    """What record.json holds: what the stage is, how it went, and what its files must be. Only `payload` is identity."""

    id: str
    kind: str
    slug: str
    payload: Mapping[str, Any]
    parents: tuple[str, ...]
    status: Literal["done", "failed"]
    facts: Mapping[str, Any]
    files: Mapping[str, File]
    failure: str = ""
    weights: Literal["kept", "pruned", "none"] = "none"
    made_by: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "StageRecord":
        try:
            raw = json.loads(path.read_bytes())
            files = {name: File(**own) for name, own in raw.pop("files").items()}
            return cls(**raw | {"files": files, "parents": tuple(raw["parents"])})
        except (ValueError, TypeError, KeyError) as error:
            raise Damaged(f"{path} is no readable record ({error}); {ADVICE}") from error


ADVICE = "`crosswind store verify --remove` removes damaged stages, and the next run makes them again"


class Store:
    """A folder of finished stages, shared by any number of studies and processes."""

    def __init__(self, root: Path):
        self.root = root
        self.verified: set[Path] = set()

    def folder(self, stage: Stage) -> Path:
        """Where a stage is or will be published."""
        return self.root / kind(stage) / f"{file_name(slug(stage))}-{stage.id}"

    def work(self, stage: Stage) -> Path:
        """The folder in which a stage is made; made if need be, kept when a run is killed."""
        path = self.root / "work" / stage.id
        path.mkdir(parents=True, exist_ok=True)
        return path

    def failure_log(self, stage: Stage) -> Path:
        path = self.root / "failures" / f"{file_name(slug(stage))}-{stage.id}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def has(self, stage: Stage) -> bool:
        return (self.folder(stage) / RECORD).exists()

    def held(self) -> set[str]:
        """The ids of all published stages, from folder names alone: fast however large the store."""
        found: set[str] = set()
        for name in KINDS:
            if (self.root / name).is_dir():
                with os.scandir(self.root / name) as entries:
                    found.update(entry.name[-ID_LENGTH:] for entry in entries)
        return found

    def folders(self) -> Iterator[Path]:
        """All published folders."""
        for name in KINDS:
            if (self.root / name).is_dir():
                yield from sorted((self.root / name).iterdir())

    def record(self, stage: Stage) -> StageRecord:
        return StageRecord.read(self.folder(stage) / RECORD)

    def file(self, stage: Stage, name: str) -> Path:
        """A published file, its digest checked the first time this process asks for it."""
        path = self.folder(stage) / name
        if path not in self.verified:
            expected = self.record(stage).files.get(name)
            if expected is None:
                raise Damaged(f"{path.parent} has no file {name} in its record; {ADVICE}")
            check_file(path, expected)
            self.verified.add(path)
        return path

    def has_weights(self, stage: Stage) -> bool:
        return (self.folder(stage) / WEIGHTS).exists()

    def publish(
        self,
        stage: Stage,
        work: Path,
        files: tuple[str, ...],
        facts: Mapping[str, Any],
        made_by: Mapping[str, Any],
        failure: str = "",
    ) -> None:
        """Move `files` of the work folder to a stage folder of their own, record last, in one rename."""
        target = self.folder(stage)
        building = self.root / "work" / f"{stage.id}.{uuid.uuid4().hex[:8]}"
        building.mkdir(parents=True)
        for name in files:
            (work / name).replace(building / name)
        record = StageRecord(
            id=stage.id,
            kind=kind(stage),
            slug=slug(stage),
            payload=stage.payload,
            parents=tuple(dict.fromkeys(parent.id for parent in parents(stage))),
            status="failed" if failure else "done",
            facts=facts,
            files={name: digest(building / name) for name in files},
            failure=failure,
            weights="kept" if WEIGHTS in files else "none",
            made_by=made_by,
        )
        write_json(building / RECORD, asdict(record))
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():  # made again because its weights had been pruned, or by a run that was thought dead
            target.rename(self.root / "work" / f"{stage.id}.{uuid.uuid4().hex[:8]}.old")
        building.rename(target)
        shutil.rmtree(work, ignore_errors=True)
        for old in (self.root / "work").glob(f"{stage.id}.*.old"):
            shutil.rmtree(old, ignore_errors=True)

    def prune_weights(self, folder: Path) -> int:
        """Delete a stage's weights, say so in its record, and return the bytes freed. Outcomes are never pruned."""
        record = StageRecord.read(folder / RECORD)
        size = (folder / WEIGHTS).stat().st_size
        files = {name: own for name, own in record.files.items() if name != WEIGHTS}
        write_json(
            folder / RECORD, asdict(record) | {"files": {n: asdict(f) for n, f in files.items()}, "weights": "pruned"}
        )
        (folder / WEIGHTS).unlink()
        return size


def check_folder(folder: Path) -> StageRecord:
    """The record of a published folder whose every file is as recorded; raises Damaged otherwise."""
    if not (folder / RECORD).exists():
        raise Damaged(f"{folder} has no {RECORD}; {ADVICE}")
    record = StageRecord.read(folder / RECORD)
    for name, expected in record.files.items():
        check_file(folder / name, expected)
    if record.id != folder.name[-ID_LENGTH:]:
        raise Damaged(f"{folder} holds the record of stage {record.id}; {ADVICE}")
    return record


def check_file(path: Path, expected: File) -> None:
    """Raise Damaged where a file is missing or is not what was published."""
    if not path.exists():
        raise Damaged(f"{path} is missing; {ADVICE}")
    found = digest(path)
    if found != expected:
        raise Damaged(
            f"{path} has changed since it was published ({found.bytes} bytes, expected {expected.bytes}); {ADVICE}"
        )


def digest(path: Path) -> File:
    with path.open("rb") as file:
        return File(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def write_json(path: Path, value: Any) -> None:
    """Write beside the target, then take its place."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    partial.replace(path)


def file_name(name: str) -> str:
    """A slug as a file name: harmless characters, bounded length."""
    return re.sub(r"[^A-Za-z0-9._+,=()-]+", "_", name)[:SLUG_LENGTH]
