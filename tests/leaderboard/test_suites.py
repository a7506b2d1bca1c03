"""The suites hold what the two papers say they hold."""

import click
import pytest

from crosswind import catalog
from crosswind.cli import main
from crosswind.evaluate.metrics import METRICS
from crosswind.languages import GROUPS
from crosswind.leaderboard.suites import COMPAT, SUITES, Suite, suite_named

LENGTHS = {
    "xtreme": {
        "pawsx": 7, "xnli": 15, "udpos": 33, "panx": 40, "xquad": 11, "mlqa": 7, "tydiqa": 9, "bucc2018": 4,
        "tatoeba": 36,
    },
    "xtreme-r": {
        "xnli": 15, "xcopa": 11, "udpos": 38, "panx": 48, "xquad": 12, "mlqa": 7, "tydiqa": 9, "tatoeba": 41,
        "lareqa": 11, "mewslix": 11,
    },
}  # fmt: skip
every = pytest.mark.parametrize("suite", SUITES.values(), ids=list(SUITES))


@every
def test_tasks_have_their_languages(suite: Suite) -> None:
    assert {task.name: len(task.languages) for task in suite.tasks} == LENGTHS[suite.name]
    for task in suite.tasks:
        assert len(set(task.languages)) == len(task.languages)
    assert sorted({code for task in suite.tasks for code in task.languages}) == sorted(GROUPS[suite.name])


@every
def test_groups_share_the_tasks_out(suite: Suite) -> None:
    grouped = [name for names in suite.groups.values() for name in names]
    assert sorted(grouped) == sorted(task.name for task in suite.tasks)


@every
def test_what_counts_is_a_score_of_the_metric(suite: Suite) -> None:
    for task in suite.tasks:
        metric = METRICS[task.metric]
        scores = metric.scores(dict.fromkeys(metric.sums, 0.0))
        assert set(task.counted) <= set(scores)
        assert metric.main in task.counted


def test_the_command_line_offers_the_suites() -> None:
    option = next(each for each in main.commands["score"].params if each.name == "suite")
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == list(SUITES) == list(COMPAT)


def test_an_unknown_suite_is_said() -> None:
    with pytest.raises(ValueError, match="did you mean 'xtreme'"):
        suite_named("xtrem")


@every
def test_the_tasks_of_the_catalogue_have_the_languages_that_are_scored(suite: Suite) -> None:
    for task in suite.tasks:
        known = set(catalog.load("tasks", task.name)().languages)
        assert known >= {*task.languages}, task.name
        assert suite.name != "xtreme-r" or known == {*task.languages}, task.name
