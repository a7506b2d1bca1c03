"""Samplers: the shares that they say, by hand, and what they refuse."""

import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from crosswind import catalog
from crosswind.samplers.base import Sampler
from crosswind.samplers.capped import Capped
from crosswind.samplers.given import Given
from crosswind.samplers.proportional import Proportional
from crosswind.samplers.schedule import Schedule
from crosswind.samplers.temperature import Temperature
from crosswind.samplers.uniform import Uniform

SIZES = {"a": 100, "b": 400, "c": 2500}
FADING = {"a": ((0.0, 1.0), (0.5, 0.0)), "b": ((0.25, 0.0), (0.75, 2.0)), "c": ((0.0, 1.0),)}

# What each says of those sizes halfway through a stage, computed by hand.
BY_HAND: list[tuple[Sampler, Mapping[str, float]]] = [
    (Proportional(), {"a": 1 / 30, "b": 4 / 30, "c": 25 / 30}),
    (Capped(cap=500), {"a": 0.1, "b": 0.4, "c": 0.5}),
    (Capped(), {"a": 1 / 30, "b": 4 / 30, "c": 25 / 30}),
    (Temperature(), {"a": 10 / 80, "b": 20 / 80, "c": 50 / 80}),
    (Temperature(temperature=1, cap=500), {"a": 0.1, "b": 0.4, "c": 0.5}),
    (Temperature(cap=400), {"a": 0.2, "b": 0.4, "c": 0.4}),
    (Uniform(), {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}),
    (Given(weights={"c": 1, "b": 1, "a": 2}), {"a": 0.5, "b": 0.25, "c": 0.25}),
    (Schedule(points=FADING), {"a": 0.0, "b": 0.5, "c": 0.5}),
]


@pytest.mark.parametrize(("sampler", "shares"), BY_HAND)
def test_shares_by_hand(sampler: Sampler, shares: Mapping[str, float]) -> None:
    assert sampler.shares(SIZES, 0.5) == pytest.approx(shares)
    assert list(sampler.complaints(list(SIZES))) == []


def test_every_sampler_stands_here() -> None:
    assert {catalog.name_of(type(sampler)) for sampler, _ in BY_HAND} == set(catalog.FAMILIES["samplers"])


@pytest.mark.parametrize(
    ("progress", "weights"),
    [
        (0.0, (1.0, 0.0, 1.0)),
        (0.125, (0.75, 0.0, 1.0)),
        (0.25, (0.5, 0.0, 1.0)),
        (0.375, (0.25, 0.5, 1.0)),
        (0.625, (0.0, 1.5, 1.0)),
        (0.75, (0.0, 2.0, 1.0)),
        (1.0, (0.0, 2.0, 1.0)),
    ],
)
def test_a_schedule_runs_on_straight_lines_and_stays_at_its_ends(progress: float, weights: tuple[float, ...]) -> None:
    assert tuple(Schedule(points=FADING).frequencies(SIZES, progress).values()) == pytest.approx(weights)


@given(st.sampled_from([sampler for sampler, _ in BY_HAND]), st.floats(0, 1), st.floats(0, 1, exclude_max=True))
def test_a_draw_falls_on_the_task_whose_stretch_it_is_in(sampler: Sampler, progress: float, draw: float) -> None:
    shares = sampler.shares(SIZES, progress)
    assert math.isclose(sum(shares.values()), 1)
    found = sampler.turn(SIZES, progress, draw)
    assert shares[found] > 0
    left = sum(share for name, share in shares.items() if name < found)
    assert left - 1e-9 <= draw <= left + shares[found] + 1e-9


def test_a_task_without_weight_never_has_a_turn() -> None:
    schedule = Schedule(points={"a": ((0.0, 0.0),), "b": ((0.0, 1.0),), "c": ((0.0, 0.0),)})
    assert {schedule.turn(SIZES, 0.3, draw) for draw in (0.0, 0.5, math.nextafter(1, 0))} == {"b"}


def test_a_huge_ratio_is_no_trouble() -> None:
    shares = Temperature(temperature=0.01).shares({"a": 1, "b": 10**7}, 0.0)
    assert shares == pytest.approx({"a": 0, "b": 1})


@pytest.mark.parametrize(
    ("points", "moment"),
    [
        ({"a": [[0, 1], [0.5, 0]], "b": [[0.5, 0], [1, 1]]}, "0.5"),  # one moment between two that are fine
        ({"a": [[0, 0], [1, 1]], "b": [[0, 0], [0.2, 1]]}, "0"),
        ({"a": [[0, 1], [0.9, 0]], "b": [[0, 1], [0.7, 0]]}, "0.9"),
        ({"a": [[0.3, 0]], "b": [[0.6, 0]]}, "0"),
    ],
)
def test_a_moment_that_is_nobodys_is_refused(points: Any, moment: str) -> None:
    found = list(Schedule(points=points).complaints(["a", "b"]))
    assert len(found) == 1
    assert f"at progress {moment} every task has weight 0" in found[0]


def test_what_is_said_of_too_few_tasks_is_refused() -> None:
    for sampler in (Given(weights={"a": 1}), Schedule(points={"a": ((0.0, 1.0),)})):
        assert "say nothing about b, c; expected an entry for each of a, b, c" in next(sampler.complaints(list(SIZES)))


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (Given, {"weights": {"a": 0}}),
        (Given, {"weights": {"a": -1}}),
        (Given, {"weights": {"a": math.inf}}),
        (Capped, {"cap": 0}),
        (Temperature, {"temperature": 0}),
        (Schedule, {"points": {"a": [[0, -1]]}}),
        (Schedule, {"points": {"a": [[1.5, 1]]}}),
        (Schedule, {"points": {"a": []}}),
        (Schedule, {"points": {"a": [[0.5, 1], [0.5, 0]]}}),
        (Schedule, {"points": {"a": [[0.5, 1], [0.4, 0]]}}),
    ],
)
def test_impossible_settings_are_refused(kind: type[Sampler], settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        kind(**settings)


def test_what_is_said_of_other_tasks_changes_no_id() -> None:
    for one, other in (
        (Given(weights={"a": 1, "b": 2}), Given(weights={"b": 2, "c": 5, "a": 1})),
        (Schedule(points={"a": FADING["a"], "c": FADING["c"]}), Schedule(points=FADING)),
    ):
        names = sorted(one.named)
        assert one.id != other.id
        assert one.only(names).id == other.only(names).id == one.id
    assert Uniform().only(["a"]).id == Uniform().id
