"""Stages made in this process, one job at a time: the simplest thing to debug, and the right one for a single GPU."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

from crosswind.executors.base import Executor
from crosswind.jobs import Job, Result
from crosswind.machine import Resources, set_wait_policy
from crosswind.store import Store


class Local(Executor):
    """One thread beside the scheduler, so that progress and claims stay alive while a stage runs."""

    workers = 1

    def __init__(self, root: Path, resources: Resources):
        set_wait_policy()
        self.root, self.resources = root, resources
        self.stopping = threading.Event()
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="stage")

    @cached_property
    def workshop(self) -> Any:
        """Made by the first job in its own thread, since it takes seconds to import what it needs."""
        from crosswind.workshop import Workshop

        return Workshop(Store(self.root), self.resources, self.stopping.is_set)

    def submit(self, job: Job) -> Future[Sequence[Result]]:
        return self.pool.submit(self.perform, job)

    def perform(self, job: Job) -> Sequence[Result]:
        from crosswind.work import perform

        return perform(job, self.workshop)

    def mend(self) -> None:
        """A thread does not die of its own."""

    def stop(self) -> None:
        self.stopping.set()

    def close(self) -> None:
        self.stopping.set()
        self.pool.shutdown(wait=False, cancel_futures=True)
