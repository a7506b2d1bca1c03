"""The label-shuffled control: the same texts, the same labels, nothing between them."""

from collections import Counter
from typing import Any

import pytest

from crosswind import catalog
from crosswind.formats import MLM
from crosswind.tasks.shuffled import Shuffled

TASKS = [
    name
    for name, target in catalog.FAMILIES["tasks"].items()
    if name.startswith("pocket-")
    and "train" in catalog.load("tasks", name)().sizes
    and catalog.load("tasks", name)().format is not MLM  # raw text has no labels that could move
]


def both(name: str, limit: int = 300) -> tuple[Any, list[Any], list[Any]]:
    control = Shuffled(task=name)  # type: ignore[arg-type]
    return (
        control,
        list(control.task.examples(control.source, "train", limit)),
        list(control.examples(control.source, "train", limit)),
    )


@pytest.mark.parametrize("name", TASKS)
def test_texts_stay_and_labels_move(name: str) -> None:
    control, before, after = both(name)
    form = control.format
    assert [(one.uid, form.fields(one)) for one in before] == [(other.uid, form.fields(other)) for other in after]
    golds = [(form.gold(one), form.gold(other)) for one, other in zip(before, after, strict=True)]
    assert sum(one != other for one, other in golds) > 0.3 * len(golds)


@pytest.mark.parametrize("name", ["pocket-nli", "pocket-tense", "pocket-owning"])
def test_labels_are_as_frequent_as_before(name: str) -> None:
    _, before, after = both(name)
    assert Counter(one.label for one in before) == Counter(other.label for other in after)


def test_answers_stay_inside_their_context() -> None:
    _, _, after = both("pocket-qa")
    for example in after:
        for quote in example.answers:
            assert example.context[quote.start :].startswith(quote.text)


def test_tags_keep_the_length_of_their_sentence() -> None:
    _, before, after = both("pocket-tags")
    assert [len(one.tags) for one in before] == [len(other.tokens) for other in after]


def test_the_control_is_the_same_every_time_and_differs_by_seed() -> None:
    one, again, other = (
        [example.label for example in Shuffled(task="pocket-nli", seed=seed).examples("solvane", "train", 60)]  # type: ignore[arg-type, attr-defined]
        for seed in (1, 1, 2)
    )
    assert one == again != other


def test_the_control_is_another_thing_than_its_task() -> None:
    control = Shuffled(task="pocket-nli")  # type: ignore[arg-type]
    assert control.id != control.task.id
    assert control.payload["task"] == control.task.payload


def test_the_control_is_as_large_as_its_task() -> None:
    task = catalog.load("tasks", "tydiqa")()
    sizes = {code: task.num_rows(code, "test") for code in task.languages}
    assert len(set(sizes.values())) > 1
    assert {code: Shuffled(task=task).num_rows(code, "test") for code in task.languages} == sizes
