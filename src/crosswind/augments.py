"""Augmentation: training text that is changed, as an arm of a study declares it.

Whatever a test set can suffer, a training set can, and labels come along by the same machinery. What was met in
training is no surprise any more: results mark its family as seen.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from crosswind.choices import PerturbationChoice
from crosswind.conditions import unfit
from crosswind.encoders import Part
from crosswind.formats import MLM
from crosswind.perturbations import applicability
from crosswind.perturbations.base import Perturbation
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.codeswitch import Codeswitch
from crosswind.perturbations.dictionary import DictionaryChoice
from crosswind.perturbations.own_files import OfFiles
from crosswind.perturbations.recorded import Recorded
from crosswind.perturbations.xling_pair import XlingPair
from crosswind.stages import label
from crosswind.tasks.base import Task

Mode = Literal["online", "offline", "view"]
Share = Annotated[float, Field(ge=0, le=1)]


class Augment(Part):
    """A change of the training text of an arm.

    "offline" makes `copies` changed copies of a training set and learns from these alone, not from the text as it is.
    "online" draws the change anew in every epoch and makes no more updates than there would be without. "view" leaves
    the text as it is and shows the change beside it, for objectives that compare the two. `stages` are the trainings
    that it is for: on the target, on tasks before it, or on all.
    """

    perturbation: PerturbationChoice
    severity: int | None = None
    mode: Mode = "online"
    copies: int = Field(1, ge=1)
    stages: Literal["target", "intermediate", "all"] = "target"

    @model_validator(mode="after")
    def exists(self) -> "Augment":
        levels, name = self.perturbation.levels.severities, label(self.perturbation)
        if self.severity is None and len(levels) > 1:
            raise refusal(f"says no severity of {name}; expected one of {', '.join(map(str, levels))}")
        if self.severity is not None and self.severity not in levels:
            allowed = ", ".join(map(str, levels))
            raise refusal(f"severity {self.severity} does not exist for {name} (allowed: {allowed})")
        if self.copies > 1 and self.mode != "offline":
            raise refusal(f'{self.copies} copies are made with mode = "offline" alone; here the mode is {self.mode!r}')
        if why := unteachable(self.perturbation):
            raise refusal(f"{name} cannot change training text: {why}")
        return self

    @property
    def level(self) -> int:
        """The severity, which needs no saying where there is one."""
        return self.severity or self.perturbation.levels.severities[0]

    def changes_target(self, *, is_target: bool) -> bool:
        """Whether it is for the trainings on a target, or for those before it."""
        return self.stages == "all" or (self.stages == "target") == is_target


class Switching(Part):
    """How the regime `codeswitch` mixes languages; perturbations/codeswitch.py says what the numbers mean."""

    dictionary: DictionaryChoice | None = None
    ratio: Share = 1.0
    cross: Share = 0.5

    def augment(self, languages: tuple[str, ...]) -> Augment:
        """The regime as a change that is drawn anew in every epoch of the trainings before a target."""
        change = Codeswitch(languages=languages, dictionary=self.dictionary, ratio=self.ratio, cross=self.cross)
        return Augment(perturbation=change, stages="intermediate")


def refusal(reason: str) -> PydanticCustomError:
    """What is wrong with an augmentation, in words."""
    return PydanticCustomError("augment", "{reason}", {"reason": reason})


def unteachable(change: Perturbation) -> str:
    """Why no training text can be changed in such a way; empty where some can."""
    match change:
        case Recorded():
            return "recordings are of test items"
        case XlingPair():
            return "it exchanges parts with other test sets; a regime of several languages teaches mixed languages"
        case Codemix(sources=sources) if sources != ("dictionary",):
            return 'training sets have no versions to align; name sources = ["dictionary"] and a dictionary'
    return ""


def narrowed(change: Perturbation, task: Task, language: str) -> Perturbation:
    """The change with the texts of a task that it may change, as far as it bears on one language."""
    own = applicability.cell(change.label, task.role)
    if not change.fields and own is not None and own.fields and not task.format.is_whole(own.fields):
        change = change.model_copy(update={"fields": own.fields})
    match change:
        case Codeswitch() | Codemix():
            return change.only(task, language)
        case OfFiles() if change.contents:
            return change.only(language)
    return change


def misfit(change: Perturbation, level: int, task: Task, language: str) -> str:
    """Why the training text of a task in a language cannot be changed so; empty where it can."""
    if task.format is MLM:
        return "raw text has other words hidden in every epoch already"
    own = applicability.cell(change.label, task.role)
    fields = change.fields or (own.fields if own else ())
    script = task.languages[language].script
    verdict = applicability.judged(change.label, task.role, language, script, level, fields)
    return unfit(change.fields, task) or verdict.reason or task.unperturbed or change.unsuited(task, language)
