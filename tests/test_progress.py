import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from crosswind.console.progress import Lines, Live, display
from crosswind.estimate import Throughput
from crosswind.jobs import Snapshot, Trouble
from crosswind.plan import Plan
from crosswind.quantities import duration, size
from crosswind.run import Run
from crosswind.stages import Evaluate, Train
from crosswind.store import Store
from tests.small_study import Toys, first_train, small_plan


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return small_plan(tmp_path)


@pytest.fixture
def store(tmp_path: Path, plan: Plan) -> Store:
    """A store in which one training is being made."""
    store = Store(tmp_path / "store")
    entry = {"updates": 48, "loss": 1.2345, "norm": 1.0, "update": 12, "seconds": 2.0, "tokens": 9000}
    lines = [json.dumps(entry), json.dumps({"update": 12, "dev": 40.0}), '{"update": 13, "lo']
    (store.work(first_train(plan)) / "log.jsonl").write_text("\n".join(lines))
    return store


def test_a_log_file_gets_plain_lines(store: Store, plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    trouble = Trouble(first_train(plan), "it broke", "a.log")
    with display(store) as screen:
        assert isinstance(screen, Lines)
        screen(Snapshot(3, 19, (first_train(plan),), 75.0, ()))
        screen(Snapshot(4, 19, (), 70.0, (trouble,)))
        screen(Snapshot(4, 19, (), 70.0, (), stopping=True))
        screen(Snapshot(4, 19, (), 70.0, (), stopping=True))
    output, told = capsys.readouterr()
    assert not output
    assert "\x1b" not in told
    assert "\r" not in told
    first, second, third = told.splitlines()
    assert "3 of 19 stages done, 16 to go, about 1 min 15 s left" in first
    assert "update 12/48, loss 1.234, 4,500 tokens/s" in first
    assert second.endswith("it broke (log: a.log)")
    assert "Ctrl-C again" in third


def test_a_terminal_gets_a_picture_that_fits(store: Store, plan: Plan) -> None:
    screen = Live(store)
    screen.console = Console(file=io.StringIO(), width=60, force_terminal=True)
    screen.console.print(screen.picture(Snapshot(3, 19, (first_train(plan),), 75.0, ())))
    bar, counts, training = screen.console.file.getvalue().rstrip().splitlines()  # type: ignore[attr-defined]
    assert "\u2501" in bar
    assert "3 of 19" in counts
    assert "train pocket" in training


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59.6, "1 min 00 s"), (61, "1 min 01 s"), (3600, "1 h 00 min"), (90061, "25 h 01 min")],
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (1.1e9, "1.1 GB"), (2e15, "2000.0 TB")]
)
def test_sizes(count: float, said: str) -> None:
    assert size(count) == said


def test_time_is_unknown_before_a_training_was_measured_and_then_adds_up(store: Store, plan: Plan) -> None:
    speed = Throughput.of(store, plan.stages.values())
    assert speed.total(plan.stages.values()) is None
    model = first_train(plan)
    speed.add(model, 16.0)  # 16 examples, a second each
    assert speed.total([model]) == pytest.approx(16.0)
    evaluation = next(stage for stage in plan.stages.values() if isinstance(stage, Evaluate))
    assert speed.total([evaluation]) == pytest.approx(8 / 3), "no backward pass: a third of a training's time"
    speed.add(evaluation, 1.0)
    assert speed.total([model, evaluation]) == pytest.approx(17.0)


def test_time_is_learned_from_other_studies_of_the_store(plan: Plan, tmp_path: Path) -> None:
    other = small_plan(tmp_path, seeds="[5]")
    store = Store(tmp_path / "other")
    Run(other, store, lambda: Toys(store))()
    speed = Throughput.of(store, plan.stages.values())
    assert speed.total(plan.stages.values()) is not None
    assert speed.disk(next(stage for stage in plan.stages.values() if isinstance(stage, Train))) is not None
