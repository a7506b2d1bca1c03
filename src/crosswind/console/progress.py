"""What a person sees while a study runs: a live display on a terminal, plain lines anywhere else."""

import json
import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from crosswind.identity import Stage
from crosswind.jobs import Snapshot, Trouble
from crosswind.quantities import counted_things, duration
from crosswind.stages import Train, kind, slug
from crosswind.store import Store

LINE_SECONDS = 10.0
TAIL_BYTES = 4096
SHOWN = 8


class Display(Protocol):
    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def __call__(self, snapshot: Snapshot) -> None: ...


def display(store: Store) -> Display:
    """The display that suits where standard error goes."""
    return Live(store) if sys.stderr.isatty() and os.environ.get("TERM") != "dumb" else Lines(store)


class Lines:
    """A line every ten seconds and one for every piece of bad news; nothing that a log file could not hold."""

    def __init__(self, store: Store):
        self.store = store
        self.last = float("-inf")
        self.stopping = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def __call__(self, snapshot: Snapshot) -> None:
        for trouble in snapshot.news:
            self.say(told(trouble))
        turned = snapshot.stopping and not self.stopping
        self.stopping = snapshot.stopping
        if turned or time.monotonic() - self.last >= LINE_SECONDS:
            self.last = time.monotonic()
            self.say("; ".join((counted(snapshot), *(state(self.store, stage) for stage in snapshot.running[:1]))))

    def say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)  # noqa: T201


class Live:
    """A bar for the whole run, and a line for each stage being made."""

    def __init__(self, store: Store):
        from rich.console import Console
        from rich.live import Live as RichLive

        self.store = store
        self.console = Console(stderr=True)
        self.live = RichLive(console=self.console, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        self.live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.live.__exit__(kind, error, trace)

    def __call__(self, snapshot: Snapshot) -> None:
        for trouble in snapshot.news:
            self.console.print(told(trouble), style="yellow", markup=False, highlight=False)
        self.live.update(self.picture(snapshot))

    def picture(self, snapshot: Snapshot) -> Any:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        picture = Table.grid()
        picture.add_row(ProgressBar(total=max(1, snapshot.total), completed=snapshot.done, width=40))
        picture.add_row(Text(counted(snapshot), style="bold"))
        for stage in snapshot.running[:SHOWN]:
            picture.add_row(Text(f"  {state(self.store, stage)}", style="dim", no_wrap=True, overflow="ellipsis"))
        return picture


def counted(snapshot: Snapshot) -> str:
    """How far a run has come, and how long it will take."""
    to_go = snapshot.total - snapshot.done
    counts = f"{snapshot.done} of {counted_things(snapshot.total, 'stage')} done, {to_go} to go"
    if snapshot.stopping:
        return f"{counts}; saving what was begun (Ctrl-C again to end at once)"
    if snapshot.seconds_left is None or not to_go:
        return counts
    return f"{counts}, about {duration(snapshot.seconds_left)} left"


def state(store: Store, stage: Stage) -> str:
    """What a stage in flight is doing, as far as its log tells."""
    if not isinstance(stage, Train):
        return f"{kind(stage)} {slug(stage)}"
    entry = last_entry(store.root / "work" / stage.id / "log.jsonl")
    if not entry:
        return f"train {slug(stage)}: starting"
    speed = entry["tokens"] / entry["seconds"] if entry["seconds"] else 0.0
    progress = f"update {entry['update']}/{entry['updates']}, loss {entry['loss']:.3f}, {speed:,.0f} tokens/s"
    return f"train {slug(stage)}: {progress}"


def last_entry(path: Path) -> dict[str, Any]:
    """The last whole loss line of a stage's log; empty before there is one."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return {}
    for line in reversed(lines):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and "loss" in entry:
            return entry
    return {}


def told(trouble: Trouble) -> str:
    log = f" (log: {trouble.log})" if trouble.log else ""
    return f"{slug(trouble.stage)} ({trouble.stage.id}): {trouble.cause}{log}"
