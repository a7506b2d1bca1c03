"""Conditions: what the table of applicability makes of them for one target in one language."""

from typing import Any

import pytest

from crosswind import catalog
from crosswind.conditions import Case, Condition, cases
from crosswind.plan import make_plan
from crosswind.stages import Perturb
from crosswind.tasks.base import Task
from tests.studies import small_study

SPOKEN = ("solvane", "zhelnik", "qamirut")


def of(task: str, language: str = "solvane", **condition: Any) -> list[Case]:
    """The cases of a condition on a task of the catalogue."""
    target: Task = catalog.load("tasks", task)()
    return list(cases(Condition.model_validate(condition), target, language, SPOKEN))


def test_a_question_and_its_context_are_conditions_of_their_own() -> None:
    found = of("pocket-qa", perturbation="typo_edit", severities=(1, 5))
    assert [(case.name, case.severity) for case in found] == [
        ("typo_edit[question]", 1),
        ("typo_edit[question]", 5),
        ("typo_edit[context]", 1),
        ("typo_edit[context]", 5),
    ]
    assert [case.track for case in found] == ["question", "question", "context", "context"]
    assert {case.perturbation.fields for case in found} == {("question",), ("context",)}


def test_both_fields_named_are_two_tracks_and_one_is_one() -> None:
    both = {"kind": "typo_edit", "fields": ["question", "context"]}
    assert {case.name for case in of("pocket-qa", perturbation=both)} == {"typo_edit[question]", "typo_edit[context]"}
    one = {"kind": "typo_edit", "fields": ["context"]}
    assert {case.name for case in of("pocket-qa", perturbation=one)} == {"typo_edit[context]"}


def test_protected_answers_make_a_condition_of_the_context_alone() -> None:
    found = of("pocket-qa", perturbation="typo_edit", answer_mode="protect", severities=(5,))
    assert [(case.name, case.answer_mode) for case in found] == [
        ("typo_edit[context], answers protected", "protect"),
    ]
    assert not found[0].is_core
    (case,) = of("pocket-nli", perturbation="typo_edit", answer_mode="protect", severities=(5,))
    assert "no answers to protect" in case.reason


@pytest.mark.parametrize(
    ("task", "fields", "named"),
    [
        ("pocket-nli", ["first", "second"], "typo_edit"),  # all texts: nothing is narrowed, and nothing needs a name
        ("pocket-nli", ["second"], "typo_edit[second]"),
        ("pocket-copa", ["prompt"], "typo_edit[prompt]"),
        ("pocket-tatoeba", ["query"], "typo_edit"),
        ("pocket-bucc", ["query"], "typo_edit"),
        ("mewslix", ["mention"], "typo_edit[mention]"),
    ],
)
def test_fields_are_named_where_they_narrow(task: str, fields: list[str], named: str) -> None:
    language = "de" if task == "mewslix" else "solvane"
    found = of(task, language, perturbation={"kind": "typo_edit", "fields": fields}, severities=(1,))
    assert [(case.name, case.reason) for case in found] == [(named, "")]


@pytest.mark.parametrize(
    ("task", "condition", "said"),
    [
        ("pocket-nli", {"perturbation": {"kind": "typo_edit", "fields": ["question"]}}, "no text called question"),
        ("pocket-copa", {"perturbation": {"kind": "typo_edit", "fields": ["choice1"]}}, "all or none"),
        ("pocket-tags", {"perturbation": "xling_pair"}, "has no xling_pair for tasks of role pos"),
    ],
)
def test_what_does_not_apply_says_so(task: str, condition: dict[str, Any], said: str) -> None:
    found = of(task, **condition)
    assert found
    assert all(said in case.reason and not case.validity for case in found)


def test_a_script_without_capitals_has_no_upper_case() -> None:
    upper = {"kind": "case", "to": "upper"}
    assert {case.reason for case in of("pocket-nli", perturbation=upper)} == {""}
    (reason,) = {case.reason for case in of("pocket-nli", "qamirut", perturbation=upper)}
    assert reason == "case:upper does not apply to pocket-nli in qamirut (Arab): it changes nothing in script Arab"


def test_classes_follow_the_level_and_the_family_is_told() -> None:
    found = of("pocket-copa", perturbation="typo_edit", severities=(3, 4))
    assert [(case.severity, case.validity) for case in found] == [(3, "B"), (4, "C")]
    plan = make_plan(small_study(targets=("pocket-copa",), conditions=({"perturbation": "typo_edit"},)))
    told = {(cell.severity, cell.validity, cell.family, cell.core) for cell in plan.cells}
    assert told == {
        (0, "", "", False),
        (1, "B", "char noise", True),
        (3, "B", "char noise", True),
        (5, "C", "char noise", True),
    }


def test_tracks_reach_the_stages() -> None:
    condition = {"perturbation": "typo_edit", "severities": (5,)}
    protected = condition | {"answer_mode": "protect"}
    plan = make_plan(small_study(targets=("pocket-qa",), languages=("zhelnik",), conditions=(condition, protected)))
    made = [stage for stage in plan.stages.values() if isinstance(stage, Perturb)]
    assert [(stage.perturbation.fields, stage.answer_mode) for stage in made] == [
        (("question",), "project"),
        (("context",), "project"),
        (("context",), "protect"),
    ]
    assert {cell.condition for cell in plan.cells} == {
        "clean",
        "typo_edit[question]",
        "typo_edit[context]",
        "typo_edit[context], answers protected",
    }
