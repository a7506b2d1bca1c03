"""The contract of an executor: it takes a job, a few stages to be made one after the other, and answers later."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import Future

from crosswind.jobs import Job, Result


class Executor(ABC):
    """`workers` jobs run at a time; the scheduler keeps one more waiting."""

    workers: int

    @abstractmethod
    def submit(self, job: Job) -> Future[Sequence[Result]]:
        """Start a job. The future fails with BrokenExecutor if a process died, which loses all jobs in flight."""

    @abstractmethod
    def mend(self) -> None:
        """After BrokenExecutor: see that nothing of the lost jobs still runs, and be ready for new ones."""

    @abstractmethod
    def stop(self) -> None:
        """Ask the jobs in flight to save what they have and end."""

    @abstractmethod
    def close(self) -> None:
        """Give threads and processes back at once; what is still in flight is abandoned."""
