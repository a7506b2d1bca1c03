"""In which languages a task has the same items, so that what a model says of one can be held against another."""

from collections.abc import Sequence

from crosswind.tasks.base import Task

VERSIONS = frozenset({"human-translated", "human-translated-reannotated", "machine-translated", "constructed"})


def parallel(task: Task, codes: Sequence[str]) -> list[str]:
    """The languages in which a task has the same items under the same names."""
    if task.own_name:
        return [*codes] if "id" in getattr(task, "columns", {}) else []
    versions = {code for code in codes if task.languages[code].origin in VERSIONS}
    return [code for code in codes if code in versions or (code == task.source and versions)]
