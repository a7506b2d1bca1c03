"""The log of a training stage, and when its state is due to be saved."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from crosswind.train.checkpoint import Progress

FILE = "log.jsonl"
SECONDS_BETWEEN_LINES = 0.5


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

    def log(self, progress: Progress, total: int, norm: float, measured: Mapping[str, float]) -> None:
        """A line now and then, with the means of what was measured since the last one."""
        self.measured.append(measured)
        now = time.monotonic()
        if now - self.logged < SECONDS_BETWEEN_LINES and progress.update < total:
            return
        means = {name: sum(each[name] for each in self.measured) / len(self.measured) for name in measured}
        self.logged, self.measured = now, []
        shown = {name: value for name, value in asdict(progress).items() if value != {}}
        self.write({"updates": total, **means, "norm": norm} | shown)

    def write(self, entry: dict[str, object]) -> None:
        with (self.setting.folder / FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def due(self) -> bool:
        if time.monotonic() - self.saved < self.setting.checkpoint_seconds:
            return False
        self.saved = time.monotonic()
        return True


def forget_after(update: int, path: Path) -> None:
    """Drop what a killed process wrote after its last checkpoint, a torn last line included: it is made again."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in lines if line.endswith("}") and json.loads(line)["update"] <= update]
    if kept != lines:
        path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
