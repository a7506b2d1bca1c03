"""Votes: of which models a study asks the most frequent answer of many readings, and on which text.

A vote needs answers that can be counted, which texts with one label and questions with choices have.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator

from crosswind import catalog
from crosswind.choices import VotingChoice
from crosswind.conditions import Case, Condition, cases
from crosswind.encoders import Part
from crosswind.formats import CHOOSE, CLASSIFY
from crosswind.perturbations.xling_pair import XlingPair
from crosswind.stages import label
from crosswind.tasks.base import Task
from crosswind.votes.base import Voting
from crosswind.votes.masked import MaskedVote
from crosswind.votes.perturbed import PerturbedVote

Names = Annotated[tuple[str, ...], BeforeValidator(catalog.as_names)]

COUNTED = (CLASSIFY, CHOOSE)


class Poll(Part):
    """One way of voting. `arms` and `targets` say which models are asked, all where none is named; `text` whether on
    clean text alone or under every condition too, which costs as many readings again for each.
    """

    voting: VotingChoice
    arms: Names = ()
    targets: Names = ()
    text: Literal["clean", "all"] = "clean"

    def asks(self, arm: str, target: str) -> bool:
        """Whether the models of an arm are asked about a target."""
        return arm in (self.arms or (arm,)) and target in (self.targets or (target,))

    def on(self, case: Case | None) -> bool:
        """Whether it is held on clean text, which is no case, or under a condition."""
        return case is None or (self.text == "all" and not isinstance(case.perturbation, XlingPair))


def repeated(polls: Sequence[Poll], arms: Sequence[str], targets: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Votes that would be held twice, as they stand in two tables that have models and targets in common; each with
    the number of the later table."""
    for place, one in enumerate(polls):
        for other in polls[:place]:
            asked = ((arm, target) for arm in arms for target in targets)
            shared = next((each for each in asked if one.asks(*each) and other.asks(*each)), None)
            if shared and one.voting == other.voting:
                told = f"{label(one.voting)} stands here twice for arm {shared[0]} on {shared[1]}"
                yield place, f"{told}; remove one, or name other arms or targets"


def unfit(voting: Voting, target: Task, family: str | None) -> str:
    """Why there can be no such vote on a target by an encoder of a family; empty where there can."""
    if not target.has_training:
        return "nothing is trained for it, so there is no label to vote on"
    if target.format not in COUNTED:
        return f"its format is {target.format.name}, whose answers are not one of a few that could be counted"
    if isinstance(voting, MaskedVote) and voting.certify and target.format is not CLASSIFY:
        return f"its format is {target.format.name}, and certificates are for classification; leave certify out"
    return unmaskable(target, family) if isinstance(voting, MaskedVote) else ""


def unmaskable(target: Task, family: str | None) -> str:
    """Why words of a target cannot be masked for an encoder of a family; empty where they can."""
    if not target.has_training:
        return "nothing is trained for it"
    if target.format not in COUNTED:
        return f"its format is {target.format.name}, whose labels stand at places of the text"
    return "encoders of family mt5 have no token that masks a word" if family == "mt5" else ""


def fitted(voting: Voting, target: Task, language: str, spoken: Sequence[str]) -> tuple[Voting, str]:
    """The vote as it is held in a language of a target, or why a change of text that it votes over has no place there.

    `spoken` are the languages that the study evaluates the target in.
    """
    if not isinstance(voting, PerturbedVote):
        return voting, ""
    condition = Condition(perturbation=voting.perturbation, severities=(voting.severity,))
    (case,) = cases(condition, target, language, spoken)
    return voting.model_copy(update={"perturbation": case.perturbation}), case.reason
