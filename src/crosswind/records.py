"""What is written beside every result: what it is, how it went, what its files must be; sealed by a digest."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from crosswind.identity import ID_LENGTH, canonical

ADVICE = "`crosswind store verify --remove` removes damaged stages, and the next run makes them again"


class Damaged(ValueError):
    """A published file is not what was published."""

    def __init__(self, found: str):
        super().__init__(f"{found}; {ADVICE}")
        self.found = found


@dataclass(frozen=True, slots=True)
class File:
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class StageRecord:
    """What record.json holds. Only `payload` is identity; the rest is how, where and how well it went."""

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
        """The record in a file; raises Damaged where there is none, or not the one that was written."""
        try:
            raw = json.loads(path.read_bytes())
            if raw.pop("seal") != seal(raw):
                raise Damaged(f"{path} has changed since it was published")
            files = {name: File(**own) for name, own in raw["files"].items()}
            return cls(**raw | {"files": files, "parents": tuple(raw["parents"])})
        except FileNotFoundError as error:
            raise Damaged(f"{path} is missing") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            if isinstance(error, Damaged):
                raise
            raise Damaged(f"{path} is no readable record ({type(error).__name__}: {error})") from error

    def write(self, path: Path) -> None:
        """Write beside the target, then take its place."""
        raw = plain_json(asdict(self))
        partial = path.with_name(f"{path.name}.partial")
        text = json.dumps(raw | {"seal": seal(raw)}, ensure_ascii=False, indent=1)
        partial.write_text(f"{text}\n", encoding="utf-8")
        partial.replace(path)

    def file(self, name: str, folder: Path) -> File:
        """What a file must be; raises Damaged for one that is not recorded."""
        if name not in self.files:
            pruned = " (weights: pruned)" if self.weights == "pruned" else ""
            raise Damaged(f"{folder} has no {name} in its record{pruned}")
        return self.files[name]

    def without(self, name: str) -> "StageRecord":
        """The record after the weights called `name` were deleted."""
        return replace(self, files={each: own for each, own in self.files.items() if each != name}, weights="pruned")

    def check(self, folder: Path) -> None:
        """Raise Damaged unless the folder holds what this record says, and is the folder of this stage."""
        if self.id != hashlib.sha256(canonical(self.payload).encode()).hexdigest()[:ID_LENGTH]:
            raise Damaged(f"{folder} has a record whose payload does not give its id {self.id}")
        if self.id != folder.name[-ID_LENGTH:]:
            raise Damaged(f"{folder} holds the record of another stage, {self.id}")
        for name, expected in self.files.items():
            check_file(folder / name, expected)


def check_file(path: Path, expected: File) -> None:
    """Raise Damaged where a file is missing or is not what was published."""
    if not path.exists():
        raise Damaged(f"{path} is missing")
    found = digest(path)
    if found.bytes != expected.bytes:
        raise Damaged(f"{path} has {found.bytes:,} bytes, but {expected.bytes:,} were published")
    if found != expected:
        raise Damaged(f"{path} has changed since it was published: same size, other content")


def digest(path: Path) -> File:
    with path.open("rb") as file:
        return File(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def seal(raw: Mapping[str, Any]) -> str:
    """The digest of everything else in a record."""
    return hashlib.sha256(canonical(raw).encode()).hexdigest()


def plain_json(value: Any) -> Any:
    """The same value as other programs can read it: JSON has no NaN and no infinity, so they become text."""
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case Mapping():
            return {name: plain_json(own) for name, own in value.items()}
        case list() | tuple():
            return [plain_json(own) for own in value]
    return value
