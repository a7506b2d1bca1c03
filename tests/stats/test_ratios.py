"""The ratios that are resampled are the scores that are reported."""

import numpy as np
import polars
import pytest

from crosswind.evaluate.metrics import METRICS
from crosswind.stats.ratios import RATIOS


def test_every_metric_has_its_ratio() -> None:
    assert set(RATIOS) == set(METRICS)


@pytest.mark.parametrize("name", sorted(METRICS))
def test_a_ratio_is_the_main_score_of_any_totals(name: str) -> None:
    metric, generator = METRICS[name], np.random.default_rng(1)
    sums = polars.DataFrame({each: generator.random(50) + 0.1 for each in metric.sums})
    over, under = (sums.select(each).sum().item() for each in RATIOS[name].columns())
    totals = {each: float(sums[each].sum()) for each in metric.sums}
    assert 100 * over / under == pytest.approx(metric.scores(totals)[metric.main])
