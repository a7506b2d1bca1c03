"""What the five questions come to on Pocket: the ledger of each study's claims, and the scores that it rests on.

    python measurements/questions.py --store .measurements [QUESTION ...]

Runs the studies that ship (`crosswind list questions`) where the store lacks them, and writes one file for all of those
that were asked for. Their claims were committed before anything was run; the digest of each stands beside them.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crosswind import ledger, results
from crosswind.claimed import digest
from crosswind.console.claimed import markdown as claims_table
from crosswind.plan import Plan
from crosswind.questions.library import FIRST, question, questions
from crosswind.report import failed, summary
from crosswind.report.verdicts import grounds, headline
from crosswind.store import Store
from instruments import made, markdown, options, publish

HEAD = (
    "# Five questions on Pocket",
    "",
    "Five seeds each; 400 test items a language; means over the languages other than the source in claims, over all of "
    "them in the scores. Intervals of claims count seeds and items, those of scores seeds alone.",
    "",
)


def told(plan: Plan, store: Store) -> tuple[list[str], list[dict[str, Any]]]:
    """One study's ledger and scores as text, and its ledger as rows."""
    scores = results.scores(plan, store)
    entries = ledger.ledger(plan, store, scores)
    lines = [f"## {plan.study.name}", "", plan.study.question, "", f"Digest of the claims: `{digest(plan.study)}`.", ""]
    lines += [*claims_table(entries), ""]
    lines += [
        f"- **{entry.claim.name}** ({headline(entry).lower()}): {'; '.join(grounds(entry))}." for entry in entries
    ]
    header = ("target", "treatment", "clean", "perturbed", "drop", "runs", "collapsed or diverged")
    return [*lines, "", markdown(header, [*rows(plan, store, scores)]), ""], ledger.rows(entries)


def rows(plan: Plan, store: Store, scores: Any) -> Iterator[tuple[str, ...]]:
    """The scores that claims rest on, means over languages with 95 % intervals over seeds."""
    tolls = {(each.target, *each.treatment): each.failed for each in failed.rows(plan, store, scores)}
    for line in summary.lines(scores.filter(~summary.is_pair())):
        own = line.perturbed.get("perturbed")
        yield (
            line.target,
            summary.treatment(line.arm, line.sequence),
            f"{line.clean.mean:.1f} [{line.clean.low:.1f}, {line.clean.high:.1f}]",
            f"{own.mean:.1f} [{own.low:.1f}, {own.high:.1f}]" if own else "–",
            f"{line.drops['perturbed']:.1f}" if own else "–",
            str(line.seeds),
            str(tolls.get((line.target, line.arm, line.sequence), 0)),
        )


if __name__ == "__main__":
    parser = options(__doc__)
    parser.add_argument("questions", nargs="*", metavar="QUESTION", default=[*questions()])
    chosen = parser.parse_args()
    text = [*HEAD]
    facts: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen.questions:
            path = Path(folder) / f"{name}.toml"
            path.write_text(question(name).on(FIRST), encoding="utf-8")
            plan, _ = made(path, chosen.store, chosen.workers)
            lines, entries = told(plan, Store(chosen.store))
            text += lines
            facts[name] = entries
    publish("questions", "\n".join(text), facts, {})
