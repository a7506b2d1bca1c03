"""Who is making which stage: two runs on one store share the work and never do a stage twice.

A claim is a file `claims/<stage id>.<generation>`, which only one process can create. The claim of a process that died,
or of another machine's that fell silent, is taken over by the next generation, which again only one can create. A
process touches its claims while it lives.
"""

import contextlib
import json
import os
import socket
import threading
import time
import uuid
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Literal, Self

HEARTBEAT_SECONDS = 5.0
SILENT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Owner:
    """A process, recognisable after its number has been given to another."""

    place: str
    pid: int
    started: str
    token: str

    @classmethod
    def me(cls) -> "Owner":
        return cls(here(), os.getpid(), started(os.getpid()), uuid.uuid4().hex)

    @property
    def life(self) -> Literal["alive", "gone", "unknown"]:
        """Whether the process lives, as far as that can be told from here."""
        if self.place != here():
            return "unknown"
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return "gone"
        except PermissionError:
            pass
        now = started(self.pid)
        if now != self.started:
            return "gone"
        return "alive" if now else "unknown"

    def __str__(self) -> str:
        return f"process {self.pid} on {self.place.split()[0]}"


@cache
def here() -> str:
    """Where process numbers mean the same: host, boot and process namespace, since containers may share a host name."""
    parts = [socket.gethostname()]
    with contextlib.suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
    with contextlib.suppress(OSError):
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)


def started(pid: int) -> str:
    """When a process of this machine began, as the kernel tells it; empty for a dead one and where it is not told."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


class Makers:
    """The claims of one process. `beat` keeps them alive from a thread, from the first one taken until `close`."""

    def __init__(self, root: Path, silent_seconds: float = SILENT_SECONDS):
        self.folder = root / "claims"
        self.silent_seconds = silent_seconds
        self.owner = Owner.me()
        self.held: dict[str, Path] = {}
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take(self, stage_id: str) -> bool:
        """Claim a stage; False if another living process has it."""
        if stage_id in self.held:
            return True
        before = self.newest(stage_id)
        seen = text_of(before)
        if before is not None and not self.is_stale(before):
            return False
        path = self.folder / f"{stage_id}.{0 if before is None else generation_of(before) + 1}"
        if not self.create(path):
            return False
        # Somebody may have taken over, ended and cleared up between our look and our claim: then it is theirs or free.
        if self.newest(stage_id) != path or text_of(before) != seen:
            path.unlink(missing_ok=True)
            return False
        self.keep(stage_id, path)
        return True

    def keep(self, stage_id: str, path: Path) -> None:
        """Hold a claim and keep it alive."""
        with self.lock:
            self.held[stage_id] = path
        if self.thread is None:
            self.thread = threading.Thread(target=self.beat, name="claims", daemon=True)
            self.thread.start()

    def create(self, path: Path) -> bool:
        """Put a claim in place; False if somebody else was faster."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:
                json.dump(asdict(self.owner), file)
        except FileExistsError:
            return False
        except OSError:  # a full disk: a claim without an owner would keep others waiting
            path.unlink(missing_ok=True)
            raise
        return True

    def release(self, stage_id: str) -> None:
        """Give a claim back, and clear away the dead ones before it, oldest first."""
        with self.lock:
            own = self.held.pop(stage_id, None)
        if own is not None:
            for path in sorted(self.files(stage_id), key=generation_of):
                if generation_of(path) <= generation_of(own):
                    path.unlink(missing_ok=True)

    def is_claimed(self, stage_id: str) -> bool:
        """Whether a living process is making the stage."""
        newest = self.newest(stage_id)
        return newest is not None and not self.is_stale(newest)

    def living(self) -> dict[str, Owner]:
        """Who is making what, by the stage's id."""
        found: dict[str, Owner] = {}
        for stage_id in {path.stem for path in self.files()}:
            newest = self.newest(stage_id)
            if newest is not None and not self.is_stale(newest):
                with contextlib.suppress(FileNotFoundError):
                    found[stage_id] = owner_of(newest)
        return found

    def files(self, stage_id: str = "") -> list[Path]:
        """The claims of one stage, or of all; names that begin with a dot are clocks."""
        try:
            with os.scandir(self.folder) as entries:
                names = [entry.name for entry in entries if entry.name.startswith(stage_id)]
        except FileNotFoundError:
            return []
        return [self.folder / name for name in names if name[0] != "."]

    def newest(self, stage_id: str) -> Path | None:
        return max(self.files(stage_id), key=generation_of, default=None)

    def is_stale(self, path: Path) -> bool:
        """Whether the owner of a claim is dead or, where that cannot be seen, has been silent for too long."""
        try:
            silent = self.file_system_time() - path.stat().st_mtime
            life = owner_of(path).life
        except FileNotFoundError:  # given back this moment
            return False
        except (ValueError, TypeError):  # written this moment, or torn by a crash of the machine
            return silent > self.silent_seconds
        return life == "gone" or (life == "unknown" and silent > self.silent_seconds)

    def file_system_time(self) -> float:
        """Now, as the store's file system tells it; another machine's clock may differ from ours."""
        probe = self.folder / f".clock-{self.owner.token}"
        try:
            probe.touch()
            return probe.stat().st_mtime
        except OSError:  # a store that may only be read
            return time.time()
        finally:
            with contextlib.suppress(OSError):
                probe.unlink()

    def beat(self) -> None:
        while not self.closing.wait(min(HEARTBEAT_SECONDS, self.silent_seconds / 4)):
            with self.lock:
                paths = list(self.held.values())
            for path in paths:
                with contextlib.suppress(OSError):
                    os.utime(path)

    def close(self) -> None:
        """Release everything."""
        self.closing.set()
        if self.thread is not None:
            self.thread.join()
        for stage_id in list(self.held):
            self.release(stage_id)


def owner_of(path: Path) -> Owner:
    return Owner(**json.loads(path.read_text(encoding="utf-8")))


def text_of(path: Path | None) -> str:
    """What a claim says; nothing where there is none."""
    try:
        return path.read_text(encoding="utf-8") if path else ""
    except FileNotFoundError:
        return ""


def generation_of(path: Path) -> int:
    return int(path.suffix[1:])
