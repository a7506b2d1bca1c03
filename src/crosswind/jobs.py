"""What the scheduler hands out and what it gets back."""

from dataclasses import dataclass
from typing import Literal

from crosswind.identity import Stage

Job = tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How one stage ended.

    `done` and `failed` are published: a run that diverged is a result too. `broken` stages left a log and are tried again by
    the next run; `stopped` ones ended on request and go on from their checkpoint.
    """

    stage_id: str
    status: Literal["done", "failed", "broken", "stopped"]
    message: str = ""
    log: str = ""
    seconds: float = 0.0
