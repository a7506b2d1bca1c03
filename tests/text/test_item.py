import pytest

from crosswind.text.item import Field, plain_field, token_field


def test_plain_fields_freeze_addresses() -> None:
    text = "Write to ann.lee@example.org or @ann, see https://example.org/a?b=1 #old_bridge now"
    found = plain_field(text, "en", "1", frozen=[(0, 5)])
    assert [text[start:end] for start, end in found.frozen] == [
        "Write", "ann.lee@example.org", "@ann", "https://example.org/a?b=1", "#old_bridge",
    ]  # fmt: skip


def test_frozen_spans_are_merged_and_keep_spans_sorted() -> None:
    found = plain_field("one two three", "en", "1", keep=[(4, 7), (0, 3), (4, 7)], frozen=[(2, 6), (0, 3)])
    assert found.frozen == ((0, 6),)
    assert found.keep == ((0, 3), (4, 7))


def test_token_fields_keep_every_token_even_with_a_space_inside() -> None:
    found = token_field(["In", "New York", "10 000", "!"], "en", "1")
    assert [found.text[start:end] for start, end in found.keep] == ["In", "New York", "10 000", "!"]
    assert [found.text[start:end] for start, end in found.words] == ["In", "New York"]
    assert found.solid


def test_text_that_is_not_nfc_is_refused_with_advice() -> None:
    with pytest.raises(ValueError, match="normalise"):
        plain_field("cafe\u0301", "fr", "1")


@pytest.mark.parametrize("spans", [((0, 9),), ((2, 2),), ((1, 2), (0, 1)), ((0, 2), (1, 3))])
def test_spans_that_are_none_are_refused(spans: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="words of 'q7'"):
        Field(text="abc", lang="en", owner="q7", words=spans)
