"""Crossed random factors against closed forms, and against truths that were simulated."""

import numpy as np
import polars
import pytest

from crosswind.stats.estimates import Treatment
from crosswind.stats.mixed import Factor, fit, products_of
from crosswind.stats.tallies import Tally, tally
from crosswind.stats.three_way import modelled, rows_of, rows_of_scores, three_way
from tests.stats.simulated import A, B, study


def test_one_factor_is_the_analysis_of_variance() -> None:
    """Ten groups of six: the variances are those of mean squares, the mean has nine degrees of freedom."""
    generator = np.random.default_rng(1)
    values = 5 + generator.normal(0, 2, (10, 1)) + generator.normal(0, 1, (10, 6))
    found = fit(
        values.reshape(-1), {"mean": np.ones(60)}, [Factor("group", [*np.repeat(np.arange(10), 6).astype(str)])]
    )
    within = values.var(1, ddof=1).mean()
    between = values.mean(1).var(ddof=1)
    assert found.residual**2 == pytest.approx(within, rel=1e-4)
    assert found.spreads["group"] ** 2 == pytest.approx(between - within / 6, rel=1e-3)
    assert found.effects["mean"].value == pytest.approx(values.mean())
    assert found.effects["mean"].error == pytest.approx(np.sqrt(between / 10), rel=1e-3)
    assert found.effects["mean"].degrees == pytest.approx(9, rel=0.02)
    assert (found.absent, found.trouble) == ((), "")


def test_two_crossed_factors_are_the_analysis_of_variance() -> None:
    generator = np.random.default_rng(2)
    values = generator.normal(0, 2, (12, 1)) + generator.normal(0, 1, (1, 8)) + generator.normal(0, 1, (12, 8))
    row, column = (each.reshape(-1).astype(str) for each in np.indices(values.shape))
    found = fit(values.reshape(-1), {"mean": np.ones(96)}, [Factor("row", [*row]), Factor("column", [*column])])
    rest = values - values.mean(1, keepdims=True) - values.mean(0) + values.mean()
    residual = (rest**2).sum() / (11 * 7)
    assert found.residual**2 == pytest.approx(residual, rel=1e-3)
    assert found.spreads["row"] ** 2 == pytest.approx(values.mean(1).var(ddof=1) - residual / 8, rel=1e-2)
    assert found.spreads["column"] ** 2 == pytest.approx(values.mean(0).var(ddof=1) - residual / 12, rel=1e-2)


def test_without_factors_it_is_weighted_least_squares() -> None:
    generator = np.random.default_rng(3)
    x, y, weights = generator.random((3, 50))
    found = fit(y, {"height": np.ones(50), "slope": x}, [], weights + 0.1)
    slope, height = np.polyfit(x, y, 1, w=np.sqrt(weights + 0.1))
    assert (found.effects["slope"].value, found.effects["height"].value) == pytest.approx((slope, height))
    assert found.effects["slope"].degrees == pytest.approx(48, rel=0.02)


def test_a_factor_without_variance_is_told() -> None:
    generator = np.random.default_rng(4)
    values = generator.normal(0, 1, (6, 10))
    values -= values.mean(1, keepdims=True)
    found = fit(
        values.reshape(-1), {"mean": np.ones(60)}, [Factor("group", [*np.repeat(np.arange(6), 10).astype(str)])]
    )
    assert found.absent == ("group",)


def test_effects_that_cannot_be_told_apart_are_refused() -> None:
    ones = np.ones(6)
    with pytest.raises(ValueError, match=r"3 fixed effects \(a, b, c\) of which only 2 can be told apart"):
        fit(np.arange(6.0), {"a": ones, "b": np.arange(6.0), "c": ones + np.arange(6.0)}, [])


DISTANCES = {f"l{place}": float(place) for place in range(8)}


def simulated(seed: int) -> Tally:
    """Two arms, five seeds, eight languages, clean and two kinds: arm a adds 0.5 under perturbation, 0.2 of it less by
    distance; languages and runs differ in height and in what perturbation does to them."""
    generator = np.random.default_rng(seed)
    far = (np.arange(8) - 3.5) / np.arange(8).std()
    perturbed = np.array([0.0, 1.0, 1.0])
    logit = 0.5 - 0.3 * far[:, None] - perturbed * (0.8 + generator.normal(0, 0.2, (8, 1)))
    logit = logit + generator.normal(0, 0.3, (8, 1)) + generator.normal(0, 0.1, (2, 5, 1, 1))
    logit = logit + perturbed * (generator.normal(0, 0.1, (2, 5, 1, 1)) + generator.normal(0, 0.05, (2, 1, 8, 1)))
    logit[0] += perturbed * (0.5 - 0.2 * far[:, None])
    return tally(study(generator.random((2, 5, 8, 3, 100)) < 1 / (1 + np.exp(-logit))[..., None]), "accuracy")


def test_it_finds_what_was_simulated() -> None:
    held = []
    for seed in range(8):
        found = three_way([simulated(seed)], B, DISTANCES, {})
        for name, truth in (("a x perturbed", 0.5), ("a x perturbed x distance", -0.2), ("a", 0.0)):
            held.append(found.effects[name].low <= truth <= found.effects[name].high)
    assert len(held) - sum(held) <= 4  # of 24 at 95 %


def test_languages_equally_far_are_refused() -> None:
    with pytest.raises(ValueError, match="all 2 languages are equally far"):
        three_way([simulated(1)], Treatment("b"), {"l0": 1.0, "l1": 1.0}, {})
    assert A != B


def test_scores_of_cells_are_the_cells_of_outcomes() -> None:
    told = simulated(3)
    rows = rows_of([told], [*DISTANCES])
    scores = polars.DataFrame(
        [
            {"value": 100 * right / count, "examples": int(count), "arm": own.arm, "sequence": own.sequence}
            | {"seed": seed, "target": target, "language": language}
            | {"condition": condition.rpartition(" ")[0] or "clean", "severity": int(condition[-1:] or 0)}
            for right, count, own, seed, target, language, condition in zip(
                rows.right_N, rows.count_N, rows.treatment, rows.seed, rows.target, rows.language, rows.condition,
                strict=True,
            )
        ]
    )  # fmt: skip
    one, other = three_way([told], B, DISTANCES, {}), modelled(rows_of_scores(scores), B, DISTANCES, {})
    assert other.effects["a x perturbed"].p == pytest.approx(one.effects["a x perturbed"].p)
    assert other.spreads == pytest.approx(one.spreads)


def test_slopes_of_the_likelihood_are_those_of_its_values() -> None:
    generator = np.random.default_rng(5)
    row, column = (each.reshape(-1).astype(str) for each in np.indices((6, 7)))
    x, y = generator.normal(0, 1, (2, 42))
    factors = [Factor("row", [*row]), Factor("column", [*column]), Factor("row x", [*row], x)]
    products = products_of(y, np.column_stack([np.ones(42), x]), factors, None)
    roots, step = np.array([0.7, 0.2, 1.1]), 1e-5
    _, slopes = products.profile(roots)
    measured = [
        (products.profile(roots + step * one)[0] - products.profile(roots - step * one)[0]) / (2 * step)
        for one in np.eye(3)
    ]
    assert slopes == pytest.approx(measured, rel=1e-5)
