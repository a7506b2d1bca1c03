"""What a claim would be without the runs that failed: shown beside its verdict, never instead of it.

Two other ways to allow for them: the seeds in which any run of the claim failed are left out of all treatments, so that
what was paired stays paired; and medians over seeds take the place of means.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars

from crosswind.asked import contrast_of, learned, tallied
from crosswind.claims.declared import Claim
from crosswind.failures import Allowance, Judged, Toll, lost_of, states_of
from crosswind.randomness import stream
from crosswind.stats.estimands import Estimand
from crosswind.stats.estimates import Contrast
from crosswind.stats.inference import Finding, find
from crosswind.stats.intervals import LEVEL
from crosswind.stats.medians import of_medians
from crosswind.stats.tallies import Tally
from crosswind.study import Study


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """A claim asked without the seeds in which a run failed; `because` says why where there is no finding.

    `medians` is the contrast of medians over seeds, in which failed runs count as in the claim itself. `standing` is
    the verdict that the claim would have on the finding, settled with the others of its family, were its seeds enough.
    """

    finding: Finding | None = None
    above_guessing: float | None = None
    medians: float | None = None
    standing: str = "no outcomes"
    because: str = ""


def sensitivity(
    study: Study, claim: Claim, asked: Estimand, outcomes: polars.DataFrame, removed: Mapping[str, Collection[int]]
) -> Sensitivity:
    """A claim without some seeds of each target."""
    contrast, allowance = contrast_of(study, claim), Allowance(removed=removed)
    try:
        tallies = tallied(study, claim, asked, outcomes, contrast.treatments, allowance)
        finding = find(tallies, asked, contrast, seed=seed_of(claim), level=LEVEL)
        above = None if claim.kind == "superiority" else learned(study, claim, outcomes, allowance)
    except ValueError as error:
        return Sensitivity(because=str(error))
    return Sensitivity(finding, above)


def seed_of(claim: Claim) -> int:
    """What the resamples of a claim are drawn by."""
    return stream(0, f"claim {claim.name}")


def middle(tallies: Sequence[Tally], asked: Estimand, contrast: Contrast) -> float | None:
    """The contrast of medians over seeds, where there is one."""
    try:
        return of_medians(tallies, asked, contrast)
    except ValueError:
        return None


def failed_seeds(scores: polars.DataFrame, judged: Judged) -> dict[str, set[int]]:
    """The seeds in which a run of some scores failed, by target."""
    found = {target: {each.seed for each in lost} for target, lost in lost_of(scores).items()}
    for run in judged.collapsed & {*states_of(scores)}:
        found.setdefault(run.target, set()).add(run.seed)
    return found


def row_of_failed(tolls: Sequence[Toll], other: Sensitivity | None) -> dict[str, Any]:
    """The runs of a claim that failed, and what it would be without them, as a part of its row in files."""
    beside = other or Sensitivity(standing="")
    effect = beside.finding.first if beside.finding else None
    return {
        "diverged": sum(toll.diverged for toll in tolls),
        "collapsed": sum(toll.collapsed for toll in tolls),
        "failures": "; ".join(toll.told for toll in tolls if toll.failed),
        "without_failed_effect": effect and effect.value,
        "without_failed_low": effect and effect.low,
        "without_failed_high": effect and effect.high,
        "without_failed_standing": beside.standing,
        "medians": beside.medians,
    }
