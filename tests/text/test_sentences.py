"""English sentences by rule."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswind.text.sentences import sentences


@pytest.mark.parametrize(
    "parts",
    [
        ["The lamp is green.", "Two cats sleep."],
        ["Dr. Lind lit it at 5 p.m. with J. R. Holt.", "It burned."],
        ["Is it green?", "Yes!", '"It is," he said.', "(So it was.)", "Then it went out…", "Dark."],
        ["The lamps of St. Mary cost 3.5 crowns each.", "1,200 were sold."],
        ["one without capitals. and on it goes"],
        ["He said: “Light it.”", "They did."],
    ],
)
def test_sentences_end_where_a_reader_ends_them(parts: list[str]) -> None:
    text = "  " + "  ".join(parts) + " \n"
    assert [text[start:end] for start, end in sentences(text)] == parts


@given(st.text(alphabet="aB. !?\"')\n1", max_size=40))
def test_nothing_is_lost_but_space(text: str) -> None:
    spans = list(sentences(text))
    assert all(start < end for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
