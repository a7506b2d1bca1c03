"""How a run is carried out: nothing here changes a number, so nothing here enters an id."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crosswind.sources.published import Library

# A waiting OpenMP thread spins by default. When a core is shared, it takes the time that the thread it waits for needs;
# benchmarks/results holds the measurement behind this choice.
WAIT_POLICY = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """Where and with how much of the machine a stage runs, and where its data lie.

    `folders` says where local encoders are, by their digest; `distances` which translations a training's log may
    compare its radius with, where the radius does not depend on them.
    """

    device: str = "auto"
    threads: int = 1
    microbatch: int | None = None
    tokens_per_batch: int | None = None
    checkpoint_seconds: float = 60.0
    folders: Mapping[str, str] = field(default_factory=dict)
    library: Library = field(default_factory=Library)
    distances: Any = None


def cores() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def default_workers(memory_per_worker: int = 2 * 2**30) -> int:
    """One worker per core where memory allows. Whether fewer with more threads are faster is open: see LOG.md."""
    return max(1, min(cores(), available_memory() // memory_per_worker))


def available_memory() -> int:
    """Bytes of memory that are free for new processes; a guess of 4 GB per core where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return cores() * 4 * 2**30


def set_wait_policy() -> None:
    """Must be called before torch is imported; a policy that the user has set stays."""
    for name, value in WAIT_POLICY.items():
        os.environ.setdefault(name, value)
