"""Walk a plan: what the store lacks goes to the executor, parents first, until nothing more can be made."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import closing

from crosswind.estimate import Throughput
from crosswind.executors.base import Executor
from crosswind.frontier import Frontier
from crosswind.identity import Stage
from crosswind.jobs import Job, Result, Snapshot, Summary, Trouble
from crosswind.makers import Makers
from crosswind.plan import Plan
from crosswind.stages import Evaluate, Train, slug, weights_read
from crosswind.store import Damaged, Store

TICK_SECONDS = 0.25
LOOK_ELSEWHERE_SECONDS = 1.0
GUESS_SECONDS = 3.0
COPIED_AT_ONCE = 5000  # evaluations, in about a second
CRASHES_AT_START = 3
KILLED_TWICE = "its process was killed, twice; the usual reason is too little memory (try --workers 1)"


class NoWorkers(ValueError):
    """Worker processes cannot be kept alive on this machine."""


def missing(plan: Plan, store: Store) -> dict[str, Stage]:
    """The stages to make: those not in the store, and trainings whose weights one of those reads but were pruned."""
    held = store.held()
    needed = {stage_id for stage_id in plan.stages if stage_id not in held}
    queue = deque(stage for stage in plan.stages.values() if stage.id in needed)
    looked_at = set(needed)
    while queue:
        for model in weights_read(queue.popleft()):
            if model.id not in looked_at and not usable(store, model):
                needed.add(model.id)
                queue.append(model)
            looked_at.add(model.id)
    return {stage_id: stage for stage_id, stage in plan.stages.items() if stage_id in needed}


def usable(store: Store, stage: Stage) -> bool:
    """Whether the store has what children need: of a training its weights. Damage is met, and told, by the child."""
    try:
        return store.has_weights(stage) if isinstance(stage, Train) else store.has(stage)
    except Damaged:
        return True


class Run:
    """One walk over one plan; call it once. `asked_to_stop` counts: once is to save and stop, twice to end at once."""

    def __init__(
        self,
        plan: Plan,
        store: Store,
        executor: Callable[[], Executor],
        show: Callable[[Snapshot], None] = lambda _: None,
        asked_to_stop: Callable[[], int] = lambda: 0,
    ):
        self.plan, self.store, self.make_executor = plan, store, executor
        self.show, self.asked_to_stop = show, asked_to_stop
        self.frontier = Frontier(missing(plan, store))
        self.summary = Summary(held=len(plan.stages) - len(self.frontier.todo))
        self.elsewhere: dict[str, Stage] = {}
        self.suspects: deque[Stage] = deque()
        self.attempts: dict[str, int] = defaultdict(int)
        self.crashes_at_start = 0
        self.flying: dict[Future[Sequence[Result]], Job] = {}
        self.news: list[Trouble] = []
        self.looked = self.guessed_at = 0.0
        self.guess: float | None = None
        self.evaluated: list[Evaluate] = []

    def __call__(self) -> Summary:
        began = time.monotonic()
        self.block_failed()
        if self.frontier.todo:
            self.store.prepare()
            self.speed = Throughput.of(self.store, self.plan.stages.values())
            with Makers(self.store.root) as self.makers, closing(self.make_executor()) as executor:
                self.walk(executor)
            self.copy()
        self.summary.seconds = time.monotonic() - began
        return self.summary

    def block_failed(self) -> None:
        """Trainings that are known to diverge are not made again; what depends on them is blocked."""
        for stage in [stage for stage in self.frontier.todo.values() if isinstance(stage, Train)]:
            if stage.id in self.frontier.todo and self.store.has(stage):
                record = self.store.record(stage)
                if record.status == "failed":
                    self.give_up(self.summary.failed, Trouble(stage, record.failure))
        self.news.clear()

    def walk(self, executor: Executor) -> None:
        """Keep the executor busy until nothing is ready, in flight or being made by another run."""
        while self.flying or (not self.summary.stopped and (self.frontier.ready or self.elsewhere or self.suspects)):
            if (asked := self.asked_to_stop()) > 1:
                raise KeyboardInterrupt
            if asked and not self.summary.stopped:
                self.stop(executor)
            if not self.summary.stopped:
                self.launch(executor)
            self.show(self.snapshot(executor))
            self.collect(executor)
            self.look_elsewhere()
        self.show(self.snapshot(executor))

    def stop(self, executor: Executor) -> None:
        """Wait only for jobs that were begun; a worker that is still starting has nothing to save."""
        self.summary.stopped = True
        executor.stop()
        self.flying = {
            future: job
            for future, job in self.flying.items()
            if any(self.store.has_work(stage) or self.store.has(stage) for stage in job)
        }

    def launch(self, executor: Executor) -> None:
        """Hand out jobs; after a crash the suspects run alone, one by one, until the guilty one is known."""
        if self.suspects:
            if not self.flying:
                self.start(executor, [self.suspects.popleft()])
            return
        while self.frontier.ready and len(self.flying) < executor.workers + 1:
            self.start(executor, self.frontier.next_job(executor.workers))

    def start(self, executor: Executor, stages: Iterable[Stage]) -> None:
        """Claim stages and submit those that are ours to make."""
        job = []
        for stage in stages:
            if not self.makers.take(stage.id):
                self.elsewhere[stage.id] = stage
            elif self.is_published(stage):
                self.makers.release(stage.id)
                self.take_over(stage)
            else:
                job.append(stage)
        if job:
            self.flying[executor.submit(tuple(job))] = tuple(job)

    def is_published(self, stage: Stage) -> bool:
        """Whether there is nothing left to make: all that children need is there, or a training failed."""
        return self.store.has(stage) and (usable(self.store, stage) or self.store.record(stage).status == "failed")

    def collect(self, executor: Executor) -> None:
        """Take in what has ended."""
        if not self.flying:
            time.sleep(TICK_SECONDS)
        ended, _ = wait(self.flying, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
        try:
            for future in ended:
                results = future.result()
                for stage, result in zip(self.flying.pop(future), results, strict=True):
                    self.finish(stage, result)
                self.crashes_at_start = 0
        except BrokenExecutor:
            executor.mend()
            self.after_crash()

    def after_crash(self) -> None:
        """A worker process died and all jobs in flight with it. The stages that were begun are the suspects."""
        stages = [stage for job in self.flying.values() for stage in job]
        self.flying.clear()
        self.crashes_at_start += 1
        for stage in stages:
            published = self.is_published(stage)
            if published or self.store.has_work(stage):
                self.crashes_at_start = 0
            if published:
                self.finish(stage, Result(stage.id, "done"))
            elif not self.store.has_work(stage):
                self.makers.release(stage.id)
                self.frontier.make_ready(stage)
            elif self.attempts[stage.id] and len(stages) == 1:
                self.finish(stage, Result(stage.id, "broken", KILLED_TWICE))
            else:
                self.attempts[stage.id] += 1
                self.suspects.append(stage)
        if self.crashes_at_start == CRASHES_AT_START:
            raise NoWorkers(
                f"workers died {CRASHES_AT_START} times before they began a stage; see above what they said"
            )

    def finish(self, stage: Stage, result: Result) -> None:
        """Enter one result and free or block what waited for it."""
        self.makers.release(stage.id)
        trouble = Trouble(stage, result.message, result.log)
        match result.status:
            case "done":
                self.summary.made += 1
                self.frontier.done(stage)
                if result.seconds:
                    self.speed.add(stage, result.seconds)
                if isinstance(stage, Evaluate):
                    self.evaluated.append(stage)
                if len(self.evaluated) >= COPIED_AT_ONCE:
                    self.copy()
            case "failed":
                self.give_up(self.summary.failed, trouble)
            case "broken":
                self.give_up(self.summary.broken, trouble)
            case "stopped":
                self.summary.stopped = True

    def copy(self) -> None:
        """Gather what was evaluated since the last time, so that a report need not open a file for each."""
        if self.evaluated:
            from crosswind.gathered import gather  # polars takes long to load, and a finished study needs none

            gather(self.store, self.evaluated)
            self.evaluated.clear()

    def give_up(self, where: list[Trouble], trouble: Trouble) -> None:
        """A stage has no usable result, so nothing that depends on it can be made."""
        where.append(trouble)
        self.news.append(trouble)
        because = f"needs {slug(trouble.stage)} ({trouble.stage.id})"
        self.summary.blocked.extend(Trouble(lost, because) for lost in self.frontier.give_up(trouble.stage))

    def look_elsewhere(self) -> None:
        """See what other runs have finished, or given up."""
        if time.monotonic() - self.looked < LOOK_ELSEWHERE_SECONDS:
            return
        self.looked = time.monotonic()
        for stage in list(self.elsewhere.values()):
            if self.is_published(stage):
                del self.elsewhere[stage.id]
                self.take_over(stage)
            elif not self.makers.is_claimed(stage.id):
                del self.elsewhere[stage.id]
                self.frontier.make_ready(stage)

    def take_over(self, stage: Stage) -> None:
        """Enter the result that another run has published."""
        self.summary.shared += 1
        record = self.store.record(stage)
        if record.status == "failed":
            self.give_up(self.summary.failed, Trouble(stage, record.failure))
        else:
            self.frontier.done(stage)

    def snapshot(self, executor: Executor) -> Snapshot:
        flying = (stage for job in self.flying.values() for stage in job)
        running = tuple(stage for stage in flying if self.store.has_work(stage))
        total = len(self.plan.stages)
        lost = len(self.summary.broken) + len(self.summary.blocked)
        done = total - len(self.frontier.todo) - lost
        news, self.news = tuple(self.news), []
        return Snapshot(done, total, running, self.seconds_left(executor.workers), news, self.summary.stopped)

    def seconds_left(self, workers: int) -> float | None:
        """What is left by measured speed, spread over the workers; None before anything like it was measured."""
        if time.monotonic() - self.guessed_at > GUESS_SECONDS:
            self.guessed_at = time.monotonic()
            self.guess = self.speed.total(self.frontier.todo.values())
        return None if self.guess is None else self.guess / workers
