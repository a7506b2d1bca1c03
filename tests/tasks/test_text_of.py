"""The text of a task, and nothing else of it."""

import pytest

from crosswind import catalog
from crosswind.formats import MLM
from crosswind.tasks.text_of import TextOf


@pytest.mark.parametrize("name", ["pocket-nli", "pocket-qa", "pocket-tags", "pocket-copa"])
def test_all_texts_stand_one_behind_the_other(name: str) -> None:
    inner = catalog.load("tasks", name)()
    before = list(inner.examples(inner.source, "train", 20))
    text = TextOf(task=name)  # type: ignore[arg-type]
    after = list(text.examples(text.source, "train", 20))
    assert text.format is MLM
    assert [each.uid for each in after] == [each.uid for each in before]
    for one, other in zip(before, after, strict=True):
        assert other.text == " ".join(inner.format.fields(one).values())
