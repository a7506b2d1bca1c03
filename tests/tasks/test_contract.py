"""What every task of the catalogue must do: name its source, give rows that parse, score 100 on gold.

Rows are those of Pocket; published tasks are read from files in test_targets.py and its neighbours.
"""

import unicodedata
from dataclasses import fields
from itertools import islice
from typing import Any

import pytest

from crosswind import catalog
from crosswind.evaluate.metrics import METRICS
from crosswind.formats import MINE, RETRIEVE
from crosswind.formats.base import Answer
from crosswind.perturbations.applicability import ROLES
from crosswind.sources.published import Library
from crosswind.sources.rows import Row, Unreadable
from crosswind.tasks.base import Provenance, Task

NAMES = list(catalog.FAMILIES["tasks"])
GENERATED = [
    name for name in NAMES if name.startswith(("pocket-", "shuffled", "text-of"))
]  # the others are read from files
SETTINGS = {"shuffled": {"task": "pocket-qa"}, "text-of": {"task": "pocket-qa"}}
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
        assert len(str(getattr(made.provenance, field.name))) > 2, f"{name}: {field.name} says nothing"
    assert made.role in ROLES
    assert made.metric in METRICS
    assert 0 <= made.chance < 1
    taught_in = [task(each).languages for each in made.trains_on] or [made.languages]
    assert all(made.source in languages for languages in taught_in) or not made.has_training
    assert len(set(made.labels)) == len(made.labels)
    assert set(made.trains_on) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_task_has_the_splits_that_its_kind_needs(name: str) -> None:
    made, splits = task(name), set(task(name).sizes)
    if made.has_training and not made.trains_on:
        # what only comes before a target needs no test set
        assert splits == {"train", "dev", "test"} or (splits == {"train", "dev"} and name not in GENERATED)
    elif made.format is MINE:
        assert splits == {"dev", "test"}  # nothing is learned but a threshold
    else:
        assert "test" in splits
        assert "train" not in splits
        assert made.trains_on or made.format is RETRIEVE


@pytest.mark.parametrize("name", NAMES)
def test_exact_sizes_are_those_of_its_languages(name: str) -> None:
    made = task(name)
    for split, sizes in made.exact_sizes.items():
        assert split in made.sizes
        assert sizes.keys() <= made.languages.keys()
        assert all(made.num_rows(code, split) == size for code, size in sizes.items())


@pytest.mark.parametrize("name", GENERATED)
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
    if made.format is MINE:
        return (example.text,)
    candidate = (example.candidate,) if made.format is RETRIEVE else ()
    return (*made.format.fields(example).values(), *candidate)


@pytest.mark.parametrize("name", GENERATED)
def test_splits_do_not_overlap_and_have_the_size_they_say(name: str) -> None:
    made = task(name)
    language = made.source if made.source in made.languages else next(iter(made.languages))
    texts: dict[str, set[tuple[str, ...]]] = {}
    for split in made.sizes:
        found = [inputs(made, example) for example in made.examples(language, split, None)]
        assert len(found) == made.sizes[split]
        texts[split] = set(found)
    assert not texts["test"] & (texts.get("train", set()) | texts.get("dev", set()))


@pytest.mark.parametrize("name", GENERATED)
def test_a_limit_gives_the_beginning(name: str) -> None:
    made = task(name)
    for split in made.sizes:
        for language in list(made.languages)[:2]:
            assert list(made.examples(language, split, 7)) == list(islice(made.examples(language, split, None), 7))
            assert list(made.examples(language, split, 0)) == []


@pytest.mark.parametrize("name", GENERATED)
def test_gold_answers_score_everything(name: str) -> None:
    made = task(name)
    metric, language = METRICS[made.metric], next(iter(made.languages))
    golds = [made.format.gold(example) for example in some(name)]
    measured = [metric.measure(gold, Answer(gold, 0.0).value, language) for gold in golds]
    assert set(metric.scores(metric.totals(measured)).values()) == {100.0}


@pytest.mark.parametrize("name", GENERATED)
def test_examples_become_perturbable_items_and_back(name: str) -> None:
    made = task(name)
    for language in made.languages:
        for example in some(name, language=language)[:5]:
            item = made.format.item(example, name, "test", language)
            assert {field: own.text for field, own in item.fields.items()} == made.format.fields(example)


def test_a_broken_row_is_said_with_its_number() -> None:
    class Broken(type(task("pocket-nli"))):  # type: ignore[misc]
        def rows(self, language: str, split: Any, library: Library) -> Any:
            yield from islice(super().rows(language, split, library), 2)
            yield Row({"id": "x", "premise": "only"}, "row 3 of solvane test", "here", 2)

    with pytest.raises(
        Unreadable, match=r"row 3 of solvane test: has no column 'cluster'; its columns are 'id', 'prem"
    ):
        Broken().examples("solvane", "test")
