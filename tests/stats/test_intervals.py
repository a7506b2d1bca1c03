"""Intervals over seeds against scipy and by hand."""

import numpy as np
import pytest
from scipy import stats

from crosswind.stats.intervals import over_seeds


def test_one_value_has_no_interval() -> None:
    found = over_seeds([70.0])
    assert (found.mean, found.low, found.high, found.count) == (70.0, 70.0, 70.0, 1)


@pytest.mark.parametrize("count", [2, 3, 5, 10])
def test_it_is_students_interval(count: int) -> None:
    values = np.random.default_rng(count).normal(70, 2, count)
    low, high = stats.t.interval(0.95, count - 1, values.mean(), stats.sem(values))
    found = over_seeds(values.tolist())
    assert (found.low, found.high) == pytest.approx((low, high))


def test_by_hand() -> None:
    found = over_seeds([1.0, 2.0, 3.0])  # sd 1, t(2) = 4.3027
    assert found.high - found.mean == pytest.approx(4.302653 / 3**0.5, abs=1e-5)
