from pathlib import Path

import pytest

from crosswind.console.explain import UnknownStage, explained
from crosswind.plan import Plan
from crosswind.run import Run
from crosswind.stages import Evaluate
from crosswind.store import RECORD, Store
from tests.small_study import Toys, first_train, small_plan


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return small_plan(tmp_path)


@pytest.fixture
def store(tmp_path: Path, plan: Plan) -> Store:
    store = Store(tmp_path / "store")
    Run(plan, store, lambda: Toys(store))()
    return store


def test_a_finished_stage_is_told_with_its_folder_and_its_parents_names(store: Store, plan: Plan) -> None:
    evaluation = next(stage for stage in plan.stages.values() if isinstance(stage, Evaluate))
    text = "\n".join(explained(evaluation.id, store, None))
    assert str(store.folder(evaluation)) in text
    assert f"{evaluation.model.id}  train pocket-nli" in text


def test_the_fields_that_differ_are_named_through_parents(store: Store, tmp_path: Path) -> None:
    other = first_train(small_plan(tmp_path, rate=2e-3))
    lines = list(explained(other.id, store, small_plan(tmp_path, rate=2e-3)))
    assert "not in the store" in lines[1]
    assert lines[-2].endswith("differs in 1 field")
    assert "recipe.learning_rate" in lines[-1]
    assert "0.002 here, 0.001 there" in lines[-1]


def test_a_default_is_said_to_be_one(store: Store, tmp_path: Path) -> None:
    plan = small_plan(tmp_path, train=17)
    data = plan.stages[first_train(plan).data[0].id]
    assert "limit" in list(explained(data.id, store, plan))[-1]


def test_the_beginning_of_an_id_and_a_folder_are_enough(store: Store, plan: Plan) -> None:
    stage = first_train(plan)
    whole = list(explained(stage.id, store, None))
    assert list(explained(str(store.folder(stage)) + "/", store, None)) == whole
    assert list(explained(stage.id[:9], store, None)) == whole


@pytest.mark.parametrize(("wanted", "message"), [("", "give more digits"), ("zz", "has the id 'zz'")])
def test_an_id_that_names_nothing_or_too_much_is_refused(store: Store, wanted: str, message: str) -> None:
    with pytest.raises(UnknownStage, match=message):
        list(explained(wanted, store, None))


def test_damage_elsewhere_does_not_hinder(store: Store, plan: Plan) -> None:
    one, other, *_ = [stage for stage in plan.stages.values() if isinstance(stage, Evaluate)]
    (store.folder(other) / RECORD).write_text("{")
    assert list(explained(one.id, store, None))
