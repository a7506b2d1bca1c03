"""Every objective with every method, format and family: a part that covers, or the whole (-m slow)."""

from pathlib import Path

import pytest

from crosswind.methods.base import Method
from crosswind.plan import make_plan
from crosswind.refusals import refuse_untrainable
from crosswind.stages import label
from tests.methods import matrix
from tests.methods.matrix import Cell, cells, few, levels, pairs, refusal
from tests.studies import small_study
from tests.tiny import ENCODERS, Tiny
from tests.train.conftest import one_thread  # noqa: F401
from tests.train.specimens import FORMS

BESIDE = {
    "fusion": {"carry": "fuse", "intermediate_method": "bottleneck", "sequences": (("pocket-tags", "pocket-ner"),)},
    "madx": {"language_adapters": {"text": "pocket-text"}},
}


def spelled(value: object) -> str:
    """A cell, or a part of one, as the name of a test."""
    if isinstance(value, Cell):
        return "-".join((label(value.objective), label(value.method), value.form, value.family))
    return label(value) if isinstance(value, Method) else str(value)


@pytest.mark.parametrize("cell", few(), ids=spelled)
def test_a_cell_trains(cell: Cell, tiny_encoder: Tiny, tmp_path: Path) -> None:
    matrix.run(cell, tiny_encoder, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(ENCODERS))
@pytest.mark.parametrize("method", levels("methods"), ids=spelled)
def test_all_cells_train(method: Method, family: str, tiny_encoder: Tiny, tmp_path: Path) -> None:
    for number, cell in enumerate(cells()):
        if cell.method == method and cell.family == family and not refusal(cell):
            matrix.run(cell, tiny_encoder, tmp_path / str(number))


def test_any_two_levels_that_can_meet_meet_in_the_part() -> None:
    there = {named(pair) for cell in few() for pair in pairs(cell)}
    wanted = {named(pair) for cell in cells() if not refusal(cell) for pair in pairs(cell)}
    assert there == wanted
    assert len(few()) < 200
    assert len(list(cells())) == len(levels("objectives")) * len(levels("methods")) * len(FORMS) * len(ENCODERS)


def named(pair: object) -> str:
    return repr(pair)  # settings of some methods are mappings, which no set holds


@pytest.mark.parametrize("family", sorted(ENCODERS))
@pytest.mark.parametrize("method", levels("methods"), ids=spelled)
def test_planning_refuses_what_makes_no_sense_and_nothing_else(method: Method, family: str, tiny_encoder: Tiny) -> None:
    settings = {"kind": method.payload["kind"]} | method.model_dump()
    arm = {"name": "one", "method": settings} | BESIDE.get(method.payload["kind"], {})
    study = small_study(base={"path": str(tiny_encoder(family))}, arms=(arm,))
    cell = next(cell for cell in cells() if cell.method == method and cell.family == family)
    encoder = matrix.ready(matrix.copied(family, tiny_encoder), method)
    if reason := refusal(cell):
        with pytest.raises(ValueError, match=r"arm one\.") as told:
            refuse_untrainable(study)
        assert reason in str(told.value)
        with pytest.raises(ValueError, match=r"choose|supported"):
            method.attach(encoder)
    else:
        refuse_untrainable(study)
        method.attach(encoder)


def test_planning_refuses_rdrop_without_dropout() -> None:
    arms = ({"name": "one", "objective": "rdrop"},)
    make_plan(small_study(arms=arms, recipe={"dropout": 0.1}))
    neutral = ({"name": "one", "objective": {"kind": "rdrop", "weight": 0.0}},)
    make_plan(small_study(arms=neutral, recipe={"dropout": 0.0}))
    with pytest.raises(
        ValueError, match=r"small: arm one.objective: pocket-nli: rdrop .* dropout = 0, so they are equal; .* 'erm'"
    ):
        make_plan(small_study(arms=arms))  # Pocket's own recipes have none
