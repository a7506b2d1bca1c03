"""The numbers of the official evaluator on its own mock submission; needs CROSSWIND_DATA, as its README lays it out."""

import os
from pathlib import Path

import pytest

from crosswind.evaluate.metrics import METRICS
from crosswind.leaderboard.layout import Texts
from crosswind.leaderboard.scoring import Standing, score_folder

MOCK = Path(os.environ.get("CROSSWIND_DATA", "/nonexistent"), "xtreme-mock")
MEANS = {
    "pawsx": {"accuracy": 51.42857142857143},
    "xnli": {"accuracy": 30.666666666666668},
    "panx": {"f1": 57.50793650793652, "precision": 54.729166666666664, "recall": 62.750000000000014},
    "udpos": {
        "f1": 70.21746048354693,
        "precision": 71.02232625883823,
        "recall": 69.54982073976082,
        "accuracy": 74.19398776227649,
    },
    "bucc2018": {"f1": 55.0, "precision": 55.0, "recall": 55.0},
    "tatoeba": {"accuracy": 53.611111111111114},
    "xquad": {"em": 77.27272727272727, "f1": 79.9586776859504},
    "mlqa": {"em": 57.142857142857146, "f1": 81.76870748299321},
    "tydiqa": {"em": 88.88888888888889, "f1": 97.22222222222223},
    "mewslix": {"mrr": 14.39025156130419},
}
GROUPS = {
    "classification": 41.04761904761905,
    "tagging": 63.862698495741725,
    "qa": 80.37568011593986,
    "retrieval": 54.30555555555556,
}
SPOTS = [
    ("xnli", "ru", "accuracy", 70.0),
    ("xnli", "zh", "accuracy", 10.0),
    ("xquad", "zh", "em", 0.0),
    ("xquad", "zh", "f1", 25.0),
    ("xquad", "es", "f1", 54.5455),
    ("mlqa", "es", "f1", 26.6667),
    ("mlqa", "de", "f1", 85.7143),
    ("tydiqa", "id", "em", 0.0),
    ("tydiqa", "id", "f1", 75.0),
    ("udpos", "en", "f1", 100.0),
    ("udpos", "th", "f1", 34.4086),
    ("panx", "de", "f1", 57.1429),
    ("mewslix", "de", "mrr", 50.0),
    ("mewslix", "ja", "mrr", 7.1429),
    ("tatoeba", "it", "accuracy", 100.0),
    ("tatoeba", "th", "accuracy", 0.0),
    ("bucc2018", "zh", "f1", 70.0),
]

pytestmark = pytest.mark.skipif(not MOCK.is_dir(), reason="CROSSWIND_DATA is not set")


@pytest.fixture(scope="module", params=[True, False], ids=["compat", "fixed"])
def standings(request: pytest.FixtureRequest) -> dict[str, Standing]:
    """The mock submission to both suites."""
    folders = MOCK / "predictions", MOCK / "labels"
    return {name: score_folder(*folders, name, request.param) for name in ("xtreme", "xtreme-r")}


def found(standings: dict[str, Standing]) -> dict[str, dict[str, float]]:
    """The means of every task that is complete in a suite."""
    every = [each for standing in standings.values() for each in standing.tasks]
    return {each.task.name: each.means for each in every if each.score.complete}


@pytest.mark.parametrize("task", MEANS)
def test_means(standings: dict[str, Standing], task: str) -> None:
    means = found(standings)[task]
    assert {name: means[name] for name in MEANS[task]} == pytest.approx(MEANS[task], abs=1e-9, rel=0)


@pytest.mark.parametrize(("task", "language", "score", "value"), SPOTS)
def test_single_languages(standings: dict[str, Standing], task: str, language: str, score: str, value: float) -> None:
    every = [each for standing in standings.values() for each in standing.tasks if each.task.name == task]
    for each in every:
        scores = next(one.scores for one in each.languages if one.language == language)
        assert scores[score] == pytest.approx(value, abs=5e-5)


def test_aggregates(standings: dict[str, Standing]) -> None:
    xtreme = standings["xtreme"]
    assert xtreme.complaints == ()
    assert {name: mean.value for name, mean in xtreme.groups.items()} == pytest.approx(GROUPS, abs=1e-9, rel=0)
    assert all(mean.complete for mean in (xtreme.overall, *xtreme.groups.values()))
    assert xtreme.overall.value == pytest.approx(62.17319850507246, abs=1e-9, rel=0)


def test_what_the_mock_lacks_of_xtreme_r_keeps_it_from_an_overall_score(standings: dict[str, Standing]) -> None:
    standing = standings["xtreme-r"]
    complete = {each.task.name for each in standing.tasks if each.score.complete}
    assert complete == {"xnli", "mewslix", "mlqa", "tydiqa"}
    assert not standing.overall.complete
    assert {Path(told.partition(":")[0]).name for told in standing.complaints} == {"udpos", "panx", "xquad", "tatoeba"}


def test_the_normaliser_of_mlqa_makes_a_difference() -> None:
    pairs = (
        Texts().pair(MOCK / "labels" / "mlqa" / "test-es.json", MOCK / "predictions" / "mlqa" / "test-es.json").pairs
    )
    metric = METRICS["squad"]
    totals = metric.totals([metric.measure(gold, answer, "es") for gold, answer in pairs])
    assert metric.scores(totals)["f1"] == pytest.approx(100 / 3)
