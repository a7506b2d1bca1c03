"""The log of a training stage, and when its state is due to be saved."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from crosswind.models.batch import Batch
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
        self.losses: list[float] = []

    def tick(self, progress: Progress, micro: Sequence[Batch]) -> Progress:
        tokens = progress.tokens + sum(int(batch.mask_RL.sum()) for batch in micro)
        return replace(progress, update=progress.update + 1, tokens=tokens, seconds=time.monotonic() - self.began)

    def log(self, progress: Progress, total: int, loss: float, norm: float) -> None:
        self.losses.append(loss)
        now = time.monotonic()
        if now - self.logged < SECONDS_BETWEEN_LINES and progress.update < total:
            return
        mean = sum(self.losses) / len(self.losses)
        self.logged, self.losses = now, []
        self.write({"updates": total, "loss": mean, "norm": norm} | asdict(progress))

    def write(self, entry: dict[str, object]) -> None:
        with (self.setting.folder / FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def due(self) -> bool:
        if time.monotonic() - self.saved < self.setting.checkpoint_seconds:
            return False
        self.saved = time.monotonic()
        return True
