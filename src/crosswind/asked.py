"""What a claim asks: which scores and outcomes it is about, and which number of each treatment it compares."""

from collections.abc import Iterable, Sequence
from typing import Any

import polars

from crosswind.choices import ALL
from crosswind.claimed import about, placed, spoken, targets
from crosswind.claims.declared import ON_CLEAN, Claim
from crosswind.failures import Allowance
from crosswind.stages import label
from crosswind.stats.averages import CLEAN
from crosswind.stats.estimands import Estimand
from crosswind.stats.estimates import Contrast, Treatment, alone
from crosswind.stats.inference import observed
from crosswind.stats.named import estimand
from crosswind.stats.tallies import Tally, tally
from crosswind.stats.verdicts import Region
from crosswind.study import Study


def rows_of(study: Study, claim: Claim, scores: polars.DataFrame, treatments: Sequence[Treatment]) -> polars.DataFrame:
    """The scores of some treatments that a claim is about; under which conditions, its own treatments decide."""
    conditions = {CLEAN} if claim.estimand in ON_CLEAN else {CLEAN, *about(study, claim)}
    keep = polars.lit(value=False)
    for target in targets(study, claim):
        keep |= (polars.col("target") == label(target)) & polars.col("language").is_in(spoken(study, claim, target))
    own = scores.filter(keep & polars.col("condition").is_in(conditions) & polars.col("main").fill_null(value=True))
    if claim.severities is not None:
        own = own.filter(polars.col("severity").is_in([0, *claim.severities]))
    if ALL in claim.conditions:
        own = own.join(met(study, claim, own), on=["target", "family"], how="anti", maintain_order="left")
    return own.filter(is_of(treatments))


def met(study: Study, claim: Claim, own: polars.DataFrame) -> polars.DataFrame:
    """The kinds of change that any treatment of a claim has learned from, target by target.

    They tell nothing of what it has not met, so they are left out for all that the claim's question is asked of, its
    rivals too, whatever these have learned from; what other arms have does not matter.
    """
    treatments = [treatment(study, name) for name in claim.treatments]
    taught = own.filter(is_of(treatments) & polars.col("seen").fill_null(value=False))
    return taught.filter(polars.col("condition") != CLEAN).select("target", "family").unique()


def is_of(treatments: Iterable[Treatment]) -> polars.Expr:
    """Whether a score is of one of some treatments."""
    named = [{"arm": each.arm, "sequence": each.sequence} for each in treatments]
    return polars.struct("arm", "sequence").is_in(named)


def refuse_met(claim: Claim, planned: polars.DataFrame) -> None:
    """Say where a claim about perturbed text has none left, since its treatments have learned from all of it."""
    if claim.estimand not in ON_CLEAN and planned.filter(polars.col("condition") != CLEAN).is_empty():
        raise ValueError(
            "one of its treatments has learned from every kind of change that it asks for; name in conditions those "
            "that it is about all the same"
        )


def tallied(
    study: Study,
    claim: Claim,
    asked: Estimand,
    outcomes: polars.DataFrame,
    sides: Sequence[Treatment],
    allowance: Allowance,
) -> list[Tally]:
    """The outcomes of each target that has some, with what failed runs count as.

    Raises ValueError where none has, and where the runs of one side, or of both, have diverged so that nothing can be
    asked of them.
    """
    found = []
    for target in targets(study, claim):
        own = outcomes.filter(polars.col("target") == label(target))
        lost, removed = allowance.of(label(target))
        refuse_lost(label(target), own, sides, {each.treatment for each in lost})
        if own.height:
            whole = tally(own, target.metric, counts=asked.counts, chance=100 * target.chance)
            allowed = whole.allowing(lost, asked.diverged).without_seeds(removed)
            refuse_none_left(allowed, whole, sides)
            found.append(allowed)
    if not found:
        raise ValueError("nothing that it is about is finished; run the study")
    return found


def refuse_lost(target: str, outcomes: polars.DataFrame, sides: Sequence[Treatment], lost: set[Treatment]) -> None:
    """Say where no side has a run that answered, since all that are finished diverged."""
    answered = {Treatment(*each) for each in outcomes.select("arm", "sequence").unique().rows()}
    if lost & {*sides} and not answered & {*sides}:
        raise ValueError(f"{target}: every finished run of either side diverged, so there is nothing to compare")


def refuse_none_left(left: Tally, whole: Tally, sides: Sequence[Treatment]) -> None:
    """Say where failed runs are left out, and no seed is without one."""
    if left.cells < whole.cells and any(each not in left.axes.treatments or not left.count([each]) for each in sides):
        raise ValueError(f"{left.target}: failed runs are left out here, and no seed is left in which no side has one")


def estimand_of(study: Study, claim: Claim) -> Estimand:
    """What a claim asks of each treatment."""
    settings: dict[str, Any] = {}
    if claim.reference is not None:
        settings["reference"] = treatment(study, claim.reference)
    if claim.pool:
        settings["pool"] = tuple(treatment(study, name) for name in claim.pool)
    if claim.estimand.endswith("transfer_gap"):
        sources = {target.source for target in targets(study, claim)}
        if len(sources) > 1:
            raise ValueError(f"its targets have different sources ({', '.join(sorted(sources))}); claim each by itself")
        settings["source"] = sources.pop()
    return estimand(claim.estimand, **settings)


def contrast_of(study: Study, claim: Claim) -> Contrast:
    return Contrast({treatment(study, name): weight for name, weight in claim.contrast.items()})


def treatment(study: Study, name: str) -> Treatment:
    return Treatment(*placed(study, name))


def learned(study: Study, claim: Claim, outcomes: polars.DataFrame, allowance: Allowance) -> float:
    """How far the better side of a claim is above guessing, on clean text, the mean over its targets."""
    score, sides = estimand("clean"), contrast_of(study, claim).treatments
    tallies = tallied(study, claim, score, outcomes, sides, allowance)
    chance = sum(tally.chance for tally in tallies) / len(tallies)
    return max(observed(tallies, score, alone(each)) for each in sides) - chance


def region_of(claim: Claim) -> Region:
    """Where the difference lies if a claim is true."""
    return Region(claim.kind, claim.margin)
