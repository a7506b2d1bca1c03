from pathlib import Path

import pytest
from click.testing import CliRunner

from crosswind.cli import main
from crosswind.console.upkeep import pruned, verified
from crosswind.makers import Makers
from crosswind.plan import Plan
from crosswind.run import Run
from crosswind.stages import Evaluate, Train
from crosswind.store import RECORD, WEIGHTS, Store
from tests.small_study import Toys, first_train, small_file, small_plan


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return small_plan(tmp_path)


@pytest.fixture
def store(tmp_path: Path, plan: Plan) -> Store:
    """A store in which everything of the plan is finished."""
    store = Store(tmp_path / "store")
    Run(plan, store, lambda: Toys(store))()
    return store


def crosswind(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_a_sound_store_is_said_to_be_sound(store: Store, plan: Plan) -> None:
    code, output = crosswind("store", "verify", "--store", store.root)
    assert code == 0
    assert f"{len(plan.stages)} stages" in output
    assert "0 damaged" in output


def test_damage_is_found_named_removed_and_made_again(store: Store, plan: Plan) -> None:
    broken, torn, *_ = [store.folder(stage) for stage in plan.stages.values() if isinstance(stage, Evaluate)]
    (broken / "made.txt").write_text("fake")
    (torn / RECORD).write_text("{")
    code, output = crosswind("store", "verify", "--store", store.root)
    assert code == 1
    assert broken.name in output
    assert torn.name in output
    assert "--remove" in output
    code, output = crosswind("store", "verify", "--remove", "--store", store.root)
    assert code == 0
    assert not broken.exists()
    assert not torn.exists()
    toys = Toys(store)
    assert Run(plan, Store(store.root), lambda: toys)().made == 2
    assert [damage for _, damage in verified(store.root, remove=False)] == [False]


@pytest.mark.parametrize("verb", ["verify", "prune"])
def test_a_mistyped_store_does_not_look_healthy(tmp_path: Path, verb: str) -> None:
    code, output = crosswind("store", verb, "--store", tmp_path / "nowhere")
    assert code == 2
    assert "nowhere" in output
    assert not (tmp_path / "nowhere").exists()


def test_pruning_says_before_it_does(store: Store, plan: Plan, tmp_path: Path) -> None:
    study = small_file(tmp_path)
    (store.root / "work" / "0123456789ab").mkdir()
    (store.root / "work" / "0123456789ab" / "checkpoint.safetensors").write_text("half-way")
    (store.root / "work" / ".probe-1").touch()
    code, output = crosswind("store", "prune", study, "--store", store.root)
    assert code == 0
    assert "--yes" in output
    assert store.has_weights(first_train(plan))
    code, output = crosswind("store", "prune", study, "--yes", "--store", store.root)
    assert code == 0
    assert not list((store.root / "work").iterdir())
    assert not list(store.root.glob(f"train/*/{WEIGHTS}"))
    assert Run(plan, Store(store.root), lambda: pytest.fail("nothing is missing"))().complete
    assert [damage for _, damage in verified(store.root, remove=False)] == [False]


def test_weights_stay_that_something_unmade_will_read(store: Store, plan: Plan) -> None:
    evaluation = [stage for stage in plan.stages.values() if isinstance(stage, Evaluate)][-1]
    store.remove(store.folder(evaluation))
    list(pruned(store.root, [plan], yes=True))
    assert store.has_weights(evaluation.model)
    others = [stage for stage in plan.stages.values() if isinstance(stage, Train) and not store.has_weights(stage)]
    assert others


def test_without_a_study_no_weights_go(store: Store, plan: Plan) -> None:
    list(pruned(store.root, [], yes=True))
    assert store.has_weights(first_train(plan))


def test_nothing_of_a_living_run_is_deleted(store: Store, plan: Plan) -> None:
    (store.work(first_train(plan)) / "checkpoint.safetensors").write_text("half-way")
    with Makers(store.root) as claims:
        assert claims.take(first_train(plan).id)
        lines = list(pruned(store.root, [plan], yes=True))
    assert (store.work(first_train(plan)) / "checkpoint.safetensors").exists()
    assert store.has_weights(first_train(plan))
    assert any("a run works on this store" in line for line in lines)
