"""What the claims of a study could show before anything is run: the smallest difference that it would find."""

from collections.abc import Iterator

from crosswind.claimed import codes, digest, targets
from crosswind.claims.declared import Claim
from crosswind.plan import Plan
from crosswind.quantities import counted_things
from crosswind.study import Study

# Standard deviations over seeds of a paired difference, in points: a calm and a restless task. No pilot knows better
# before the first runs; afterwards the ledger says how many seeds an effect as large as the observed one needs.
CALM, RESTLESS = 0.5, 1.0
DISAGREEING = 0.1  # of the items, one arm alone has right
CORRELATION = 0.5  # of an item's differences in two languages


def prospects(plan: Plan) -> Iterator[str]:
    """What `crosswind plan` says of claims."""
    study = plan.study
    if not study.claims:
        return
    primary = sum(claim.primary for claim in study.claims)
    yield f"{counted_things(len(study.claims), 'claim')}, {primary} primary; digest {digest(study)}"
    if len(study.seeds) < 2:
        yield "  one seed shows nothing about a method; give at least five"
        return
    for claim in study.claims:
        yield f"  {claim.name}: {told(study, claim, primary if claim.primary else 1)}"


def told(study: Study, claim: Claim, family: int) -> str:
    """One claim's prospects in words."""
    from crosswind.stats import power
    from crosswind.stats.verdicts import ALPHA

    items = fewest_items(study, claim)
    if not items:
        return "its targets have no test items"
    languages = max(len(codes(study, claim, target)) for target in targets(study, claim))
    error = power.error_of_accuracy(DISAGREEING, items, languages=languages, correlation=CORRELATION)
    calm, restless = (
        power.detectable(len(study.seeds), spread, error, alpha=ALPHA / family) for spread in (CALM, RESTLESS)
    )
    margin = f", beyond its margin of {claim.margin:g}" if claim.margin else ""
    wanted = f"{100 * power.WANTED:g} %"
    seen = f"{calm:.1f} points or more if seeds vary by {CALM:g}, {restless:.1f} if by {RESTLESS:g}"
    return f"{wanted} sure to see {seen}{margin}"


def fewest_items(study: Study, claim: Claim) -> int:
    """The items of the smallest test set that a claim is about; parallel ones are the same items in every language."""
    sizes = [
        min(study.limit.test or size, size)
        for target in targets(study, claim)
        for code in codes(study, claim, target)
        if (size := target.num_rows(code, "test"))
    ]
    return min(sizes, default=0)
