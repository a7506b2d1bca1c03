"""What `crosswind claims` prints: a verdict a claim, and under it what the verdict rests on."""

import json
import textwrap
from collections.abc import Iterator, Sequence

import polars

from crosswind import ledger
from crosswind.claimed import digest
from crosswind.ledger import Entry
from crosswind.plan import Plan
from crosswind.quantities import counted_things
from crosswind.report.verdicts import grounds, headline
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
