"""What survives of a multilingual encoder in other languages, on clean text and under perturbation.

    import crosswind

    plan = crosswind.make_plan(crosswind.load_study("studies/demo.toml"))
    store = crosswind.Store(".crosswind")
    crosswind.execute(plan, store)
    crosswind.scores(plan, store)  # a polars frame

    noisy = crosswind.perturb(["Ein alter Satz."], "typo_edit", language="de", level=3)
    noisy[0].text

Names load at first use, so that the command line starts fast.
"""

import importlib
from typing import Any

EXPORTS = {
    "Study": "crosswind.study",
    "StudyError": "crosswind.study",
    "load_study": "crosswind.study_file",
    "Plan": "crosswind.plan",
    "make_plan": "crosswind.plan",
    "Store": "crosswind.store",
    "execute": "crosswind.console.running",
    "scores": "crosswind.results",
    "outcomes": "crosswind.results",
    "write_report": "crosswind.report.page",
    "perturb": "crosswind.perturbing",
    "perturb_each": "crosswind.perturbing",
    "score_folder": "crosswind.leaderboard.scoring",
}

__all__ = list(EXPORTS)


def __getattr__(name: str) -> Any:
    if name not in EXPORTS:
        raise AttributeError(f"crosswind has no {name!r}; it has {', '.join(EXPORTS)}")
    return getattr(importlib.import_module(EXPORTS[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *EXPORTS})
