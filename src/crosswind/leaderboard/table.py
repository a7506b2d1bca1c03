"""A standing for people (a table), spreadsheets (CSV) and programs (JSON)."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from crosswind.leaderboard.scoring import Mean, Standing, TaskScore
from crosswind.quantities import counted_things

WIDTH = 100
NOTED = 3  # scores beside a task

COLUMNS = (
    "scope", "name", "language", "score", "value", "partial", "counted", "expected", "examples", "missing", "extra",
)  # fmt: skip


def as_table(standing: Standing) -> str:
    """The scores of every task, group and the suite, then every task by language, in 100 columns.

    A mean over less than everything stands under `partial` and never under `score`.
    """
    return "\n".join([*summary(standing), *(line for each in standing.tasks for line in by_language(each))]) + "\n"


def summary(standing: Standing) -> Iterator[str]:
    yield row("task", "score", "partial", "languages")
    for each in standing.tasks:
        first, *more = notes(each)
        yield row(each.task.name, *shown(each.score), f"{each.score.there} of {each.score.expected}", first)
        yield from (row("", "", "", "", line) for line in more)
    yield ""
    yield row("group", "score", "partial", "tasks")
    for name, mean in standing.groups.items():
        yield row(name, *shown(mean), f"{mean.there} of {mean.expected}")
    yield ""
    mean, how = standing.overall, "averaged as the official evaluator does" if standing.compat else ""
    yield row(standing.suite.title, *shown(mean), f"{mean.there} of {counted_things(mean.expected, 'task')}", how)


def row(name: str, score: str, partial: str, counted: str, note: str = "") -> str:
    return f"{name:15}{score:>7}{partial:>9}   {counted:15}{note}".rstrip()


def shown(mean: Mean) -> tuple[str, str]:
    """A mean as score and as partial score, one of which is empty."""
    if mean.value is None:
        return "-", ""
    return (f"{mean.value:.2f}", "") if mean.complete else ("-", f"{mean.value:.2f}")


def notes(each: TaskScore) -> Sequence[str]:
    """Lines beside a task: its means by name, or why there are none."""
    if not each.task.languages:
        return ("the official evaluator cannot score it",)
    if not each.languages:
        return ("nothing could be scored" if each.complaints else "not handed in",)
    told = [f"{name} {value:.2f}" for name, value in each.means.items()]
    return ["  ".join(told[i : i + NOTED]) for i in range(0, len(told), NOTED)]


def by_language(each: TaskScore) -> Iterator[str]:
    """What a task reaches in each language, and what its files had too little or too much."""
    for name in each.task.counted if each.languages else ():
        yield ""
        yield f"{each.task.name}, {name}"
        cells = [f"  {one.language} {one.scores[name]:5.1f}" for one in each.languages]
        width = WIDTH // len(cells[0])
        yield from ("".join(cells[i : i + width]) for i in range(0, len(cells), width))
    for one in each.languages:
        if one.missing:
            yield f"  {one.language}: {counted_things(one.missing, 'example')} without an answer, counted as wrong"
        if one.extra:
            yield f"  {one.language}: {counted_things(one.extra, 'answer')} to no example, left out"
    if each.ignored:
        yield f"  not read: {' '.join(each.ignored)}"


def as_csv(standing: Standing) -> str:
    """One row for every number, in full precision."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([COLUMNS, *rows(standing)])
    return text.getvalue()


def rows(standing: Standing) -> Iterator[tuple[object, ...]]:
    for each in standing.tasks:
        name = each.task.name
        for one in each.languages:
            counts = (one.examples, one.missing, one.extra)
            for score, value in one.scores.items():
                yield "language", name, one.language, score, value, "", "", "", *counts
        for score, value in each.means.items():
            yield "task", name, "", score, *figures(Mean(value, each.score.there, each.score.expected))
        yield "task", name, "", "score", *figures(each.score)
    for group, mean in standing.groups.items():
        yield "group", group, "", "score", *figures(mean)
    yield "suite", standing.suite.name, "", "score", *figures(standing.overall)


def figures(mean: Mean) -> tuple[object, ...]:
    """A mean as the columns from `value` on."""
    value = "" if mean.value is None else mean.value
    return *((value, "") if mean.complete else ("", value)), mean.there, mean.expected, "", "", ""


def as_json(standing: Standing) -> str:
    """Everything, mistakes too, as one JSON object."""
    whole = {
        "suite": standing.suite.name,
        "compat": standing.compat,
        **plain(standing.overall),
        "groups": {name: plain(mean) for name, mean in standing.groups.items()},
        "tasks": {each.task.name: plain_task(each) for each in standing.tasks},
        "mistakes": standing.complaints,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def plain(mean: Mean) -> dict[str, Any]:
    """A mean under the name that it may bear."""
    return {
        "score": mean.value if mean.complete else None,
        "partial": None if mean.complete else mean.value,
        "counted": mean.there,
        "expected": mean.expected,
    }


def plain_task(each: TaskScore) -> dict[str, Any]:
    languages = {
        one.language: {"scores": one.scores, "examples": one.examples, "missing": one.missing, "extra": one.extra}
        for one in each.languages
    }
    means = {"means" if each.score.complete else "partial_means": each.means}
    return plain(each.score) | means | {"languages": languages, "not_read": each.ignored}


FORMS: Mapping[str, Callable[[Standing], str]] = MappingProxyType({"table": as_table, "csv": as_csv, "json": as_json})
