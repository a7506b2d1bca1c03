"""Real trainings that are stopped, killed and starved: what is lost, what is told, and that numbers stay the same."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from crosswind.console.running import told_summary
from crosswind.console.upkeep import verified
from crosswind.executors.local import Local
from crosswind.machine import Resources
from crosswind.plan import Plan
from crosswind.run import Run
from crosswind.stages import Evaluate, Train
from crosswind.store import OUTCOMES, WEIGHTS, Store
from tests.small_study import ONE, crosswind, first_train, small_file, small_plan

pytestmark = pytest.mark.xdist_group("interrupts")
PATIENCE = 90.0


def until(happened: Callable[[], object]) -> None:
    """Wait for something that a run does."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def end(process: "subprocess.Popen[str]") -> tuple[int, str]:
    output, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, output


def checkpointed(root: Path) -> bool:
    return any(root.glob("work/*/checkpoint.safetensors"))


def training(root: Path) -> bool:
    return any(root.glob("work/*/log.jsonl"))


def weights(store: Store, plan: Plan) -> dict[str, bytes]:
    trains = (stage for stage in plan.stages.values() if isinstance(stage, Train))
    return {stage.id: store.file(stage, WEIGHTS).read_bytes() for stage in trains}


def local(store: Store, seconds: float = 60.0) -> Local:
    return Local(store.root, Resources(device="cpu", threads=1, checkpoint_seconds=seconds))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Store, Path]:
    """The study, run from beginning to end in this process without any interruption."""
    folder = tmp_path_factory.mktemp("whole")
    plan, store = small_plan(folder, sequences=ONE, train=96), Store(folder / "store")
    summary = Run(plan, store, lambda: local(store))()
    assert summary.complete
    assert summary.made == len(plan.stages)
    return plan, store, folder / "small.toml"


def test_a_finished_study_is_run_without_importing_what_is_slow(whole: tuple[Plan, Store, Path]) -> None:
    _, store, study = whole
    code = "import sys; from crosswind.cli import main; main(sys.argv[1:], standalone_mode=False);"
    code += "slow = {'torch', 'polars', 'transformers', 'scipy'} & set(sys.modules); assert not slow, slow"
    done = subprocess.run(
        [sys.executable, "-c", code, "run", str(study), "--store", str(store.root)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("0 stages made")


def test_a_training_stopped_again_and_again_ends_with_equal_weights(
    whole: tuple[Plan, Store, Path], tmp_path: Path
) -> None:
    plan, reference, _ = whole
    store, stage = Store(tmp_path / "store"), first_train(plan)
    dev_scores: list[list[object]] = []
    for _ in range(40):
        begun = store.work(stage) / "checkpoint.safetensors"
        before = begun.stat().st_mtime_ns if begun.exists() else 0

        def checkpoint_is_new(begun: Path = begun, before: int = before) -> bool:
            return begun.exists() and begun.stat().st_mtime_ns > before

        summary = Run(plan, Store(store.root), lambda: local(store, 0.0), asked_to_stop=checkpoint_is_new)()
        if not summary.stopped:
            break
    assert store.record(stage).facts["dev"] == reference.record(stage).facts["dev"]
    assert store.record(stage).facts["selected_update"] == reference.record(stage).facts["selected_update"]
    for name in (store, reference):
        lines = (name.folder(stage) / "log.jsonl").read_text().splitlines()
        dev_scores.append([json.loads(line).get("dev") for line in lines if "dev" in json.loads(line)])
    assert dev_scores[0] == dev_scores[1]
    assert weights(store, plan) == weights(reference, plan)


def test_after_kill_9_the_next_run_goes_on_to_equal_weights_and_outcomes(
    whole: tuple[Plan, Store, Path], tmp_path: Path
) -> None:
    plan, reference, study = whole
    store = Store(tmp_path / "store")
    process = crosswind("run", study, "--store", store.root, "--workers", 2)
    until(lambda: training(store.root))
    workers = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    end(process)
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not [worker for worker in alive if worker.status() != psutil.STATUS_ZOMBIE], "workers outlived their run"
    assert Run(plan, Store(store.root), lambda: local(store))().complete
    assert weights(store, plan) == weights(reference, plan)
    for stage in plan.stages.values():
        if isinstance(stage, Evaluate):
            assert store.file(stage, OUTCOMES).read_bytes() == reference.file(stage, OUTCOMES).read_bytes()
    assert not list((store.root / "work").iterdir())
    assert not list((store.root / "claims").iterdir())


@pytest.mark.parametrize(
    ("number", "workers"), [(signal.SIGINT, 1), pytest.param(signal.SIGTERM, 2, marks=pytest.mark.slow)]
)
def test_one_interrupt_saves_and_stops(tmp_path: Path, number: signal.Signals, workers: int) -> None:
    """Sent to the whole group, as a terminal or a batch system does."""
    study, root = small_file(tmp_path, sequences=ONE, train=2000), tmp_path / "store"
    process = crosswind("run", study, "--store", root, "--workers", workers)
    until(lambda: training(root))
    os.killpg(process.pid, number)
    code, output = end(process)
    assert code == 130, output
    assert "Traceback" not in output
    assert "the same command goes on from here" in output
    assert checkpointed(root)
    assert not list((root / "claims").iterdir())


def test_two_interrupts_end_at_once(tmp_path: Path) -> None:
    study, root = small_file(tmp_path, sequences=ONE, train=2000), tmp_path / "store"
    process = crosswind("run", study, "--store", root, "--workers", 2)
    until(lambda: (root / "claims").exists() and any((root / "claims").iterdir()))
    workers = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    began = time.monotonic()
    code, output = end(process)
    assert time.monotonic() - began < 5
    assert code == 130, output
    assert "Traceback" not in output
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not [worker for worker in alive if worker.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.slow
def test_a_killed_worker_costs_nobody_anything(whole: tuple[Plan, Store, Path], tmp_path: Path) -> None:
    plan, reference, study = whole
    store = Store(tmp_path / "store")
    process = crosswind("run", study, "--store", store.root, "--workers", 2)
    until(lambda: training(store.root))
    workers = [each for each in psutil.Process(process.pid).children() if "spawn_main" in " ".join(each.cmdline())]
    victim = max(workers, key=lambda worker: worker.cpu_times().user)
    victim.kill()
    code, output = end(process)
    assert code == 0, output
    assert weights(store, plan) == weights(reference, plan)


@pytest.mark.slow
def test_two_runs_at_once_make_every_stage_once(tmp_path: Path) -> None:
    study, root = small_file(tmp_path), tmp_path / "store"
    total = len(small_plan(tmp_path).stages)
    both = [crosswind("run", study, "--store", root, "--workers", 1) for _ in range(2)]
    ends = [end(process) for process in both]
    assert [code for code, _ in ends] == [0, 0], ends
    told = [next(line for line in output.splitlines() if " made in " in line) for _, output in ends]
    assert sum(int(line.split()[0]) for line in told) == total, told


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes: a disk that is full for weights and not for the rest."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_told_and_leaves_nothing_half_published(whole: tuple[Plan, Store, Path], tmp_path: Path) -> None:
    plan, _, _ = whole
    store = Store(tmp_path / "store")
    with files_of_at_most(1_000_000):
        summary = Run(plan, store, lambda: local(store))()
    assert [trouble.stage.id for trouble in summary.broken] == [first_train(plan).id]
    told = "\n".join(told_summary(summary))
    assert "disk is full" in told
    assert "crosswind store prune" in told
    assert not any(store.root.glob("train/*"))
    assert [damage for _, damage in verified(store.root, remove=False)] == [False]
    assert Run(plan, Store(store.root), lambda: local(store))().complete


def test_a_diverging_training_is_recorded_and_not_tried_again(tmp_path: Path) -> None:
    plan, store = small_plan(tmp_path, sequences=ONE, rate=1e30), Store(tmp_path / "store")
    first = Run(plan, store, lambda: local(store))()
    second = Run(plan, Store(store.root), lambda: pytest.fail("nothing is left to make"))()
    for summary in (first, second):
        assert summary.complete
        assert len(summary.failed) == 1
        assert "diverged" in summary.failed[0].cause
        assert summary.blocked
    json.loads((store.folder(first_train(plan)) / "record.json").read_text(), parse_constant=pytest.fail)


def test_damaged_weights_are_not_built_upon(whole: tuple[Plan, Store, Path], tmp_path: Path) -> None:
    plan, reference, _ = whole
    store = Store(shutil.copytree(reference.root, tmp_path / "store"))
    model = first_train(plan)
    evaluation = next(stage for stage in plan.stages.values() if isinstance(stage, Evaluate))
    store.remove(store.folder(evaluation))
    path = store.folder(model) / WEIGHTS
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    summary = Run(plan, Store(store.root), lambda: local(store))()
    assert [trouble.stage.id for trouble in summary.broken] == [evaluation.id]
    assert str(path) in summary.broken[0].cause
    assert "verify --remove" in summary.broken[0].cause
    assert Path(summary.broken[0].log).exists()
