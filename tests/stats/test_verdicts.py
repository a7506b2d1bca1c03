"""What a claim comes to: at its margins, with few seeds, and where two ways disagree."""

from dataclasses import replace

import numpy as np
import pytest

from crosswind.stats.estimates import between
from crosswind.stats.inference import Finding, find
from crosswind.stats.named import estimand
from crosswind.stats.tallies import tally
from crosswind.stats.verdicts import Kind, Region, probabilities, ruling, verdict
from tests.stats.simulated import A, B, study


def finding(effect: float, runs: int = 6, spread: float = 0.3) -> Finding:
    """A contrast of so many points whose seeds spread evenly around it."""
    shape = np.ones((2, runs, 1, 1, 40)) / 2
    shape[0] += (effect + spread * np.linspace(-1, 1, runs))[:, None, None, None] / 100
    return find([tally(study(shape), "accuracy")], estimand("clean"), between(A, B), seed=1, draws=2000)


@pytest.mark.parametrize(
    ("kind", "margin", "effect", "expected"),
    [
        ("superiority", 0.0, 2.0, "supported"),
        ("superiority", 0.0, -2.0, "refuted"),
        ("superiority", 0.0, 0.05, "inconclusive"),
        ("superiority", 1.0, 0.05, "refuted"),
        ("superiority", 1.0, 1.05, "inconclusive"),
        ("superiority", 1.0, 2.0, "supported"),
        ("noninferiority", 1.0, 0.0, "supported"),
        ("noninferiority", 1.0, -1.0, "inconclusive"),
        ("noninferiority", 1.0, -2.0, "refuted"),
        ("equivalence", 0.5, 0.0, "supported"),
        ("equivalence", 0.5, 0.4, "inconclusive"),
        ("equivalence", 0.5, 2.0, "refuted"),
        ("equivalence", 0.5, -2.0, "refuted"),
        ("equivalence", 0.1, 0.0, "inconclusive"),
    ],
)
def test_verdicts(kind: Kind, margin: float, effect: float, expected: str) -> None:
    found, region = finding(effect), Region(kind, margin)
    assert verdict(found, region, probabilities(found, region).two_sided) == expected


def test_two_one_sided_tests_are_an_interval_of_90_within_the_margins() -> None:
    for effect in np.linspace(-0.6, 0.6, 25).tolist():
        found = finding(effect)
        interval = found.at(0.9).first
        inside = probabilities(found, Region("equivalence", 0.5)).inside
        assert (inside < 0.05) == (interval.low > -0.5 and interval.high < 0.5)


def test_one_sided_p_values_are_of_the_border() -> None:
    found = finding(1.3)
    own = probabilities(found, Region("superiority", 1.0))
    assert own.inside + own.outside == pytest.approx(1)
    assert own.two_sided == 2 * min(own.inside, own.outside)
    assert probabilities(found, Region("noninferiority", 1.0)).inside < own.inside


def test_few_seeds_have_no_verdict() -> None:
    found = ruling(finding(20.0, runs=4), Region("superiority"), 0.0001)
    assert (found.verdict, found.confidence) == ("inconclusive", None)
    assert found.reason == "a claim about a method needs 5 seeds or more, and each side has 4"


def test_an_adjusted_p_that_is_too_large_has_none_either() -> None:
    assert ruling(finding(2.0), Region("superiority"), 0.06).reason == "p = 0.06 is not below 0.05"


def test_two_ways_must_agree() -> None:
    found = finding(2.0)
    shifted = replace(found, drawn=found.drawn - 2)
    assert ruling(shifted, Region("superiority"), 0.001).reason == "Student's t and the bootstrap do not agree"


def test_support_is_the_share_of_resampled_values_in_the_region() -> None:
    found = finding(2.0)
    assert Region("superiority", 0.0).support(found) == 1
    assert Region("superiority", 2.0).support(found) == pytest.approx(0.5, abs=0.1)
    assert Region("equivalence", 0.5).support(found) == 0


def test_confidence_is_what_the_family_leaves() -> None:
    assert ruling(finding(2.0), Region("superiority"), 0.03).confidence == pytest.approx(0.97)


@pytest.mark.parametrize(("kind", "margin"), [("equivalence", 0.0), ("superiority", -1.0)])
def test_margins_that_mean_nothing_are_refused(kind: Kind, margin: float) -> None:
    with pytest.raises(ValueError, match=f"margin .* of {kind}: expected"):
        Region(kind, margin)
