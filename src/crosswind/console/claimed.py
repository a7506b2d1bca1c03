"""What `crosswind claims` prints: a verdict a claim, and under it what the verdict rests on."""

import json
import textwrap
from collections.abc import Iterator, Sequence

import polars

from crosswind import ledger
from crosswind.claimed import digest
from crosswind.claims.declared import Claim
from crosswind.ledger import Entry
from crosswind.plan import Plan
from crosswind.quantities import counted_things
from crosswind.store import Store

WIDTH = 100


def told(plan: Plan, store: Store, form: str) -> str:
    """The ledger in one of the forms: table, markdown, csv or json."""
    entries = ledger.ledger(plan, store)
    match form:
        case "json":
            return json.dumps(ledger.rows(entries), indent=2, ensure_ascii=False) + "\n"
        case "csv":
            return polars.DataFrame(ledger.rows(entries), infer_schema_length=None).write_csv()
        case "markdown":
            return "".join(f"{line}\n" for line in markdown(entries))
    return "".join(f"{line}\n" for line in lines(plan, entries))


def lines(plan: Plan, entries: Sequence[Entry]) -> Iterator[str]:
    """The ledger for people."""
    if not entries:
        yield f"{plan.study.name} declares no claims; add [[claim]] tables to the study (`crosswind list claims`)"
        return
    yield f"{plan.study.name}: {counted_things(len(entries), 'claim')}, as declared ({digest(plan.study)})"
    for entry in entries:
        yield ""
        yield from textwrap.wrap(f"{headline(entry)}: {entry.claim.text}", WIDTH)
        yield from textwrap.wrap("; ".join(grounds(entry)), WIDTH, initial_indent="  ", subsequent_indent="  ")


def headline(entry: Entry) -> str:
    """A verdict in capitals, with its margin where that is not 0: what is refuted at a margin may still be positive."""
    margin = f" at {entry.claim.margin:g} points" if entry.claim.margin else ""
    return f"{entry.standing.upper()}{margin if entry.standing in {'supported', 'refuted'} else ''}"


def grounds(entry: Entry) -> Iterator[str]:
    """What a verdict rests on, in words."""
    yield f"{asked(entry.claim)}"
    finding = entry.finding
    if finding is not None:
        first, again = finding.first, finding.bootstrap
        yield f"{first.value:+.2f} points, 95 % interval {first.low:+.2f} to {first.high:+.2f}"
        yield f"bootstrap {again.low:+.2f} to {again.high:+.2f}"
        yield f"p {entry.p:.3g}, corrected {entry.adjusted:.3g}"
        yield f"{counted_things(finding.runs, 'run')} a side, {counted_things(finding.clusters, 'cluster')} of items"
    if entry.confidence is not None:
        yield f"confidence {100 * entry.confidence:.1f} %"
    if entry.without_language:
        yield "without any one language {:+.2f} to {:+.2f}".format(*entry.without_language)
    if entry.failed:
        yield f"{counted_things(entry.failed, 'cell')} of runs that diverged"
    if not entry.claim.primary:
        yield "exploratory"
    if entry.seeds_needed:
        yield f"an effect this large would need {counted_things(entry.seeds_needed, 'seed')}"
    if entry.because:
        yield entry.because
    if entry.claim.waive:
        yield f"waived: {entry.claim.waive}"
    if (cited := entry.claim.cited) is not None:
        number = f", {cited.number:+g} points" if cited.number is not None else ""
        yield f"after {cited.paper}{number}"
        if entry.claim.targets != cited.targets:
            yield f"asked here of {', '.join(entry.claim.targets)}, there of {', '.join(cited.targets)}"


def asked(claim: Claim) -> str:
    """The question in one line."""
    sides = " ".join(f"{'+' if weight > 0 else '-'} {size(weight)}{name}" for name, weight in claim.contrast.items())
    return f"{claim.estimand} of {sides.removeprefix('+ ')}"


def size(weight: float) -> str:
    return "" if abs(weight) == 1 else f"{abs(weight):g} "


def markdown(entries: Sequence[Entry]) -> Iterator[str]:
    """The ledger as a table for a paper's appendix."""
    yield "| claim | verdict | effect | 95 % interval | corrected p | runs |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for entry in entries:
        finding = entry.finding
        cells = (
            (f"{finding.value:+.2f}", f"{finding.first.low:+.2f} to {finding.first.high:+.2f}", f"{entry.adjusted:.3g}")
            if finding
            else ("–", "–", "–")
        )
        runs = str(finding.runs) if finding else "–"
        text = entry.claim.text.replace("|", "\\|")
        yield f"| {' | '.join((text, headline(entry).lower(), *cells, runs))} |"
