"""What could explain a claim away: the controls of the arms that it favours, each asked the claim's own question."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars

from crosswind import results
from crosswind.asked import region_of, rows_of, tallied, treatment
from crosswind.claims.declared import Claim
from crosswind.failures import Allowance, lost_of
from crosswind.plan import Plan
from crosswind.stats import averages
from crosswind.stats.estimands import Estimand
from crosswind.stats.estimates import Estimate, Treatment, between
from crosswind.stats.inference import estimated, widened
from crosswind.stats.intervals import LEVEL
from crosswind.stats.multiplicity import bonferroni_level
from crosswind.store import Store


@dataclass(frozen=True, slots=True)
class Rival:
    """A control of an arm that a claim favours, and how far that arm is above it: the claim's own question, asked
    against what could explain the effect away. It is `shown` where the whole interval lies in the claimed region.
    `diverged` are the control's own runs that did."""

    name: str
    estimate: Estimate
    shown: bool
    diverged: int = 0


def rivals(plan: Plan, store: Store, scores: polars.DataFrame, claim: Claim, asked: Estimand) -> Iterator[Rival]:
    """The controls of every arm that a claim favours, as far as they are finished."""
    favoured = [treatment(plan.study, name) for name, weight in claim.contrast.items() if weight > 0]
    for one in favoured if asked.is_smooth else ():
        named = {treatment(plan.study, name).arm for name in claim.contrast}
        for companion in (each for each in plan.companions if each.of == one.arm and each.name not in named):
            other = Treatment(companion.name, one.sequence)
            planned = rows_of(plan.study, claim, scores, [one, other, *asked.needs()])
            usable, lost = averages.countable(planned), lost_of(planned)
            try:
                outcomes = results.outcomes(plan, store, usable["stage"].unique())
                tallies = tallied(plan.study, claim, asked, outcomes, [one, other], Allowance(lost))
                found = estimated(tallies, asked, between(one, other), level=LEVEL)
            except ValueError:
                continue  # it stands beside other sequences only, or is not finished; the page says what is missing
            sure = widened(found, bonferroni_level(LEVEL, plan.study.looks))
            shown = bool(region_of(claim).holds([sure.low, sure.high]).all())
            diverged = {(target, each.seed) for target, own in lost.items() for each in own if each.treatment == other}
            yield Rival(companion.name, found, shown, len(diverged))
