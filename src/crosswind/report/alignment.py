"""How well languages are aligned against what they receive, where a study asks for both.

Retrieval of translations, without training, says how near an encoder has the same sentence in two languages; every
other target says what a language receives from the source. That both go together does not make one the other's cause.
"""

from dataclasses import dataclass
from statistics import mean

from crosswind.formats import MINE, RETRIEVE
from crosswind.report.explorer import Table
from crosswind.stages import label
from crosswind.study import Study


@dataclass(frozen=True, slots=True)
class Meeting:
    """A language with its retrieval score and its score on a target, means over treatments on clean text."""

    target: str
    language: str
    alignment: float
    score: float


def meetings(study: Study, tables: list[Table]) -> list[Meeting]:
    """None where the study has no target that retrieves translations, or no other one."""
    retrieving = {label(task) for task in study.targets if task.format in (RETRIEVE, MINE) and not task.has_training}
    near = next((table for table in tables if table.target in retrieving), None)
    if near is None:
        return []
    alignment = clean(near)
    return [
        Meeting(table.target, language, alignment[language], score)
        for table in tables
        if table.target not in retrieving
        for language, score in clean(table).items()
        if language in alignment and language != table.source
    ]


def clean(table: Table) -> dict[str, float]:
    """The mean over treatments by language on clean text, which is the first column."""
    found = {}
    for place, language in enumerate(table.languages):
        values = [own[place][0] for own in table.values]
        there = [value for value in values if value is not None]
        if there:
            found[language] = mean(there)
    return found
