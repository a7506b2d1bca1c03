from hypothesis import given
from hypothesis import strategies as st

from crosswind.text.clusters import clusters
from crosswind.text.edits import Edit, splice
from crosswind.text.visible import Stretch, stretches, visible
from tests.text.sentences import scripts_on, texts


def test_inkless_characters_become_their_numbers() -> None:
    assert visible("a\u2060b c\u00a0d\ufe0f\u202e\u3164\n") == "a<U+2060>b c<U+00A0>d<U+FE0F><U+202E><U+3164><U+000A>"
    assert visible("नमस्ते, שָׁלוֹם") == "नमस्ते, שָׁלוֹם"


def test_changes_are_widened_to_clusters() -> None:
    text = "किताब"
    found = list(stretches(text, [Edit(1, 2, "ी")]))
    assert found[0] == Stretch("कि", "की")
    assert found[1] == Stretch("ताब", "ताब")


def test_insertions_between_clusters_stand_alone() -> None:
    assert list(stretches("ab", [Edit(1, 1, "!")])) == [Stretch("a", "a"), Stretch("", "!"), Stretch("b", "b")]
    assert list(stretches("ab", [Edit(2, 2, "!")])) == [Stretch("ab", "ab"), Stretch("", "!")]


@given(st.data())
def test_stretches_add_up_to_both_texts(data: st.DataObject) -> None:
    text = data.draw(texts)
    edits = data.draw(scripts_on(text))
    found = list(stretches(text, edits))
    assert "".join(each.before for each in found) == text
    assert "".join(each.after for each in found) == splice(text, edits)
    edges = {0, len(text), *(start for start, _ in clusters(text))}
    place = 0
    for each in found:
        place += len(each.before)
        assert place in edges
