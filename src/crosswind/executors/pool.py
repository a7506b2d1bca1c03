"""Stages made in several processes of this machine, each started afresh so that no state of this one leaks into it."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from crosswind.executors.base import Executor
from crosswind.jobs import Job, Result
from crosswind.machine import Resources, set_wait_policy

WORKSHOP: Any = None  # a worker process has one workshop for its whole life


class Pool(Executor):
    """A pool that survives the death of a worker: the broken pool is replaced, and the scheduler finds out who did it."""

    def __init__(self, root: Path, resources: Resources, workers: int):
        set_wait_policy()
        self.workers = workers
        self.context = multiprocessing.get_context("spawn")
        self.stopping = self.context.Event()
        self.settings = (str(root), resources, self.stopping)
        self.pool = self.new_pool()

    def new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.workers, self.context, start_worker, self.settings)

    def submit(self, job: Job) -> Future[Sequence[Result]]:
        try:
            return self.pool.submit(perform_here, job)
        except BrokenExecutor:
            self.pool.shutdown(wait=False)
            self.pool = self.new_pool()
            return self.pool.submit(perform_here, job)

    def stop(self) -> None:
        self.stopping.set()

    def close(self) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)


def start_worker(root: str, resources: Resources, stopping: Event) -> None:
    """Prepare a worker process. Ctrl-C is the scheduler's business; a worker whose scheduler was killed ends at once."""
    global WORKSHOP
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, name="parent", daemon=True).start()
    from crosswind.store import Store
    from crosswind.work import Workshop

    WORKSHOP = Workshop(Store(Path(root)), resources, stopping.is_set)


def end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def perform_here(job: Job) -> Sequence[Result]:
    """Make a job in this worker process."""
    from crosswind.work import perform

    return perform(job, WORKSHOP)
