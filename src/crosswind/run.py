"""Walk a plan: what the store lacks goes to the executor, parents first, until nothing more can be made."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, field

from crosswind.claims import Claims
from crosswind.estimate import Throughput
from crosswind.executors.base import Executor
from crosswind.identity import Stage
from crosswind.jobs import Job, Result
from crosswind.plan import Plan
from crosswind.stages import Evaluate, Train, kind, parents, slug
from crosswind.store import Store

RANK = {"dataset": 0, "train": 1, "perturb": 2, "evaluate": 3, "attack": 4}
STAGES_PER_JOB = {"dataset": 8, "train": 1, "perturb": 8, "evaluate": 24, "attack": 1}
TICK_SECONDS = 0.25
LOOK_ELSEWHERE_SECONDS = 1.0
GUESS_SECONDS = 3.0


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


class Run:
    """One walk over one plan. Call it once."""

    def __init__(self, plan: Plan, store: Store, executor: Callable[[], Executor], show: Callable[[Snapshot], None]):
        self.plan, self.store, self.make_executor, self.show = plan, store, executor, show
        self.summary = Summary()
        self.attempts: dict[str, int] = defaultdict(int)
        self.todo = self.missing()
        self.summary.held = len(plan.stages) - len(self.todo)
        self.waiting: dict[str, set[str]] = {}
        self.children: dict[str, list[str]] = defaultdict(list)
        self.ready: dict[str, Stage] = {}
        self.elsewhere: dict[str, Stage] = {}
        self.suspects: deque[Stage] = deque()
        self.flying: dict[Future[Sequence[Result]], Job] = {}
        self.news: list[Trouble] = []
        self.looked = self.guessed_at = 0.0
        self.guess: float | None = None

    def __call__(self) -> Summary:
        began = time.monotonic()
        self.block_failed()
        self.arrange()
        if self.ready or self.waiting:
            self.speed = Throughput.of(self.store, self.plan.stages.values())
            self.claims = Claims(self.store.root)
            executor = self.make_executor()
            try:
                self.walk(executor)
            finally:
                executor.close()
                self.claims.close()
        self.summary.seconds = time.monotonic() - began
        return self.summary

    # What there is to do

    def missing(self) -> dict[str, Stage]:
        """The stages to make: those not in the store, and trainings whose weights one of those needs but were pruned."""
        held = self.store.held()
        needed = {stage_id: stage for stage_id, stage in self.plan.stages.items() if stage_id not in held}
        queue = deque(needed.values())
        while queue:
            for parent in parents(queue.popleft()):
                if isinstance(parent, Train) and parent.id not in needed and not self.store.has_weights(parent):
                    needed[parent.id] = parent
                    queue.append(parent)
        return {stage_id: stage for stage_id, stage in self.plan.stages.items() if stage_id in needed}

    def block_failed(self) -> None:
        """Trainings that are known to diverge are not made again; what depends on them is blocked."""
        for stage in list(self.todo.values()):
            if stage.id in self.todo and isinstance(stage, Train) and self.store.has(stage):
                record = self.store.record(stage)
                if record.status == "failed":
                    del self.todo[stage.id]
                    self.summary.failed.append(Trouble(stage, record.failure))
                    self.block_children(stage)

    def block_children(self, stage: Stage) -> None:
        """Give up everything that depends on a stage."""
        lost = {stage.id}
        for other in list(self.todo.values()):
            if other.id not in lost and any(parent.id in lost for parent in parents(other)):
                lost.add(other.id)
                del self.todo[other.id]
                self.waiting.pop(other.id, None)
                self.ready.pop(other.id, None)
                self.summary.blocked.append(Trouble(other, f"needs {slug(stage)} ({stage.id})"))

    def arrange(self) -> None:
        """Sort what is to be made into what can start and what waits for parents."""
        for stage in self.todo.values():
            before = {parent.id for parent in parents(stage)} & self.todo.keys()
            for parent_id in before:
                self.children[parent_id].append(stage.id)
            if before:
                self.waiting[stage.id] = before
            else:
                self.ready[stage.id] = stage

    # The walk

    def walk(self, executor: Executor) -> None:
        """Keep the executor busy until nothing is ready, in flight or being made by another run."""
        while self.flying or (not self.summary.stopped and (self.ready or self.elsewhere or self.suspects)):
            try:
                if not self.summary.stopped:
                    self.launch(executor)
                self.collect()
                self.look_elsewhere()
                self.show(self.snapshot(executor))
            except KeyboardInterrupt:
                if self.summary.stopped:
                    raise
                self.summary.stopped = True
                executor.stop()

    def launch(self, executor: Executor) -> None:
        """Hand out jobs; after a crash the suspects run alone, one by one, until the guilty one is known."""
        if self.suspects:
            if not self.flying:
                self.start(executor, [self.suspects.popleft()])
            return
        while self.ready and len(self.flying) < executor.workers + 1:
            self.start(executor, self.next_job(executor.workers))

    def next_job(self, workers: int) -> list[Stage]:
        """The next stages that are best made together: one training, or evaluations of one model."""
        first = min(self.ready.values(), key=lambda stage: RANK[kind(stage)])
        alike = [stage for stage in self.ready.values() if together(stage, first)]
        size = min(STAGES_PER_JOB[kind(first)], -(-len(alike) // workers))
        job = alike[:size]
        for stage in job:
            del self.ready[stage.id]
        return job

    def start(self, executor: Executor, stages: list[Stage]) -> None:
        """Claim stages and submit those that are ours to make."""
        job = []
        for stage in stages:
            if not self.claims.take(stage.id):
                self.elsewhere[stage.id] = stage
            elif self.is_published(stage):
                self.claims.release(stage.id)
                self.take_over(stage)
            else:
                job.append(stage)
        if job:
            self.flying[executor.submit(tuple(job))] = tuple(job)

    def is_published(self, stage: Stage) -> bool:
        """Whether the store has all that children need: of a training its weights, unless it failed."""
        if not self.store.has(stage):
            return False
        return (
            not isinstance(stage, Train) or self.store.has_weights(stage) or self.store.record(stage).status == "failed"
        )

    def collect(self) -> None:
        """Take in what has ended."""
        ended, _ = wait(self.flying, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
        if not self.flying and self.elsewhere:
            time.sleep(TICK_SECONDS)
        for future in ended:
            job = self.flying.pop(future)
            try:
                for stage, result in zip(job, future.result(), strict=True):
                    self.finish(stage, result)
            except BrokenExecutor:
                self.suspect(job)

    def suspect(self, job: Job) -> None:
        """A worker process died under a job: what it had not finished is tried once more, alone."""
        for stage in job:
            self.attempts[stage.id] += 1
            if self.is_published(stage):
                self.finish(stage, Result(stage.id, "done"))
            elif self.attempts[stage.id] > 1 and len(job) == 1 and not self.flying:
                cause = "its process was killed, twice; the usual reason is too little memory (try fewer --workers)"
                self.finish(stage, Result(stage.id, "broken", cause))
            else:
                self.claims.release(stage.id)
                self.suspects.append(stage)

    def finish(self, stage: Stage, result: Result) -> None:
        """Enter one result and free or block what waited for it."""
        self.claims.release(stage.id)
        match result.status:
            case "done":
                self.summary.made += 1
                self.speed.add(stage, result.seconds)
                self.free_children(stage)
            case "failed":
                self.trouble(self.summary.failed, stage, result)
            case "broken":
                self.trouble(self.summary.broken, stage, result)
            case "stopped":
                self.summary.stopped = True

    def trouble(self, where: list[Trouble], stage: Stage, result: Result) -> None:
        entry = Trouble(stage, result.message, result.log)
        where.append(entry)
        self.news.append(entry)
        self.todo.pop(stage.id, None)
        self.block_children(stage)

    def free_children(self, stage: Stage) -> None:
        self.todo.pop(stage.id, None)
        for child_id in self.children[stage.id]:
            before = self.waiting.get(child_id)
            if before is not None:
                before.discard(stage.id)
                if not before:
                    del self.waiting[child_id]
                    self.ready[child_id] = self.plan.stages[child_id]

    def look_elsewhere(self) -> None:
        """See what other runs have finished, or given up."""
        if time.monotonic() - self.looked < LOOK_ELSEWHERE_SECONDS:
            return
        self.looked = time.monotonic()
        for stage in list(self.elsewhere.values()):
            if self.is_published(stage):
                del self.elsewhere[stage.id]
                self.take_over(stage)
            elif not self.claims.is_claimed(stage.id):
                del self.elsewhere[stage.id]
                self.ready[stage.id] = stage

    def take_over(self, stage: Stage) -> None:
        """Enter the result that another run has published."""
        record = self.store.record(stage)
        self.summary.shared += 1
        if record.status == "failed":
            self.trouble(self.summary.failed, stage, Result(stage.id, "failed", record.failure))
        else:
            self.free_children(stage)

    def snapshot(self, executor: Executor) -> Snapshot:
        running = tuple(stage for job in self.flying.values() for stage in job)
        total = len(self.plan.stages)
        lost = len(self.summary.broken) + len(self.summary.blocked)
        news, self.news = tuple(self.news), []
        return Snapshot(total - len(self.todo) - lost, total, running, self.seconds_left(executor.workers), news)

    def seconds_left(self, workers: int) -> float | None:
        """What is left by measured speed, spread over the workers; None before anything like it was measured."""
        if time.monotonic() - self.guessed_at > GUESS_SECONDS:
            self.guessed_at = time.monotonic()
            self.guess = self.speed.total(self.todo.values())
        return None if self.guess is None else self.guess / workers


def together(stage: Stage, first: Stage) -> bool:
    """Whether two ready stages belong in one job."""
    if isinstance(stage, Evaluate) and isinstance(first, Evaluate):
        return stage.model.id == first.model.id
    return kind(stage) == kind(first)
