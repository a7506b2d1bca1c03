"""A study that runs in seconds, and executors that make its stages without any learning."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from crosswind.executors.base import Executor
from crosswind.identity import Stage
from crosswind.jobs import Job, Result
from crosswind.plan import Plan, make_plan
from crosswind.stages import Train
from crosswind.store import WEIGHTS, Store
from crosswind.study_file import load_study

TEXT = """
name = "small"
seeds = {seeds}
base = {{ model = "pocket" }}
targets = ["pocket-nli"]
languages = ["solvane", "zhelnik"]
limit = {{ train = {train}, dev = 8, test = 8 }}
recipe = {{ epochs = 1, batch = 4, learning_rate = {rate}, checks = 2 }}

[[arm]]
name = "full"
sequences = {sequences}

[[condition]]
perturbation = "typo_edit"
severities = [3]
"""
BOTH = '[[], ["pocket-paws"]]'
ONE = "[[]]"


def small_file(folder: Path, seeds: str = "[1]", train: int = 16, rate: float = 1e-3, sequences: str = BOTH) -> Path:
    """Pocket's own encoder, two languages, one condition, a few rows: 19 stages, three of them trainings."""
    path = folder / "small.toml"
    path.write_text(TEXT.format(seeds=seeds, train=train, rate=rate, sequences=sequences), encoding="utf-8")
    return path


def small_plan(folder: Path, **changes: Any) -> Plan:
    return make_plan(load_study(small_file(folder, **changes)))


def first_train(plan: Plan) -> Train:
    return next(stage for stage in plan.stages.values() if isinstance(stage, Train))


def crosswind(*arguments: object, **options: Any) -> "subprocess.Popen[str]":
    """The command line in a process, and a process group, of its own."""
    command = [sys.executable, "-W", "error", "-m", "crosswind", *map(str, arguments)]
    options = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "text": True,
        "start_new_session": True,
    } | options
    return subprocess.Popen(command, **options)


def publish_toy(store: Store, stage: Stage, content: str = "made") -> None:
    """Publish something in a stage's place."""
    work = store.work(stage)
    names = ("made.txt", WEIGHTS) if isinstance(stage, Train) else ("made.txt",)
    for name in names:
        (work / name).write_text(content, encoding="utf-8")
    store.publish(stage, work, names, {"units": 8, "wall_seconds": 0.01}, {"device": "toy"})


class Toys(Executor):
    """Threads that publish something at once. `before` is called with each stage and may raise or answer otherwise."""

    def __init__(self, store: Store, before: Callable[[Stage], Result | None] = lambda _: None, workers: int = 2):
        self.store, self.before, self.workers = store, before, workers
        self.pool = ThreadPoolExecutor(workers)
        self.made: list[str] = []
        self.stopped = False

    def submit(self, job: Job) -> Future[Sequence[Result]]:
        return self.pool.submit(self.perform, job)

    def perform(self, job: Job) -> list[Result]:
        return [self.attempt(stage) for stage in job]

    def attempt(self, stage: Stage) -> Result:
        if self.stopped:
            return Result(stage.id, "stopped")
        answer = self.before(stage)
        if answer is None:
            self.made.append(stage.id)
            publish_toy(self.store, stage)
        return answer or Result(stage.id, "done", seconds=0.01)

    def mend(self) -> None:
        self.pool.shutdown(cancel_futures=True)
        self.pool = ThreadPoolExecutor(self.workers)

    def stop(self) -> None:
        self.stopped = True

    def close(self) -> None:
        self.pool.shutdown()
