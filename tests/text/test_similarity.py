import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosswind.text.edits import Edit, apply
from crosswind.text.similarity import chrf, chrf_after, chrf_at_least
from tests.text.sentences import scripts_on, texts


def test_white_space_counts() -> None:
    assert chrf("ab cd", "ab cd") == pytest.approx(100)
    assert chrf("ab cd", "a bcd") < 100


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_what_edits_meet_is_enough_to_know_chrf(data: st.DataObject) -> None:
    text = data.draw(texts)
    edits = data.draw(scripts_on(text))
    found = chrf(apply(text, edits), text)
    assert chrf_after(text, edits) == pytest.approx(found)
    assert chrf_at_least(text, edits) <= found + 1e-9


def test_the_bound_is_exact_where_no_ngram_comes_twice_or_meets_two_edits() -> None:
    text = "abcdefghijklmnopqrstuvwxyz"
    edits = [Edit(7, 8, "Ä"), Edit(16, 17, "Ö")]
    assert chrf_at_least(text, edits) == pytest.approx(chrf(apply(text, edits), text))
