import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosswind.text.edits import Edit, apply
from crosswind.text.similarity import chrf, chrf_at_least
from tests.text.sentences import scripts_on, texts


def test_white_space_counts() -> None:
    assert chrf("ab cd", "ab cd") == pytest.approx(100)
    assert chrf("ab cd", "a bcd") < 100


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_the_bound_is_a_bound(data: st.DataObject) -> None:
    text = data.draw(texts)
    edits = data.draw(scripts_on(text))
    assert chrf_at_least(text, edits) <= chrf(apply(text, edits), text) + 1e-9


def test_the_bound_is_exact_where_no_ngram_comes_twice() -> None:
    text = "abcdefghijklmnopqrstuvwxyz"
    edits = [Edit(3, 4, "Ä"), Edit(9, 9, "Ö"), Edit(20, 22, "")]
    assert chrf_at_least(text, edits) == pytest.approx(chrf(apply(text, edits), text))
