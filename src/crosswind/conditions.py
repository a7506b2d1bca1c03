"""Conditions: what a study does to test sets, and what that comes to for one target in one language.

The table of applicability has the last word. What a condition leaves open (which texts of an item are changed) is
filled in from it, what it rules out becomes a cell with its reason, and every cell has its class.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from crosswind import catalog
from crosswind.calibration import WORD_RATE
from crosswind.choices import ALL, PerturbationChoice, of_task
from crosswind.encoders import Part
from crosswind.formats import CHOOSE, SPAN, SPAN_OR_NULL
from crosswind.perturbations import applicability
from crosswind.perturbations.applicability import QUESTION_ANSWERING
from crosswind.perturbations.base import Perturbation, Rated
from crosswind.perturbations.xling_pair import XlingPair
from crosswind.stages import label
from crosswind.tasks.base import Task

CLEAN = "clean"
CONTEXT = "context"
QUOTING = (SPAN, SPAN_OR_NULL)

Draw = Annotated[int, Field(ge=1)]
Scale = Literal["rate", "iso"]
AnswerMode = Literal["project", "protect"]


class Condition(Part):
    """One perturbation at one or more severities; clean text is always evaluated as well.

    `scale` says what a severity is: a share of what can be edited ("rate"), or the share that leaves equally much of
    the text in every language ("iso", see calibration.py).

    `answer_mode` is about contexts that hold answers: these change with the text and are `project`ed onto it, or are
    `protect`ed, to see what that does. At high severity the only clean text of a context would be what is protected.
    """

    perturbation: PerturbationChoice
    severities: tuple[int, ...] | None = Field(None, min_length=1)
    draws: tuple[Draw, ...] = Field((1,), min_length=1)
    scale: Scale = "rate"
    answer_mode: AnswerMode = "project"

    @model_validator(mode="after")
    def exist(self) -> "Condition":
        allowed = self.perturbation.levels.severities
        for severity in self.severities or ():
            if severity not in allowed:
                raise PydanticCustomError(
                    "severity",
                    "severity {found} does not exist for {name} (allowed: {allowed})",
                    {"found": severity, "name": label(self.perturbation), "allowed": ", ".join(map(str, allowed))},
                )
        if self.scale == "iso" and not has_word_rate(self.perturbation):
            raise PydanticCustomError(
                "scale",
                "scale iso is for shares of words, and the levels of {name} are not such (possible for: {allowed})",
                {"name": self.perturbation.label, "allowed": ", ".join(sorted(WORD_RATE))},
            )
        return self

    @property
    def levels(self) -> tuple[int, ...]:
        return self.severities or self.perturbation.levels.core

    @property
    def name(self) -> str:
        """What no other condition of a study may be called."""
        return named(self.perturbation, self.scale, self.answer_mode)


def has_word_rate(perturbation: Perturbation) -> bool:
    """Whether a perturbation's severity is a share of words; a class from outside the tree knows best itself."""
    name = catalog.name_of(type(perturbation))
    return isinstance(perturbation, Rated) and (name in WORD_RATE or ":" in name)


@dataclass(frozen=True)  # no slots: what is told of it is told again for every model
class Case:
    """A condition as it is put to one target in one language, or the `reason` why it is not.

    `validity` says who vouches for the labels, see applicability.py; it is "" where the condition does not apply.
    """

    perturbation: Perturbation
    severity: int
    draw: int
    scale: Scale
    answer_mode: AnswerMode
    role: str
    is_about_questions: bool
    validity: str
    reason: str

    @cached_property
    def name(self) -> str:
        """The condition as results have it."""
        return named(self.perturbation, self.scale, self.answer_mode)

    @cached_property
    def track(self) -> str:
        """The texts of a question that are changed; empty where items are no questions about a context."""
        return " and ".join(self.perturbation.fields) if self.is_about_questions else ""

    @cached_property
    def is_core(self) -> bool:
        """Whether it belongs to the headline means, which are over what every script knows."""
        return applicability.in_common_core(self.perturbation.label, self.role) and self.answer_mode == "project"


def named(perturbation: Perturbation, scale: Scale, answer_mode: AnswerMode) -> str:
    """The name of a condition."""
    return (
        label(perturbation)
        + (", iso" if scale == "iso" else "")
        + (", answers protected" if answer_mode == "protect" else "")
    )


def cases(condition: Condition, target: Task, language: str, spoken: Sequence[str]) -> Iterator[Case]:
    """What a condition comes to; `spoken` are the languages that the study evaluates the target in."""
    mode, is_about_questions = condition.answer_mode, target.format in QUOTING
    for perturbation in variants(condition.perturbation, target, language, spoken):
        for narrowed in tracks(perturbation, target):
            if mode == "protect" and is_about_questions and CONTEXT not in narrowed.fields:
                continue  # a question holds no answer, so the projecting condition has this track already
            for severity in condition.levels:
                validity, reason = judged(condition, narrowed, target, language, severity)
                for draw in condition.draws:
                    yield Case(
                        narrowed,
                        severity,
                        draw,
                        condition.scale,
                        mode,
                        target.role,
                        is_about_questions,
                        validity,
                        reason,
                    )


def variants(perturbation: Perturbation, target: Task, language: str, spoken: Sequence[str]) -> list[Perturbation]:
    """The perturbation itself, or for pairs of languages one for each other language that the study means."""
    if not isinstance(perturbation, XlingPair):
        return [perturbation]
    codes = spoken if perturbation.language == ALL else of_task(target, (perturbation.language,))
    return [XlingPair(language=code) for code in codes if code != language]


def tracks(perturbation: Perturbation, target: Task) -> list[Perturbation]:
    """The perturbation with the texts that it changes in items of a target.

    Questions and the contexts that answer them are tracks of their own: they are different tests, never averaged.
    """
    own = applicability.cell(perturbation.label, target.role)
    if perturbation.fields and target.format.is_whole(perturbation.fields):
        perturbation = perturbation.model_copy(update={"fields": ()})
    elif perturbation.fields:
        return [perturbation]
    if own is None or isinstance(perturbation, XlingPair):
        return [perturbation]
    if target.role in QUESTION_ANSWERING:
        fields = own.fields or target.format.layouts[0]
        return [perturbation.model_copy(update={"fields": (name,)}) for name in fields]
    if not own.fields or own.fields in target.format.layouts:
        return [perturbation]
    return [perturbation.model_copy(update={"fields": own.fields})]


def judged(
    condition: Condition, perturbation: Perturbation, target: Task, language: str, severity: int
) -> tuple[str, str]:
    """The class of one of a condition's perturbations of a target in a language, or why it does not apply."""
    script = target.languages[language].script
    verdict = applicability.judged(perturbation.label, target.role, language, script, severity, perturbation.fields)
    reason = (
        unfit(perturbation.fields, target)
        or unprotectable(condition.answer_mode, target)
        or verdict.reason
        or target.unperturbed
        or perturbation.unsuited(target, language)
    )
    if reason:
        name = named(perturbation, condition.scale, condition.answer_mode)
        return "", f"{name} does not apply to {label(target)} in {language} ({script}): {reason}"
    return str(verdict.validity if perturbation.is_vouched_for else "C"), ""


def unfit(fields: Sequence[str], target: Task) -> str:
    """Why texts of these names cannot be changed in items of a target, or not alone; empty where they can."""
    unknown = [name for name in fields if not target.format.knows(name)]
    if unknown:
        return f"its items have no text called {' or '.join(unknown)}"
    if target.format is CHOOSE and set(fields) - {"prompt"}:
        return "its choices are changed all or none, lest noise tell the right one; name the prompt or leave fields out"
    return ""


def unprotectable(mode: AnswerMode, target: Task) -> str:
    """Why answers cannot be protected in items of a target; empty where they can, or need not be."""
    return "its items have no answers to protect" if mode == "protect" and target.format not in QUOTING else ""
