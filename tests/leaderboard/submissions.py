"""Tiny submissions: two folders in which every answer is right, to be spoiled by a test."""

import json
from collections.abc import Mapping
from pathlib import Path

from crosswind.leaderboard.layout import Labels, Layout, Numbered, Pairs, Rankings, Rows, Tags, Texts
from crosswind.leaderboard.suites import SUITES, SuiteTask

# What stands in the file of labels and in that of predictions.
LABELLED = '{"premise": "p", "label": 1}\n{"premise": "q", "label": 0}\n', '{"label": 1}\n{"label": 0}\n'
RANKED = json.dumps({"q1": ["a"], "q2": ["b"]}, indent=1), json.dumps({"q1": ["a", "c"], "q2": ["b"]}, indent=1)


def squad(answers: Mapping[str, list[str]]) -> str:
    asked = [{"id": name, "answers": [{"text": text} for text in texts]} for name, texts in answers.items()]
    return json.dumps(
        {"version": "1", "data": [{"title": "t", "paragraphs": [{"context": "c", "qas": asked}]}]}, indent=1
    )


def right(task: SuiteTask, language: str) -> tuple[str, str]:
    """The two files of a task in a language."""
    layout: Layout = task.layout
    match layout:
        case Labels():
            text = "\n".join(layout.labels) + "\n"
        case Numbered():
            return LABELLED
        case Tags():
            first, second, third = layout.tags[1:4]
            text = f"{first}\n{second}\n\n{third}\n"
        case Rows():
            text = "1\n0\n2\n"
        case Pairs():
            text = f"{language}-000000001\ten-000000007\n{language}-000000002\ten-000000004\n"
        case Texts():
            return squad({"q1": ["water", "the water"], "q2": ["1999"]}), json.dumps(
                {"q1": "water", "q2": "1999"}, indent=1
            )
        case Rankings():
            if task.name == "lareqa":
                return RANKED[0], RANKED[0]
            return RANKED
    return text, text


def write_submission(folder: Path, suite: str) -> tuple[Path, Path]:
    """A right submission to a suite: the folders of predictions and of labels."""
    for task in SUITES[suite].tasks:
        for language in task.languages:
            for side, text in zip(("labels", "predictions"), right(task, language), strict=True):
                path = folder / side / task.name / f"test-{language}{task.layout.suffix}"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    return folder / "predictions", folder / "labels"
