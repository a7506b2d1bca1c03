"""What a finding says about a claim: supported, refuted, or neither.

A claim names a region of values. Two ways must agree: Student's t gives the p-value, and the bootstrap's interval has
to lie on the same side. "No difference" is a claim of its own, with a margin, and needs two one-sided tests
(Schuirmann, 1987); a large p-value is no evidence for it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crosswind.stats.inference import Finding
from crosswind.stats.intervals import ALPHA

Kind = Literal["superiority", "noninferiority", "equivalence"]
Verdict = Literal["supported", "refuted", "inconclusive"]
LEAST_RUNS = 5


@dataclass(frozen=True, slots=True)
class Region:
    """Where the truth is if the claim is true: above `margin`, above minus it, or less than it away from 0."""

    kind: Kind
    margin: float = 0.0

    def __post_init__(self) -> None:
        if self.margin < 0 or (self.kind == "equivalence" and self.margin == 0):
            least = "more than 0" if self.kind == "equivalence" else "at least 0"
            raise ValueError(f"margin {self.margin:g} of {self.kind}: expected {least}, in the estimand's own units")

    @property
    def low(self) -> float:
        """Where the region begins."""
        return self.margin if self.kind == "superiority" else -self.margin

    @property
    def high(self) -> float:
        """Where it ends."""
        return self.margin if self.kind == "equivalence" else float("inf")

    def holds(self, values: ArrayLike) -> NDArray[np.bool_]:
        """Which values are in the region."""
        given = np.asarray(values, float)
        return np.asarray((self.low < given) & (given < self.high))

    def support(self, finding: Finding) -> float:
        """The share of resampled values in the region."""
        return float(self.holds(finding.drawn).mean())


@dataclass(frozen=True, slots=True)
class Probabilities:
    """One-sided p-values of the claim (`inside`) and of its opposite, and the two-sided one that a family adjusts."""

    inside: float
    outside: float
    two_sided: float


def probabilities(finding: Finding, region: Region) -> Probabilities:
    """The p-values, at the borders of the region.

    For an equivalence both one-sided tests have to succeed, so neither is doubled; outside are two ways, so it is.
    """
    if region.kind != "equivalence":
        inside, outside = finding.p_above(region.low), finding.p_below(region.low)
        return Probabilities(inside, outside, min(1.0, 2 * min(inside, outside)))
    inside = max(finding.p_above(region.low), finding.p_below(region.high))
    outside = min(1.0, 2 * min(finding.p_above(region.high), finding.p_below(region.low)))
    return Probabilities(inside, outside, min(inside, outside))


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict, and where there is none the reason. `confidence` is 1 less the adjusted p-value of a verdict."""

    verdict: Verdict
    confidence: float | None
    reason: str


def verdict(finding: Finding, region: Region, adjusted: float, alpha: float = ALPHA) -> Verdict:
    """The verdict alone; see `ruling`."""
    return ruling(finding, region, adjusted, alpha).verdict


def ruling(
    finding: Finding, region: Region, adjusted: float, alpha: float = ALPHA, least_runs: int = LEAST_RUNS
) -> Ruling:
    """The verdict on a claim whose two-sided p-value came to `adjusted` in its family."""
    if finding.runs < least_runs:
        return undecided(f"a claim about a method needs {least_runs} seeds or more, and each side has {finding.runs}")
    if adjusted >= alpha:
        return undecided(f"p = {adjusted:.2g} is not below {alpha:g}")
    own = probabilities(finding, region)
    if own.inside <= own.outside and is_inside(finding, region, alpha):
        return Ruling("supported", 1 - adjusted, "")
    if own.outside < own.inside and is_outside(finding, region, alpha):
        return Ruling("refuted", 1 - adjusted, "")
    return undecided("Student's t and the bootstrap do not agree")


def undecided(reason: str) -> Ruling:
    return Ruling("inconclusive", None, reason)


def is_inside(finding: Finding, region: Region, alpha: float) -> bool:
    """Whether the bootstrap's interval lies in the region; of an equivalence it is that of two tests at alpha."""
    level = 1 - 2 * alpha if region.kind == "equivalence" else 1 - alpha
    interval = finding.at(level).bootstrap
    return bool(region.holds([interval.low, interval.high]).all())


def is_outside(finding: Finding, region: Region, alpha: float) -> bool:
    """Whether the bootstrap's interval lies beyond the region, on one side."""
    interval = finding.at(1 - alpha).bootstrap
    return interval.high <= region.low or interval.low >= region.high
