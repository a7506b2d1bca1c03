"""Verdicts in words and as a line: where the effect lies, where it was claimed to lie."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from crosswind.asked import region_of
from crosswind.claims.declared import Claim
from crosswind.ledger import Entry
from crosswind.quantities import counted_things
from crosswind.sensitivity import Sensitivity
from crosswind.stats.estimands import Diverged
from crosswind.stats.intervals import ALPHA
from crosswind.stats.verdicts import LEAST_RUNS

WIDTH, HEIGHT, MIDDLE = 420, 22, 11
MOST_CONFIDENCE = 0.999  # that one decimal can tell


@dataclass(frozen=True, slots=True)
class View:
    """A claim as the page shows it."""

    entry: Entry
    headline: str
    grounds: tuple[str, ...]
    figure: Markup


def views(entries: list[Entry]) -> list[View]:
    """The claims, all on one scale, so that effects can be compared by eye."""
    farthest = max([1.0, *map(reach, entries)])
    return [View(entry, headline(entry), tuple(grounds(entry)), line(entry, farthest)) for entry in entries]


def reach(entry: Entry) -> float:
    """How far from 0 a claim's figure goes."""
    if entry.finding is None:
        return 0.0
    own = entry.finding.first
    return max(abs(own.low), abs(own.high), 1.2 * entry.claim.margin)


def line(entry: Entry, farthest: float) -> Markup:
    """The interval on a line around 0, the claimed region shaded."""
    if entry.finding is None:
        return Markup("")
    own, region = entry.finding.first, region_of(entry.claim)

    def x(value: float) -> str:
        return f"{WIDTH / 2 * (1 + max(-1.0, min(1.0, value / farthest))):.1f}"

    start, end = x(region.low), x(region.high)
    said = f"{own.value:+.2f} points, {own.low:+.2f} to {own.high:+.2f}"
    return Markup(
        '<svg width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label="{said}" style="max-width:100%">'
        '<rect x="{start}" y="2" width="{width:.1f}" height="18" fill="currentColor" opacity=".08"/>'
        '<line x1="{zero}" x2="{zero}" y1="0" y2="{h}" stroke="currentColor" opacity=".45" stroke-dasharray="3 3"/>'
        '<line x1="{low}" x2="{high}" y1="{m}" y2="{m}" stroke="#0072b2" stroke-width="2.5"/>'
        '<circle cx="{value}" cy="{m}" r="4.5" fill="#0072b2"/></svg>'
    ).format(
        w=WIDTH, h=HEIGHT, m=MIDDLE, said=said, start=start, width=float(end) - float(start), zero=x(0), low=x(own.low),
        high=x(own.high), value=x(own.value),
    )  # fmt: skip


def headline(entry: Entry) -> str:
    """A verdict in capitals, with its margin where that is not 0: what is refuted at a margin may still be positive.

    What is supported against its rival but not against a control is said in one breath, and so is that it would not be
    without the runs that failed.
    """
    unit = "point" if entry.claim.margin == 1 else "points"
    margin = f" at {entry.claim.margin:g} {unit}" if entry.claim.margin else ""
    if entry.standing not in {"supported", "refuted"}:
        return entry.standing.upper()
    losing = [each.name for each in entry.rivals if not each.shown]
    but = f", but not against {' or '.join(losing)}" if losing and entry.standing == "supported" else ""
    return f"{entry.standing.upper()}{margin}{but}{rests(entry)}"


def rests(entry: Entry) -> str:
    """What a verdict owes to runs that failed, if anything."""
    if not entry.rests_on_failed or entry.sensitivity is None:
        return ""
    is_left = entry.sensitivity.finding is not None
    return ", resting on runs that failed" if is_left else ", though nothing is left without runs that failed"


def grounds(entry: Entry) -> Iterator[str]:
    """What a verdict rests on, in words."""
    yield asked(entry.claim)
    yield from numbers(entry)
    for each in entry.rivals:
        told = each.estimate
        diverged = f" ({counted_things(each.diverged, 'run')} of it diverged)" if each.diverged else ""
        yield f"against {each.name} {told.value:+.2f}, {told.low:+.2f} to {told.high:+.2f}{diverged}"
    yield from failed(entry)
    if not entry.claim.primary:
        yield "exploratory"
    if entry.alpha < ALPHA:
        yield f"judged at {entry.alpha:g}, since the study is looked at twice"
    if entry.seeds_needed:
        yield f"an effect this large would need {counted_things(entry.seeds_needed, 'seed')}"
    if entry.because:
        yield entry.because
    if entry.claim.waive:
        yield f"waived: {entry.claim.waive}"
    yield from entry.uncontrolled
    yield from origin(entry.claim)


def numbers(entry: Entry) -> Iterator[str]:
    """The finding."""
    finding = entry.finding
    if finding is None:
        return
    first, again = finding.first, finding.bootstrap
    yield f"{first.value:+.2f} points, 95 % interval {first.low:+.2f} to {first.high:+.2f}"
    yield f"bootstrap {again.low:+.2f} to {again.high:+.2f}"
    if (wide := entry.corrected) is not None:
        yield f"corrected interval {wide.low:+.2f} to {wide.high:+.2f}"
    yield f"p {entry.p:.3g}, corrected {entry.adjusted:.3g}"
    yield f"{counted_things(finding.runs, 'run')} a side, {counted_things(finding.clusters, 'cluster')} of items"
    if entry.confidence is not None:
        yield f"confidence {sure(entry.confidence)}"
    if entry.without_language:
        yield "without any one language {:+.2f} to {:+.2f}".format(*entry.without_language)
    if entry.without_family:
        yield "without any one family of languages {:+.2f} to {:+.2f}".format(*entry.without_family)


def sure(confidence: float) -> str:
    """A confidence in per cent; none is ever whole."""
    return f"{100 * confidence:.1f} %" if confidence < MOST_CONFIDENCE else f"above {100 * MOST_CONFIDENCE:g} %"


def failed(entry: Entry) -> Iterator[str]:
    """The runs that failed, what they count as, and what there would be without them."""
    yield from (toll.told for toll in entry.tolls if toll.failed)
    if any(toll.diverged for toll in entry.tolls):
        yield COUNT_AS[entry.diverged]
    if entry.diverged == "guesses" and any(0 < toll.diverged == toll.finished for toll in entry.tolls):
        yield "a side of which all runs diverged is guessing itself, which does not vary between seeds"
    if (other := entry.sensitivity) is None:
        return
    if other.finding is not None:
        own = other.finding.first
        yield f"without the seeds in which a run failed {own.value:+.2f}, {own.low:+.2f} to {own.high:+.2f}"
    if other.medians is not None:
        yield f"between medians over seeds {other.medians:+.2f}"
    if entry.rests_on_failed:
        yield f"this rests on runs that failed: without their seeds {otherwise(other)}"


def otherwise(other: Sensitivity) -> str:
    """The verdict that there would be without failed runs."""
    because = f" ({other.because})" if other.because else ""
    if other.finding is None:
        return f"there would be no verdict{because}"
    few = f", were {other.finding.runs} seeds enough for one" if other.finding.runs < LEAST_RUNS else ""
    return f"it would be {other.standing}{few}{because}"


COUNT_AS: Mapping[Diverged, str] = {
    "guesses": "runs that diverged count as guessing",
    "left out": "seeds in which a run diverged are left out, since guessing has nothing to lose",
}


def origin(claim: Claim) -> Iterator[str]:
    """Whose claim it was, what was said there, and what is asked here in its place."""
    if (source := claim.origin) is None:
        return
    number = f", {source.number:+g} points" if source.number is not None else ""
    yield f"after {source.paper}{number}"
    if source.said:
        yield f"there: {source.said.removesuffix('.')}"
    if (cited := claim.cited) is not None and claim.targets != cited.targets:
        yield f"asked here of {', '.join(claim.targets)}, there of {', '.join(cited.targets)}"


def asked(claim: Claim) -> str:
    """The question in one line."""
    return f"{claim.estimand} of {sides(claim)}"


def sides(claim: Claim) -> str:
    """What is compared with what, in one line."""
    told = " ".join(f"{'+' if weight > 0 else '-'} {size(weight)}{name}" for name, weight in claim.contrast.items())
    return told.removeprefix("+ ")


def size(weight: float) -> str:
    return "" if abs(weight) == 1 else f"{abs(weight):g} "
