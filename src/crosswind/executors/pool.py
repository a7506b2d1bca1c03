"""Stages made in several processes of this machine, each started afresh so that no state of this one leaks into it."""

import ctypes
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from crosswind.executors.base import Executor
from crosswind.jobs import Job, Result
from crosswind.machine import Resources, set_wait_policy
from crosswind.store import Store

WORKSHOP: Any = None  # a worker process has one workshop for its whole life
END_SIGNALS = {signal.SIGINT, signal.SIGTERM}


class Pool(Executor):
    """The standard library's pool, which a worker's death breaks for good; then a new one takes its place."""

    def __init__(self, root: Path, resources: Resources, workers: int):
        set_wait_policy()
        self.workers = workers
        self.context = multiprocessing.get_context("spawn")
        # One byte of shared memory and no lock: an Event's lock would stay locked if its holder were killed.
        self.stopping = self.context.RawValue(ctypes.c_bool, False)
        self.settings = (str(root), resources, self.stopping)
        self.pool = self.new_pool()

    def new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.workers, self.context, start_worker, self.settings)

    def submit(self, job: Job) -> Future[Sequence[Result]]:
        try:
            with signals_held_back():
                return self.pool.submit(perform_here, job)
        except BrokenExecutor as error:
            lost: Future[Sequence[Result]] = Future()
            lost.set_exception(error)
            return lost

    def mend(self) -> None:
        self.end_workers()
        self.pool = self.new_pool()

    def stop(self) -> None:
        self.stopping.value = True

    def close(self) -> None:
        self.end_workers()  # an idle worker has nothing to save, and would take seconds to unload its libraries

    def end_workers(self) -> None:
        """Kill all processes of the pool and wait until they are gone: no two may ever work on one stage."""
        for process in list((self.pool._processes or {}).values()):  # noqa: SLF001  (kill_workers comes with Python 3.14)
            process.kill()
        self.pool.shutdown(cancel_futures=True)


@contextmanager
def signals_held_back() -> Iterator[None]:
    """Processes started here inherit that these signals wait: Ctrl-C reaches all of a terminal's processes, and what to
    do about it is for the scheduler alone, even while a worker is still starting."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, END_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def start_worker(root: str, resources: Resources, stopping: Any) -> None:
    """Prepare a worker process; one whose scheduler was killed ends at once."""
    global WORKSHOP
    threading.Thread(target=end_with_parent, name="parent", daemon=True).start()
    from crosswind.workshop import Workshop

    WORKSHOP = Workshop(Store(Path(root)), resources, lambda: bool(stopping.value))


def end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def perform_here(job: Job) -> Sequence[Result]:
    """Make a job in this worker process."""
    from crosswind.work import perform

    return perform(job, WORKSHOP)
