"""The ledger of a study: every declared claim with its verdict, and everything the verdict rests on.

A claim is about methods, not about the models that happened to be trained, so runs count as well as items: Student's
interval and the bootstrap both have to agree, fewer than five runs decide nothing, and primary claims share one error
rate (Holm). What supports a claim at its margin may still be smaller than what a paper reported; both stand there.
Runs that failed stay in what a verdict rests on (failures.py); beside it stands what it would be without them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import polars

from crosswind import results
from crosswind.asked import contrast_of, estimand_of, learned, refuse_met, region_of, rows_of, tallied, treatment
from crosswind.claims.declared import Claim
from crosswind.failures import Allowance, Judged, Toll, guessed, judge, lost_of, tolls
from crosswind.leaving_out import left_out
from crosswind.plan import Plan
from crosswind.rivals import Rival, rivals
from crosswind.sensitivity import Sensitivity, failed_seeds, middle, row_of_failed, seed_of, sensitivity
from crosswind.stats import averages, permutation, power
from crosswind.stats.estimands import Diverged
from crosswind.stats.estimates import Estimate
from crosswind.stats.inference import Finding, find
from crosswind.stats.intervals import ALPHA, LEVEL
from crosswind.stats.multiplicity import benjamini_hochberg, bonferroni_level, holm
from crosswind.stats.power import WANTED
from crosswind.stats.verdicts import LEAST_RUNS, Region, Ruling, probabilities, ruling
from crosswind.store import Store

LEAST_CELLS = 0.5  # of those that were planned
LEAST_LEARNED = 5.0  # points above guessing, without which two sides are alike because neither has learned anything
NOTHING_LEARNED = f"no side is {LEAST_LEARNED:g} points above guessing on clean text, so nothing could be lost"

Standing = Literal["supported", "refuted", "inconclusive", "no outcomes"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim judged.

    `p` is two-sided before correction, `adjusted` after it, and a verdict needs it below `alpha`. `confidence` is
    1 - `adjusted` where a verdict was reached, and 1 - 2 `adjusted` where that was one of two looks.
    `support` is the share of resamples that lie in the claimed region. `because` says in words why nothing was decided.
    `seeds_needed` are the seeds with which an effect as large as the observed one would be found in four of five
    studies. `without_language` is the range of the effect when each language in turn is left out, `without_family` when
    each family is, of at least three. `rivals` are the controls of the arms that it favours. `above_guessing` is how
    far the better side's clean score is above guessing, asked only where the claim is that little changes.
    `uncontrolled` says which controls it calls for cannot be. `tolls` are its runs by target and treatment, `diverged`
    is what those that did count as, and `sensitivity` is there where any failed. `alpha` is what it was judged at.
    """

    claim: Claim
    standing: Standing
    finding: Finding | None = None
    p: float | None = None
    adjusted: float | None = None
    confidence: float | None = None
    corrected: Estimate | None = None
    support: float | None = None
    permutation: float | None = None
    without_language: tuple[float, float] | None = None
    without_family: tuple[float, float] | None = None
    planned: int = 0
    counted: int = 0
    seeds_needed: int | None = None
    because: str = ""
    rivals: tuple[Rival, ...] = ()
    above_guessing: float | None = None
    uncontrolled: tuple[str, ...] = ()
    alpha: float = ALPHA
    tolls: tuple[Toll, ...] = ()
    diverged: Diverged = "guesses"
    sensitivity: Sensitivity | None = None

    @property
    def failed(self) -> int:
        """How many of its runs failed."""
        return sum(toll.failed for toll in self.tolls)

    @property
    def finished(self) -> int:
        """How many of its runs have ended, well or not."""
        return sum(toll.finished for toll in self.tolls)

    @property
    def rests_on_failed(self) -> bool:
        """Whether its verdict, or that there is none, would be another one without the runs that failed."""
        if self.sensitivity is None or (self.finding is not None and self.finding.runs < LEAST_RUNS):
            return False
        standings = {self.standing, self.sensitivity.standing}
        return len(standings) > 1 and bool(standings & {"supported", "refuted"})


def ledger(plan: Plan, store: Store, scores: polars.DataFrame | None = None) -> list[Entry]:
    """Every claim of a study, judged on whatever is finished; `scores` are those of results.scores, where they are
    there already."""
    if not plan.study.claims:
        return []
    scores = results.scores(plan, store) if scores is None else scores
    judged = judge(plan, store, scores)
    found = [examined(plan, store, scores, judged, claim) for claim in plan.study.claims]
    told = [replace(each, uncontrolled=plan.uncontrolled.get(each.claim.name, ())) for each in found]
    return weighed(told, plan.study.looks)


def weighed(entries: Sequence[Entry], looks: int = 1) -> list[Entry]:
    """The entries settled, those with failed runs beside what they would be without them: as that is about the effect,
    seeds need only be enough to tell how they vary."""
    rest = [without_failed(entry, entry.sensitivity) if entry.sensitivity else entry for entry in entries]
    others = settled(rest, looks, least_runs=2)
    told = [entry.sensitivity and replace(entry.sensitivity, standing=other.standing, because=other.because)
            for entry, other in zip(entries, others, strict=True)]  # fmt: skip
    return [replace(entry, sensitivity=own) for entry, own in zip(settled(entries, looks), told, strict=True)]


def without_failed(entry: Entry, other: Sensitivity) -> Entry:
    """An entry with the finding that its claim has without failed runs."""
    p = probabilities(other.finding, region_of(entry.claim)).two_sided if other.finding else None
    return replace(entry, finding=other.finding, p=p, above_guessing=other.above_guessing, because=other.because)


def settled(entries: Sequence[Entry], looks: int = 1, least_runs: int = LEAST_RUNS) -> list[Entry]:
    """The entries with their probabilities corrected and their verdicts: Holm among primary claims, the share of false
    discoveries among the others. Where a study is to be looked at twice, each look has half of the error rate."""
    families = {
        True: holm(probable(entries, primary=True)),
        False: benjamini_hochberg(probable(entries, primary=False)),
    }
    adjusted, together = families[True] | families[False], {True: len(families[True]), False: 1}
    return [
        concluded(entry, adjusted[entry.claim.name], together[entry.claim.primary], looks, least_runs)
        if entry.finding is not None
        else entry
        for entry in entries
    ]


def probable(entries: Sequence[Entry], *, primary: bool) -> dict[str, float]:
    """The probabilities of one family of claims."""
    return {entry.claim.name: entry.p for entry in entries if entry.p is not None and entry.claim.primary is primary}


def concluded(entry: Entry, adjusted: float, family: int, looks: int, least_runs: int) -> Entry:
    """An entry with its verdict."""
    finding, region = entry.finding, region_of(entry.claim)
    assert finding is not None
    alpha = ALPHA / looks
    found = ruling(finding, region, adjusted, alpha, least_runs)
    if entry.counted < LEAST_CELLS * entry.planned:
        found = Ruling("inconclusive", None, f"{entry.counted} of {entry.planned} planned cells are there")
    if entry.above_guessing is not None and entry.above_guessing < LEAST_LEARNED:
        found = Ruling("inconclusive", None, NOTHING_LEARNED)
    return replace(
        entry,
        standing=found.verdict,
        adjusted=adjusted,
        confidence=None if found.confidence is None else 1 - looks * adjusted,
        corrected=finding.at(bonferroni_level(LEVEL, family * looks)).first if family * looks > 1 else None,
        because=found.reason,
        seeds_needed=needed(finding, region, alpha) if found.verdict == "inconclusive" else None,
        alpha=alpha,
    )


def examined(plan: Plan, store: Store, scores: polars.DataFrame, judged: Judged, claim: Claim) -> Entry:
    """A claim with its finding, before any correction."""
    treatments = [treatment(plan.study, name) for name in claim.treatments]
    planned = rows_of(plan.study, claim, scores, treatments)
    usable = averages.countable(planned)
    entry = Entry(
        claim,
        "no outcomes",
        planned=planned.filter(polars.col("status") != "n/a")["stage"].n_unique(),
        counted=usable["stage"].n_unique(),
        tolls=tuple(tolls(planned, judged)),
    )
    try:
        refuse_met(claim, planned)
        asked = estimand_of(plan.study, claim)
        outcomes = results.outcomes(plan, store, usable["stage"].unique())
    except ValueError as error:
        return replace(entry, because=str(error))
    guesses = guessed(planned, usable) if asked.diverged == "guesses" else 0
    entry = replace(entry, diverged=asked.diverged, counted=entry.counted + guesses)
    if removed := failed_seeds(planned, judged):
        entry = replace(entry, sensitivity=sensitivity(plan.study, claim, asked, outcomes, removed))
    contrast, allowance = contrast_of(plan.study, claim), Allowance(lost_of(planned))
    try:
        tallies = tallied(plan.study, claim, asked, outcomes, contrast.treatments, allowance)
        finding = find(tallies, asked, contrast, seed=seed_of(claim), level=LEVEL)
    except ValueError as error:
        return replace(entry, because=str(error))
    region = region_of(claim)
    apart = left_out(tallies, asked, contrast)
    return replace(
        entry,
        finding=finding,
        p=probabilities(finding, region).two_sided,
        support=region.support(finding),
        permutation=permutation.of_seeds(finding),
        without_language=apart.language,
        without_family=apart.family,
        rivals=tuple(rivals(plan, store, scores, claim, asked)),
        above_guessing=None if claim.kind == "superiority" else learned(plan.study, claim, outcomes, allowance),
        sensitivity=entry.sensitivity and replace(entry.sensitivity, medians=middle(tallies, asked, contrast)),
    )


def needed(finding: Finding, region: Region, alpha: float) -> int | None:
    """How many seeds would show an effect as large as the observed one; None where none would."""
    if finding.runs < 2:
        return None
    edges = [edge for edge in (region.low, region.high) if edge != float("inf")]
    beyond = min(abs(finding.value - edge) for edge in edges)
    return power.seeds_needed(beyond, finding.parts.sd_seeds, finding.parts.error_items, wanted=WANTED, alpha=alpha)


def rows(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The ledger as flat rows, for files."""
    return [row(entry) for entry in entries]


def row(entry: Entry) -> dict[str, Any]:
    claim, finding = entry.claim, entry.finding
    told: dict[str, Any] = {
        "claim": claim.name,
        "text": claim.text,
        "standing": entry.standing,
        "primary": claim.primary,
        "contrast": ", ".join(f"{weight:+g} {name}" for name, weight in claim.contrast.items()),
        "estimand": claim.estimand,
        "kind": claim.kind,
        "margin": claim.margin,
    }
    if finding is not None:
        told |= interval("", finding.first) | interval("bootstrap_", finding.bootstrap)
        told |= interval("corrected_", entry.corrected) if entry.corrected else {}
        told |= {"error": finding.first.error, "runs": finding.runs, "clusters": finding.clusters}
    told |= {
        name: getattr(entry, name)
        for name in ("p", "adjusted", "alpha", "confidence", "support", "permutation", "planned", "counted", "failed")
    }
    told |= {"diverged_count_as": entry.diverged, "rests_on_failed": entry.rests_on_failed}
    told |= row_of_failed(entry.tolls, entry.sensitivity)
    lowest, highest = entry.without_language or (None, None)
    least, greatest = entry.without_family or (None, None)
    source = claim.origin
    return told | {
        "without_language_low": lowest,
        "without_language_high": highest,
        "without_family_low": least,
        "without_family_high": greatest,
        "seeds_needed": entry.seeds_needed,
        "because": entry.because,
        "not_above": ", ".join(each.name for each in entry.rivals if not each.shown),
        "waived": claim.waive,
        "uncontrolled": "; ".join(entry.uncontrolled),
        "paper": source.paper if source else "",
        "said": source.said if source else "",
        "reported": source.number if source else None,
    }


def interval(prefix: str, estimate: Estimate) -> dict[str, float]:
    return {f"{prefix}effect": estimate.value, f"{prefix}low": estimate.low, f"{prefix}high": estimate.high}
