"""What `crosswind probe` does: make the perturbed sets that the store lacks, then see what a tokenizer leaves."""

import polars

from crosswind.console.running import crew, execute, told_summary
from crosswind.machine import Resources
from crosswind.plan import Plan
from crosswind.probing import probe
from crosswind.store import Store
from crosswind.workshop import Workshop

# What a terminal has no room for; files have it.
WIDE = ("tokenizer", "max_length", "scale", "segmenter", "barren", "withdrawn", "distance")


def probed(plan: Plan, store: Store, workers: int | None) -> polars.DataFrame:
    """The table of a study; raises ValueError where a set could not be made, saying which."""
    team = crew(plan, workers, device="cpu")
    summary = execute(plan.without_models(), store, team)
    if summary.stopped or summary.broken:
        raise ValueError("\n".join(("not all sets could be made:", *told_summary(summary))))
    resources = Resources(device="cpu", threads=1, folders=plan.folders, library=plan.study.library)
    return probe(plan, Workshop(store, resources))
