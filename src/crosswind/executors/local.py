"""Stages made in this process, one job at a time: the simplest thing to debug, and the right one for a single GPU."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from crosswind.executors.base import Executor
from crosswind.jobs import Job, Result
from crosswind.machine import Resources, set_wait_policy


class Local(Executor):
    """One thread beside the scheduler, so that progress and claims stay alive while a stage runs."""

    workers = 1

    def __init__(self, root: Path, resources: Resources):
        set_wait_policy()
        from crosswind.store import Store
        from crosswind.work import Workshop, perform

        self.stopping = threading.Event()
        workshop = Workshop(Store(root), resources, self.stopping.is_set)
        self.perform = lambda job: perform(job, workshop)
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="stage")

    def submit(self, job: Job) -> Future[Sequence[Result]]:
        return self.pool.submit(self.perform, job)

    def stop(self) -> None:
        self.stopping.set()

    def close(self) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)
