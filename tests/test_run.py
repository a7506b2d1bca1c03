"""The scheduler, with stages that are made of nothing; test_interrupts.py has real ones."""

import threading
import time
from collections import Counter
from concurrent.futures import BrokenExecutor
from pathlib import Path

import pytest

from crosswind.frontier import Frontier
from crosswind.identity import Stage
from crosswind.jobs import Result, Snapshot, Summary
from crosswind.plan import Plan
from crosswind.run import NoWorkers, Run
from crosswind.stages import Dataset, Evaluate, Train, kind, reads
from crosswind.store import RECORD, WEIGHTS, Store
from tests.small_study import Toys, first_train, publish_toy, small_plan


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return small_plan(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def run(plan: Plan, toys: Toys) -> Summary:
    return Run(plan, Store(toys.store.root), lambda: toys)()


def models(plan: Plan) -> list[Train]:
    return [stage for stage in plan.stages.values() if isinstance(stage, Train)]


def test_all_is_made_once_and_parents_come_first(plan: Plan, store: Store) -> None:
    def parents_are_there(stage: Stage) -> None:
        assert all(store.has(parent) for parent in reads(stage))

    toys = Toys(store, parents_are_there)
    summary = run(plan, toys)
    assert summary.complete
    assert (summary.made, summary.held) == (len(plan.stages), 0)
    assert sorted(toys.made) == sorted(plan.stages)
    assert not list((store.root / "work").iterdir())
    assert not list((store.root / "claims").iterdir())


def test_a_second_run_makes_nothing_and_starts_nobody(plan: Plan, store: Store) -> None:
    run(plan, Toys(store))
    summary = Run(plan, Store(store.root), lambda: pytest.fail("no worker is needed"))()
    assert (summary.made, summary.held, summary.complete) == (0, len(plan.stages), True)


def test_a_finished_study_runs_on_a_store_that_may_only_be_read(plan: Plan, store: Store) -> None:
    run(plan, Toys(store))
    for name in ("work", "claims"):
        (store.root / name).rmdir()
        (store.root / name).touch()
    assert Run(plan, Store(store.root), lambda: pytest.fail("nothing to do"))().complete


def test_what_breaks_takes_down_only_what_depends_on_it(plan: Plan, store: Store) -> None:
    guilty = models(plan)[-1]

    def before(stage: Stage) -> Result | None:
        return Result(stage.id, "broken", "it broke", "a.log") if stage is guilty else None

    summary = run(plan, Toys(store, before))
    assert [trouble.stage.id for trouble in summary.broken] == [guilty.id]
    assert summary.broken[0].cause == "it broke"
    lost = {stage.id for stage in plan.stages.values() if isinstance(stage, Evaluate) and stage.model.id == guilty.id}
    assert {trouble.stage.id for trouble in summary.blocked} == lost
    assert store.held() == plan.stages.keys() - lost - {guilty.id}
    assert not summary.complete
    assert run(plan, Toys(store)).made == 1 + len(lost), "the next run tries again"


def test_a_diverged_training_is_a_result_and_blocks_its_children_again(plan: Plan, store: Store) -> None:
    guilty = models(plan)[0]

    def before(stage: Stage) -> Result | None:
        if stage is not guilty:
            return None
        store.publish(stage, store.work(stage), (), {"wall_seconds": 1.0}, {}, "diverged at update 3")
        return Result(stage.id, "failed", "diverged at update 3")

    first = run(plan, Toys(store, before))
    second = Run(plan, Store(store.root), lambda: pytest.fail("a diverged training is not made again"))()
    for summary in (first, second):
        assert summary.complete
        assert [(trouble.stage.id, trouble.cause) for trouble in summary.failed] == [
            (guilty.id, "diverged at update 3")
        ]
        assert summary.blocked
        assert all(isinstance(trouble.stage, Evaluate) for trouble in summary.blocked)
    assert second.made == 0


def test_pruned_weights_are_made_again_only_for_a_child_that_needs_them(plan: Plan, store: Store) -> None:
    run(plan, Toys(store))
    for model in models(plan):
        store.prune_weights(store.folder(model))
    assert run(plan, Toys(store)).made == 0
    evaluation = next(stage for stage in plan.stages.values() if isinstance(stage, Evaluate))
    store.remove(store.folder(evaluation))
    toys = Toys(store)
    run(plan, toys)
    assert set(toys.made) == {evaluation.id, evaluation.model.id}
    assert store.has_weights(evaluation.model)


def test_a_damaged_record_of_another_study_stops_nobody(plan: Plan, store: Store, tmp_path: Path) -> None:
    other = small_plan(tmp_path, seeds="[7]")
    publish_toy(store, first_train(other))
    (store.folder(first_train(other)) / RECORD).write_text("{")
    assert run(plan, Toys(store)).complete


def test_two_runs_share_the_work(tmp_path: Path, store: Store) -> None:
    plan = small_plan(tmp_path, seeds="[1, 2, 3]")

    def slowly(_: Stage) -> None:
        time.sleep(0.03)

    both = [Toys(store, slowly), Toys(store, slowly)]
    summaries: list[Summary] = []
    threads = [threading.Thread(target=lambda toys=toys: summaries.append(run(plan, toys))) for toys in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = Counter(both[0].made + both[1].made)
    assert made == Counter(list(plan.stages))
    assert [summary.complete for summary in summaries] == [True, True]
    assert sum(summary.made for summary in summaries) == len(plan.stages)
    for summary in summaries:
        assert summary.held + summary.made + summary.shared == len(plan.stages)


def test_after_a_crash_only_the_guilty_stage_is_lost(plan: Plan, store: Store) -> None:
    guilty = models(plan)[0]

    def before(stage: Stage) -> None:
        store.work(stage)
        if stage is guilty:
            raise BrokenExecutor

    summary = run(plan, Toys(store, before))
    assert [trouble.stage.id for trouble in summary.broken] == [guilty.id]
    assert "killed" in summary.broken[0].cause
    lost = {trouble.stage.id for trouble in summary.blocked}
    assert store.held() == plan.stages.keys() - lost - {guilty.id}
    assert summary.made == len(store.held())


def test_a_stage_that_crashes_in_company_may_succeed_alone(plan: Plan, store: Store) -> None:
    crashes = Counter[str]()

    def before(stage: Stage) -> None:
        store.work(stage)
        crashes[stage.id] += 1
        if isinstance(stage, Train) and crashes[stage.id] == 1:
            raise BrokenExecutor

    summary = run(plan, Toys(store, before))
    assert summary.complete
    assert summary.made == len(plan.stages)


def test_workers_that_never_live_end_the_run_with_advice(plan: Plan, store: Store) -> None:
    def before(_: Stage) -> None:
        raise BrokenExecutor

    with pytest.raises(NoWorkers, match="before they began"):
        run(plan, Toys(store, before))
    assert not list((store.root / "claims").iterdir())


def test_a_request_to_stop_ends_the_run_and_the_next_one_goes_on(plan: Plan, store: Store) -> None:
    toys = Toys(store)
    summary = Run(plan, store, lambda: toys, asked_to_stop=lambda: len(toys.made) >= 6)()
    assert summary.stopped
    assert 0 < summary.made < len(plan.stages)
    assert not list((store.root / "claims").iterdir())
    after = run(plan, Toys(store))
    assert after.complete
    assert after.held + after.made == len(plan.stages)


def test_a_run_tells_how_it_stands(plan: Plan, store: Store) -> None:
    seen: list[Snapshot] = []
    guilty = models(plan)[1]

    def before(stage: Stage) -> Result | None:
        return Result(stage.id, "broken", "it broke") if stage is guilty else None

    Run(plan, store, lambda: Toys(store, before), seen.append)()
    assert [snapshot.done for snapshot in seen] == sorted(snapshot.done for snapshot in seen)
    assert seen[-1].done == len(store.held())
    assert [trouble.stage.id for snapshot in seen for trouble in snapshot.news] == [guilty.id]


def test_jobs_hold_one_training_or_evaluations_of_one_model(tmp_path: Path) -> None:
    plan = small_plan(tmp_path, seeds="[1, 2, 3, 4]")
    frontier = Frontier(plan.stages)
    order: list[str] = []
    while frontier.ready:
        job = frontier.next_job(workers=2)
        order += [kind(stage) for stage in job]
        assert len({kind(stage) for stage in job}) == 1
        assert len([stage for stage in job if isinstance(stage, Train)]) <= 1
        assert len({stage.model.id for stage in job if isinstance(stage, Evaluate)}) <= 1
        for stage in job:
            frontier.done(stage)
    assert len(order) == len(plan.stages)
    assert not frontier.todo
    assert not frontier.waiting
    assert order == sorted(order, key=["dataset", "train", "perturb", "evaluate"].index)


def test_giving_up_a_stage_gives_up_what_reads_it_and_no_more(plan: Plan) -> None:
    frontier = Frontier(plan.stages)
    data = next(stage for stage in plan.stages.values() if isinstance(stage, Dataset) and stage.split == "train")
    lost = {stage.id for stage in frontier.give_up(data)}
    expected: set[str] = {data.id}
    for stage in plan.stages.values():
        if expected & {parent.id for parent in reads(stage)}:
            expected.add(stage.id)
    assert lost == expected - {data.id}
    assert not lost & frontier.todo.keys()


def test_weights_that_another_run_needs_are_waited_for(plan: Plan, store: Store) -> None:
    """A training whose weights were pruned is no finished stage for those who evaluate it."""
    run(plan, Toys(store))
    model = models(plan)[0]
    store.prune_weights(store.folder(model))
    for stage in plan.stages.values():
        if isinstance(stage, Evaluate) and stage.model is model:
            store.remove(store.folder(stage))

    def weights_are_there(stage: Stage) -> None:
        if isinstance(stage, Evaluate):
            assert (store.folder(stage.model) / WEIGHTS).exists()

    assert run(plan, Toys(store, weights_are_there)).complete
