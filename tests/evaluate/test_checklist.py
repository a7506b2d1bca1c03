"""MultiCheckList's cleaning of answers, and cases that pass as a whole."""

import pytest

from crosswind.evaluate.checklist import cleaned
from crosswind.evaluate.metrics import METRICS


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "the lamp", " lamp."),
        ("de", "eine Lampe,", "Lampe"),
        ("ar", "المصباح", "مصباح"),
        ("hi", "एक दीपक", "दीपक\u09f7"),
        ("pl", "\u201elampa\u201d", "lampa"),
        ("th", "โคมไฟ", " โคมไฟ "),
    ],
)
def test_answers_are_the_same_but_for_articles_and_edges(language: str, one: str, other: str) -> None:
    assert cleaned(one, language) == cleaned(other, language)


def test_capitals_count_and_articles_of_other_languages_do_not() -> None:
    assert cleaned("Lamp", "en") != cleaned("lamp", "en")
    assert cleaned("eine Lampe", "en") != cleaned("Lampe", "en")


def test_a_case_of_three_questions_counts_as_much_as_one_of_one() -> None:
    metric = METRICS["cases_passed"]
    measured = [metric.measure(("a",), answer, "de") for answer in ("a", "a", "b", "a")]
    settled = metric.settled(measured, ["three", "three", "three", "one"])
    assert metric.scores(metric.totals(settled)) == {"passed": pytest.approx(50.0)}
    assert metric.measure(("a",), None, "de") == (0.0, 1.0)


def test_other_metrics_leave_contributions_as_they_are() -> None:
    measured = [(1.0, 1.0), (0.0, 1.0)]
    assert METRICS["accuracy"].settled(measured, ["one", "one"]) is measured
