"""A run from the command line: which executor, what is shown meanwhile, what is said at the end."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from crosswind.executors.base import Executor
from crosswind.executors.local import Local
from crosswind.executors.pool import Pool
from crosswind.machine import Resources, cores, default_workers
from crosswind.plan import Plan
from crosswind.progress import display, duration, told
from crosswind.run import Run, Summary, Trouble
from crosswind.store import Store

MANY = 5


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
    return Crew(workers, Resources(device=device, threads=threads, microbatch=microbatch, folders=plan.folders))


def uses_gpu(device: str) -> bool:
    """Whether stages will run on a GPU, told without importing torch."""
    return device.startswith("cuda") or (device == "auto" and Path("/dev/nvidia0").exists())


def execute(plan: Plan, store: Store, crew: Crew, show: Callable[[Store], object] = display) -> Summary:
    """Run a plan, showing progress on standard error; a termination signal ends it as Ctrl-C does."""
    signal.signal(signal.SIGTERM, interrupt)
    screen = display(store) if show is display else show(store)
    with screen:  # type: ignore[attr-defined]
        return Run(plan, store, lambda: crew.executor(store.root), screen)()  # type: ignore[arg-type]


def interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def told_summary(summary: Summary) -> Iterator[str]:
    """What a run did, in lines: counts first, then every piece of trouble with its cause and its log."""
    made = f"{summary.made} stages made in {duration(summary.seconds)}"
    yield f"{made}, {summary.held} already there" + (
        f", {summary.shared} made by another run" if summary.shared else ""
    )
    for title, troubles in (("failed runs (results too)", summary.failed), ("broken", summary.broken)):
        if troubles:
            yield f"{title}: {len(troubles)}"
            yield from (f"  {told(trouble)}" for trouble in troubles)
    if summary.blocked:
        yield f"not made because of these: {len(summary.blocked)}"
        yield from few(summary.blocked)
    if summary.stopped:
        yield "stopped; the same command goes on from here"
    elif summary.broken:
        yield "mend the cause and run the same command again: finished stages stay"


def few(troubles: list[Trouble]) -> Iterator[str]:
    yield from (f"  {told(trouble)}" for trouble in troubles[:MANY])
    if len(troubles) > MANY:
        yield f"  and {len(troubles) - MANY} more"
