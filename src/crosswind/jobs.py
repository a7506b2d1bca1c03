"""What the scheduler hands out, what it gets back, and what it tells about it."""

from dataclasses import dataclass, field
from typing import Literal

from crosswind.identity import Stage

Job = tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How one stage ended.

    `done` and `failed` are published: a run that diverged is a result too. `broken` stages left a log and are tried
    again by the next run; `stopped` ones ended on request and go on from their checkpoint.
    """

    stage_id: str
    status: Literal["done", "failed", "broken", "stopped"]
    message: str = ""
    log: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """A stage that this run could not bring to a result, and why."""

    stage: Stage
    cause: str
    log: str = ""


@dataclass
class Summary:
    """What a run did. `held` were finished before it began, `shared` were made meanwhile by another run."""

    held: int = 0
    made: int = 0
    shared: int = 0
    failed: list[Trouble] = field(default_factory=list)
    broken: list[Trouble] = field(default_factory=list)
    blocked: list[Trouble] = field(default_factory=list)
    stopped: bool = False
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        return not (self.broken or self.stopped)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How a run stands at one moment."""

    done: int
    total: int
    running: tuple[Stage, ...]
    seconds_left: float | None
    news: tuple[Trouble, ...]
    stopping: bool = False
