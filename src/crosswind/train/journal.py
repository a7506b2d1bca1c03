"""The log of a training stage, and when its state is due to be saved."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from crosswind.train.checkpoint import Progress

FILE = "log.jsonl"
SECONDS_BETWEEN_LINES = 0.5
COUNTERS = frozenset(
    {"update", "updates", "tokens", "seconds", "best_score", "best_update", "epoch", "mean_of", "turns", "tokens_of"}
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds a training stage without changing its numbers."""

    folder: Path
    pad: int
    microbatch: int | None = None
    checkpoint_seconds: float = 60.0
    stop: Callable[[], bool] = field(default=lambda: False)


class Journal:
    """Counts tokens and seconds, writes the stage's log, says when a checkpoint is due."""

    def __init__(self, setting: Setting, progress: Progress):
        self.setting = setting
        self.began = time.monotonic() - progress.seconds
        self.saved = self.logged = time.monotonic()
        self.measured: list[Mapping[str, float]] = []
        self.last: Mapping[str, object] = {}
        forget_after(progress.update, setting.folder / FILE)

    def tick(self, progress: Progress, tokens: int, task: str = "") -> Progress:
        """One more update, by so many tokens; `task` names whose it was where several take turns."""
        turns, tokens_of = progress.turns, progress.tokens_of
        if task:
            turns = {**turns, task: turns.get(task, 0) + 1}
            tokens_of = {**tokens_of, task: tokens_of.get(task, 0) + tokens}
        return replace(
            progress,
            update=progress.update + 1,
            tokens=progress.tokens + tokens,
            seconds=time.monotonic() - self.began,
            turns=turns,
            tokens_of=tokens_of,
        )

    def log(self, progress: Progress, total: int, norm: float, measured: Mapping[str, float], epoch: int) -> None:
        """A line now and then, and at the end of every epoch, with the means of what was measured since the last."""
        if epoch != self.last.get("epoch"):
            self.flush()
        self.measured.append({**measured, "norm": norm})
        shown = {name: value for name, value in asdict(progress).items() if value != {}}
        self.last = {"updates": total, "epoch": epoch} | shown
        if time.monotonic() - self.logged >= SECONDS_BETWEEN_LINES or progress.update >= total:
            self.flush()

    def flush(self) -> None:
        """Write the line of what was measured since the last one, if there is anything."""
        if self.measured:
            self.write({"mean_of": len(self.measured), **means(self.measured), **self.last})
        self.logged, self.measured = time.monotonic(), []

    def write(self, entry: Mapping[str, object]) -> None:
        with (self.setting.folder / FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def due(self) -> bool:
        if time.monotonic() - self.saved < self.setting.checkpoint_seconds:
            return False
        self.saved = time.monotonic()
        return True


def means(measured: Sequence[Mapping[str, float]], weights: Sequence[float] | None = None) -> dict[str, float]:
    """The weighted mean of each name; of one that is not in all of them, over those that have it."""
    found = {}
    weighted = list(zip(measured, weights or [1.0] * len(measured), strict=True))
    for name in dict.fromkeys(name for each in measured for name in each):
        own = [(each[name], weight) for each, weight in weighted if name in each]
        found[name] = sum(value * weight for value, weight in own) / sum(weight for _, weight in own)
    return found


def forget_after(update: int, path: Path) -> None:
    """Drop what a killed process wrote after its last checkpoint, a torn last line included: it is made again."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in lines if line.endswith("}") and json.loads(line)["update"] <= update]
    if kept != lines:
        path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")


def epochs(path: Path) -> Iterator[dict[str, Any]]:
    """What a log tells of each epoch: its updates, its seconds, and the means over its updates of all else."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    before = 0.0
    for epoch, own in groupby((line for line in lines if "mean_of" in line), lambda line: line["epoch"]):
        kept = list(own)
        counts = [line["mean_of"] for line in kept]
        measured = [{name: line[name] for name in line.keys() - COUNTERS} for line in kept]
        seconds = kept[-1]["seconds"] - before
        yield {"epoch": epoch + 1, "updates": sum(counts), "seconds": seconds, **means(measured, counts)}
        before = kept[-1]["seconds"]
