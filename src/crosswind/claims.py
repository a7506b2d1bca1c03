"""Who is making which stage: two runs on one store share the work and never do a stage twice.

A claim is a file `claims/<stage id>.<generation>`. Creating generation 0 fails if it is there already; a claim whose owner
died or fell silent is taken over by creating the next generation, which again only one process can do. The owner touches
its claims while it lives.
"""

import contextlib
import json
import os
import socket
import threading
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

HEARTBEAT_SECONDS = 5.0
SILENT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Owner:
    """A process, recognisable after its id has been given to another."""

    host: str
    pid: int
    started: str
    token: str

    @classmethod
    def me(cls) -> "Owner":
        return cls(socket.gethostname(), os.getpid(), started(os.getpid()), uuid.uuid4().hex)

    def is_gone(self) -> bool:
        """Whether the process certainly lives no more; False where it cannot be told, as for another machine."""
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return started(self.pid) != self.started


def started(pid: int) -> str:
    """When a process of this machine began, as the kernel tells it; empty where it does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


class Claims:
    """The claims of one process. `beat` keeps them alive from a thread until `close`."""

    def __init__(self, root: Path, silent_seconds: float = SILENT_SECONDS):
        self.folder = root / "claims"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.silent_seconds = silent_seconds
        self.owner = Owner.me()
        self.held: dict[str, Path] = {}
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.thread = threading.Thread(target=self.beat, name="claims", daemon=True)
        self.thread.start()

    def take(self, stage_id: str) -> bool:
        """Claim a stage; False if another living process has it."""
        newest = self.newest(stage_id)
        generation = 0
        if newest is not None:
            if not self.is_stale(newest):
                return False
            generation = int(newest.suffix[1:]) + 1
        path = self.folder / f"{stage_id}.{generation}"
        try:
            with path.open("x", encoding="utf-8") as file:
                json.dump(asdict(self.owner), file)
        except FileExistsError:
            return False
        with self.lock:
            self.held[stage_id] = path
        return True

    def release(self, stage_id: str) -> None:
        """Give a claim back, and clear away the dead ones before it."""
        with self.lock:
            own = self.held.pop(stage_id, None)
        if own is not None:
            for path in sorted(self.folder.glob(f"{stage_id}.*"), key=generation_of):
                if generation_of(path) <= generation_of(own):
                    path.unlink(missing_ok=True)

    def is_claimed(self, stage_id: str) -> bool:
        """Whether a living process is making the stage."""
        newest = self.newest(stage_id)
        return newest is not None and not self.is_stale(newest)

    def newest(self, stage_id: str) -> Path | None:
        return max(self.folder.glob(f"{stage_id}.*"), key=generation_of, default=None)

    def is_stale(self, path: Path) -> bool:
        """Whether the owner of a claim is dead, or silent for too long by the file system's own clock."""
        try:
            silent = self.file_system_time() - path.stat().st_mtime
            owner = Owner(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return False
        except (ValueError, TypeError):  # written this moment, or torn by a crash of the machine
            return silent > self.silent_seconds
        return silent > self.silent_seconds or owner.is_gone()

    def file_system_time(self) -> float:
        """Now, as the store's file system tells it; another machine's clock may differ from ours."""
        probe = self.folder / f".clock-{self.owner.token}"
        probe.touch()
        return probe.stat().st_mtime

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
        self.thread.join()
        for stage_id in list(self.held):
            self.release(stage_id)
        (self.folder / f".clock-{self.owner.token}").unlink(missing_ok=True)


def generation_of(path: Path) -> int:
    return int(path.suffix[1:])
