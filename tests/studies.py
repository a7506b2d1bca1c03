"""Small studies that tests expand and run."""

from typing import Any

from crosswind.study import Study


def small_study(**changes: Any) -> Study:
    """Two targets, four sequences, two seeds, one condition, two languages, a handful of rows."""
    fields: dict[str, Any] = {
        "name": "small",
        "seeds": (1, 2),
        "base": {"model": "pocket"},
        "targets": ("pocket-paws", "pocket-nli"),
        "languages": ("solvane", "zhelnik"),
        "limit": {"train": 64, "dev": 12, "test": 12},
        "recipe": {"steps": 2, "checks": 1},
        "arms": (
            {"name": "full", "sequences": ((), ("pocket-tags",), ("pocket-nli",), ("pocket-tags", "pocket-nli"))},
        ),
        "conditions": ({"perturbation": "typo_edit", "severities": (1, 5)},),
    }
    return Study.model_validate(fields | changes)
