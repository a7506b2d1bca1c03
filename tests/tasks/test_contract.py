"""What every task of the catalogue must do: name its source, give rows that parse, score 100 on gold."""

import unicodedata
from dataclasses import fields
from itertools import islice
from typing import Any

import pytest

from crosswind import catalog
from crosswind.evaluate.metrics import METRICS
from crosswind.formats import RETRIEVE
from crosswind.formats.base import Answer
from crosswind.perturbations.applicability import ROLES
from crosswind.tasks.base import Provenance, Task

NAMES = list(catalog.FAMILIES["tasks"])
SETTINGS = {"shuffled": {"task": "pocket-qa"}}
ROWS = 30


def task(name: str) -> Task:
    made: Task = catalog.load("tasks", name)(**SETTINGS.get(name, {}))
    return made


def some(name: str, split: Any = "test", language: str | None = None) -> list[Any]:
    made = task(name)
    return list(made.examples(language or next(iter(made.languages)), split, ROWS))


@pytest.mark.parametrize("name", NAMES)
def test_provenance_is_whole(name: str) -> None:
    made = task(name)
    for field in fields(Provenance):
        assert len(getattr(made.provenance, field.name)) > 3, f"{name}: {field.name} says nothing"
    assert made.role in ROLES
    assert made.metric in METRICS
    assert 0 <= made.chance < 1
    assert made.source in made.languages or not made.has_training
    assert len(set(made.labels)) == len(made.labels)
    assert made.trains_on is None or made.trains_on in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_task_has_all_splits_or_is_retrieval_without_training(name: str) -> None:
    made = task(name)
    if made.has_training and made.trains_on is None:
        assert made.sizes.keys() == {"train", "dev", "test"}
    else:
        assert made.sizes.keys() == {"test"}
        assert made.trains_on or made.format is RETRIEVE


@pytest.mark.parametrize("name", NAMES)
def test_rows_parse_in_every_language(name: str) -> None:
    made = task(name)
    for language in made.languages:
        examples = list(made.examples(language, "test", ROWS))
        assert len(examples) == ROWS
        assert len({example.uid for example in examples}) == ROWS
        for example in examples:
            assert isinstance(example, made.format.example)
            for text in made.format.fields(example).values():
                assert text
                assert unicodedata.is_normalized("NFC", text)


def inputs(made: Task, example: Any) -> tuple[str, ...]:
    """What is told apart: the same question may be asked where another sentence answers it."""
    candidate = (example.candidate,) if made.format is RETRIEVE else ()
    return (*made.format.fields(example).values(), *candidate)


@pytest.mark.parametrize("name", NAMES)
def test_splits_do_not_overlap_and_have_the_size_they_say(name: str) -> None:
    made = task(name)
    language = made.source if made.source in made.languages else next(iter(made.languages))
    texts: dict[str, set[tuple[str, ...]]] = {}
    for split in made.sizes:
        found = [inputs(made, example) for example in made.examples(language, split, None)]
        assert len(found) == made.sizes[split]
        texts[split] = set(found)
    assert not texts["test"] & (texts.get("train", set()) | texts.get("dev", set()))


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_gives_the_beginning(name: str) -> None:
    made = task(name)
    for split in made.sizes:
        for language in list(made.languages)[:2]:
            assert list(made.examples(language, split, 7)) == list(islice(made.examples(language, split, None), 7))
            assert list(made.examples(language, split, 0)) == []


@pytest.mark.parametrize("name", NAMES)
def test_gold_answers_score_everything(name: str) -> None:
    made = task(name)
    metric = METRICS[made.metric]
    measured = [
        metric.measure(gold, Answer(gold, 0.0).value) for gold in (made.format.gold(example) for example in some(name))
    ]
    totals = dict(zip(metric.sums, (sum(column) for column in zip(*measured, strict=True)), strict=True))
    assert set(metric.scores(totals).values()) == {100.0}


@pytest.mark.parametrize("name", NAMES)
def test_examples_become_perturbable_items_and_back(name: str) -> None:
    made = task(name)
    for language in made.languages:
        for example in some(name, language=language)[:5]:
            item = made.format.item(example, name, "test", language)
            assert {field: own.text for field, own in item.fields.items()} == made.format.fields(example)


def test_a_broken_row_is_said_with_its_number() -> None:
    class Broken(type(task("pocket-nli"))):  # type: ignore[misc]
        def rows(self, language: str, split: Any) -> Any:
            yield from islice(super().rows(language, split), 2)
            yield {"id": "x", "premise": "only"}

    with pytest.raises(ValueError, match=r"row 3 of solvane test cannot be read: KeyError\('cluster'\)"):
        list(Broken().examples("solvane", "test", None))
