"""Means refuse what may not enter them."""

from typing import Any

import polars
import pytest

from crosswind.stats import averages
from tests.report.test_summary import table, typos

BY = ("target",)


def mean(*rows: dict[str, Any]) -> float:
    (value,) = averages.means(table(*rows), BY)["value"]
    return float(value)


def test_draws_then_severities_then_conditions_then_languages_in_turn() -> None:
    found = mean(
        typos(10.0, draw=1),
        typos(20.0, draw=2),
        typos(45.0, severity=3),
        typos(90.0, condition="space"),
        typos(0.0, language="y"),
    )
    assert found == pytest.approx((((15 + 45) / 2 + 90) / 2 + 0) / 2)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            typos(1.0, validity="C", condition="shuffle_local"),
            "class C: nobody vouches .* .shuffle_local",
        ),
        (typos(1.0, status="n/a"), "1 of 2 scores do not exist"),
        (typos(1.0, status="missing"), "do not exist"),
        (typos(1.0, main=False), "not the score that stands for their task"),
        (typos(1.0, changed=0.04), "hardly reached the model"),
        (typos(1.0, effective=0.4), "hardly reached the model"),
        (typos(1.0, effective=None), "hardly reached the model"),
        (typos(1.0, track="context"), "track '', 'context': they are not alike"),
        (typos(1.0, scale="iso"), "scale 'iso', 'rate': they are not alike"),
        (typos(1.0, segmenter="icu-72.1"), "segmenter 'builtin-1', 'icu-72.1'"),
    ],
)
def test_what_may_not_be_averaged_raises(row: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        mean(typos(50.0), row)


def test_what_may_be_averaged_is_left_when_the_rest_is_taken_out() -> None:
    frame = table(
        typos(50.0),
        typos(1.0, validity="C"),
        typos(1.0, status="failed"),
        typos(1.0, changed=0.0, effective=None),
        {"value": 80.0},
    )
    left = averages.countable(frame)
    assert left["value"].to_list() == [50.0, 80.0]
    assert averages.means(left.filter(polars.col("condition") != "clean"), BY)["value"].to_list() == [50.0]
