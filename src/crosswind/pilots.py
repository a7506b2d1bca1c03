"""How much a claim's difference varies in what a store already has: finished seeds are the pilot of those to come.

A stage is the same in whatever study it is asked for. So the pilot of a study is a study with fewer of its seeds, or
the same one when it has begun; nobody has to name it.
"""

from collections.abc import Sequence
from dataclasses import replace

from crosswind import results
from crosswind.asked import contrast_of, estimand_of, rows_of, tallied, treatment
from crosswind.claims.declared import Claim
from crosswind.failures import Allowance, lost_of
from crosswind.plan import Cell, Plan
from crosswind.stats import averages
from crosswind.stats.estimates import Parts
from crosswind.stats.inference import parts
from crosswind.store import Store


def measured(plan: Plan, store: Store, claim: Claim, cells: Sequence[Cell]) -> Parts:
    """Where the variance of a claim's difference comes from, told by its finished cells alone.

    Raises ValueError where they do not tell it.
    """
    stages = {cell.stage: plan.stages[cell.stage] for cell in cells}
    part = replace(plan, cells=tuple(cells), stages=stages)
    treatments = [treatment(plan.study, name) for name in claim.treatments]
    planned = rows_of(plan.study, claim, results.scores(part, store), treatments)
    outcomes = results.outcomes(part, store, averages.countable(planned)["stage"].unique())
    asked, contrast = estimand_of(plan.study, claim), contrast_of(plan.study, claim)
    tallies = tallied(plan.study, claim, asked, outcomes, contrast.treatments, Allowance(lost_of(planned)))
    return parts(tallies, asked, contrast)
