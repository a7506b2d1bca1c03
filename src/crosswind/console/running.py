"""A run from the command line: which executor, what is shown meanwhile, what is said at the end."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from crosswind.console.progress import Display, display, told
from crosswind.executors.base import Executor
from crosswind.executors.local import Local
from crosswind.executors.pool import Pool
from crosswind.jobs import Summary, Trouble
from crosswind.machine import Resources, cores, default_workers
from crosswind.plan import Plan
from crosswind.quantities import counted_things, duration
from crosswind.run import Run
from crosswind.store import Store

MANY = 5
INTERRUPTED = 130
PATIENT = 2
FULL = ("No space left", "StorageFull", "Disk quota", "File too large")


@dataclass(frozen=True, slots=True)
class Crew:
    """How many processes work, and what each may use."""

    workers: int
    resources: Resources

    def executor(self, root: Path) -> Executor:
        if self.workers == 1:
            return Local(root, self.resources)
        return Pool(root, self.resources, self.workers)


def crew(
    plan: Plan,
    workers: int | None = None,
    threads: int | None = None,
    device: str = "auto",
    microbatch: int | None = None,
) -> Crew:
    """The processes for a plan: as asked, else one per core, or one where a GPU does the work."""
    if workers is None:
        workers = 1 if uses_gpu(device) else default_workers()
    threads = threads or max(1, cores() // workers)
    return Crew(
        workers,
        Resources(
            device=device,
            threads=threads,
            microbatch=microbatch,
            folders=plan.folders,
            library=plan.study.library,
            distances=plan.study.distances,
        ),
    )


def uses_gpu(device: str) -> bool:
    """Whether stages will run on a GPU, told without importing torch."""
    return device.startswith("cuda") or (device == "auto" and Path("/dev/nvidia0").exists())


def execute(
    plan: Plan, store: Store, with_crew: Crew | None = None, show: Callable[[Store], Display] = display
) -> Summary:
    """Run a plan, showing progress on standard error. Ctrl-C or a termination signal saves and stops; a second one ends
    this process at once."""
    team = with_crew or crew(plan)
    try:
        with asked_to_stop() as asked, show(store) as screen:
            return Run(plan, store, lambda: team.executor(store.root), screen, asked)()
    except KeyboardInterrupt:
        sys.stderr.write("ended at once; the same command goes on from the last checkpoints\n")
        sys.stderr.flush()
        os._exit(INTERRUPTED)  # a thread that is still making a stage cannot be ended otherwise


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], int]]:
    """While this lasts, Ctrl-C and SIGTERM are only counted: raised in the wrong line, they would leave a process
    behind that nobody knows. Only the third no longer waits for the scheduler to look."""
    asked = 0

    def count(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked += 1
        if asked > PATIENT:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # only the main thread may listen to signals
        yield lambda: asked
        return
    before = {number: signal.signal(number, count) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def told_summary(summary: Summary) -> Iterator[str]:
    """What a run did, in lines: counts first, then every piece of trouble with its cause and its log."""
    shared = f", {summary.shared} made by another run" if summary.shared else ""
    made = counted_things(summary.made, "stage")
    yield f"{made} made in {duration(summary.seconds)}, {summary.held} already there{shared}"
    for title, troubles in (("diverged (a result too)", summary.failed), ("broken", summary.broken)):
        if troubles:
            yield f"{title}: {len(troubles)}"
            yield from (f"  {told(trouble)}" for trouble in troubles)
    if summary.blocked:
        yield f"not made because of these: {len(summary.blocked)}"
        yield from few(summary.blocked)
    if summary.stopped:
        yield "stopped; the same command goes on from here"
    elif summary.broken:
        yield f"{remedy(summary.broken)}, then run the same command again: finished stages stay"


def remedy(broken: list[Trouble]) -> str:
    """What to do about stages that broke."""
    if any(sign in trouble.cause for trouble in broken for sign in FULL):
        return "the disk is full: free some space (`crosswind store prune` shows what this store can spare)"
    return "mend the cause"


def few(troubles: list[Trouble]) -> Iterator[str]:
    yield from (f"  {told(trouble)}" for trouble in troubles[:MANY])
    if len(troubles) > MANY:
        yield f"  and {len(troubles) - MANY} more"
