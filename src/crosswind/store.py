"""Where results live: one folder per stage, complete as soon as it is there.

    <store>/train/pocket-nli-full-erm-s1-3f9a0c1b2d4e/record.json, ...
    <store>/work/3f9a0c1b2d4e/          a stage being made; its checkpoint survives a killed run
    <store>/claims/3f9a0c1b2d4e.0       who is making it
    <store>/failures/...-3f9a0c1b2d4e.log
    <store>/tables/scores-....parquet   copies, see gathered.py

A stage is made under work/. Its files and, last of all, its record move to a folder of their own, which one rename
publishes. Whatever is cut short before that rename leaves nothing but work to be used again or pruned.
"""

import contextlib
import errno
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from crosswind.identity import ID_LENGTH, Stage
from crosswind.records import Damaged, File, StageRecord, check_file, digest
from crosswind.stages import kind, parents, slug

RECORD = "record.json"
WEIGHTS = "weights.safetensors"
EXAMPLES = "examples.parquet"
LINKS = "links.parquet"
OUTCOMES = "outcomes.parquet"
SCORES = "scores.parquet"
VOTES = "votes.parquet"
TABLES = "tables"
KINDS = ("dataset", "align", "perturb", "train", "evaluate", "vote", "attack")
SLUG_LENGTH = 120
FOLDER = re.compile(rf"-[0-9a-f]{{{ID_LENGTH}}}$")


class Unwritable(ValueError):
    """A store in which nothing can be made."""


class Store:
    """A folder of finished stages, shared by any number of studies and processes."""

    def __init__(self, root: Path):
        self.root = root
        self.verified: set[Path] = set()
        self.places: dict[str, str] | None = None

    def prepare(self) -> None:
        """Make the folders that making stages needs; raises Unwritable where that cannot be done."""
        probe = self.root / "work" / f".probe-{uuid.uuid4().hex}"
        try:
            for name in ("work", "claims"):
                (self.root / name).mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise Unwritable(
                f"no stage can be made in the store {self.root}: {error.strerror} ({error.filename}); "
                "name a folder that you may write to with --store or CROSSWIND_STORE"
            ) from error

    # Looking

    def folder(self, stage: Stage) -> Path:
        """Where a stage is or will be published; found by its id, so a slug that reads otherwise today does no harm."""
        return Path(self.place_of(stage))

    def place_of(self, stage: Stage) -> str:
        """The same as text."""
        if self.places is None:
            self.places = {path[-ID_LENGTH:]: path for path in self.paths()}
        return self.places.get(stage.id) or f"{self.root}/{kind(stage)}/{file_name(slug(stage))}-{stage.id}"

    def folders(self) -> Iterator[Path]:
        """All folders of stages, by kind and name. Whatever else lies about is not ours."""
        for name in KINDS:
            yield from map(Path, sorted(self.paths(name)))

    def paths(self, *kinds: str) -> Iterator[str]:
        """The same as text, in no order: of a hundred thousand, paths take longer to make than folders to look at."""
        for name in kinds or KINDS:
            with contextlib.suppress(FileNotFoundError), os.scandir(self.root / name) as entries:
                yield from (entry.path for entry in entries if FOLDER.search(entry.name) and entry.is_dir())

    def held(self) -> set[str]:
        """The ids of all published stages."""
        return {path[-ID_LENGTH:] for path in self.paths() if os.path.exists(f"{path}/{RECORD}")}  # noqa: PTH110

    def has(self, stage: Stage) -> bool:
        return os.path.exists(f"{self.place_of(stage)}/{RECORD}")  # noqa: PTH110  (as in paths)

    def has_weights(self, stage: Stage) -> bool:
        """Whether the weights of a published training are there: not where it failed or was pruned."""
        return self.has(stage) and WEIGHTS in self.record(stage).files

    def record(self, stage: Stage) -> StageRecord:
        return StageRecord.read(self.folder(stage) / RECORD)

    def file(self, stage: Stage, name: str) -> Path:
        """A published file, its digest checked the first time this process asks for it."""
        path = self.folder(stage) / name
        if path not in self.verified:
            check_file(path, self.record(stage).file(name, path.parent))
            self.verified.add(path)
        return path

    # Making

    def work(self, stage: Stage) -> Path:
        """The folder in which a stage is made; made if need be, kept when a run is killed."""
        path = self.root / "work" / stage.id
        path.mkdir(parents=True, exist_ok=True)
        return path

    def has_work(self, stage: Stage) -> bool:
        """Whether somebody began to make a stage and did not publish it."""
        return (self.root / "work" / stage.id).exists()

    def failure_log(self, stage: Stage) -> Path:
        path = self.root / "failures" / f"{file_name(slug(stage))}-{stage.id}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def publish(
        self,
        stage: Stage,
        work: Path,
        files: Sequence[str],
        facts: Mapping[str, Any],
        made_by: Mapping[str, Any],
        failure: str = "",
    ) -> None:
        """Move `files` of the work folder, and their record last, to the stage's own folder."""
        record = StageRecord(
            id=stage.id,
            kind=kind(stage),
            slug=slug(stage),
            payload=stage.payload,
            parents=tuple(dict.fromkeys(parent.id for parent in parents(stage))),
            status="failed" if failure else "done",
            facts=facts,
            files={name: digest(work / name) for name in files},
            failure=failure,
            weights="kept" if WEIGHTS in files else "none",
            made_by=made_by,
        )
        record.write(work / RECORD)
        built = self.root / "work" / f"{stage.id}.{uuid.uuid4().hex[:8]}"
        built.mkdir()
        for name in (*files, RECORD):
            (work / name).replace(built / name)
        self.place(built, stage, fresh=WEIGHTS in files)
        self.forget(stage)

    def place(self, built: Path, stage: Stage, fresh: bool) -> None:
        """Publish a folder by one rename. One that is there already stays, unless it lacks weights that ours brings."""
        target = self.folder(stage)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and (not self.has(stage) or (fresh and not self.has_weights(stage))):
            self.remove(target)
        try:
            built.rename(target)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
            shutil.rmtree(built)  # a run that was thought dead, and was not, came first; its result is the same

    def forget(self, stage: Stage) -> None:
        """Clear away what making a stage has left: its work folders and the log of an earlier failure."""
        with os.scandir(self.root / "work") as entries:
            left = [entry.path for entry in entries if entry.name.startswith(stage.id)]
        for path in left:
            shutil.rmtree(path, ignore_errors=True)
        for log in (self.root / "failures").glob(f"*-{stage.id}.log"):
            log.unlink(missing_ok=True)
        self.verified = {path for path in self.verified if path.parent != self.folder(stage)}

    def remove(self, folder: Path) -> None:
        """Delete a published folder; it is out of the store at once, however long its files take.

        Copies of evaluations go first, since one that is made again may come out otherwise.
        """
        if folder.parent.name == "evaluate":
            shutil.rmtree(self.root / TABLES, ignore_errors=True)
        aside = self.root / "work" / f"{folder.name[-ID_LENGTH:]}.{uuid.uuid4().hex[:8]}"
        aside.parent.mkdir(exist_ok=True)
        folder.rename(aside)
        shutil.rmtree(aside)

    def prune_weights(self, folder: Path) -> int:
        """Delete a stage's weights, its record first, and return the bytes freed. Outcomes are never pruned."""
        StageRecord.read(folder / RECORD).without(WEIGHTS).write(folder / RECORD)
        size = (folder / WEIGHTS).stat().st_size
        (folder / WEIGHTS).unlink()
        return size


def check_folder(folder: Path) -> StageRecord:
    """The record of a published folder, whose every file is as recorded; raises Damaged otherwise."""
    record = StageRecord.read(folder / RECORD)
    record.check(folder)
    return record


def file_name(name: str) -> str:
    """A slug as a file name: harmless characters, bounded length."""
    return re.sub(r"[^A-Za-z0-9._+,=()-]+", "_", name)[:SLUG_LENGTH]


__all__ = [
    "EXAMPLES",
    "KINDS",
    "LINKS",
    "OUTCOMES",
    "RECORD",
    "SCORES",
    "TABLES",
    "WEIGHTS",
    "Damaged",
    "File",
    "StageRecord",
    "Store",
    "Unwritable",
    "check_folder",
]
