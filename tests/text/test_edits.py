import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosswind.text.edits import Edit, Projection, apply, conflict, inside, narrowed, straddles
from tests.text.sentences import scripts_on, spans_in, texts


@settings(deadline=None)
@given(st.data())
def test_a_span_projects_to_what_its_inner_edits_make_of_it(data: st.DataObject) -> None:
    text = data.draw(texts)
    edits = data.draw(scripts_on(text))
    changed, projection = apply(text, edits), Projection(edits)
    for start, end in data.draw(spans_in(text)):
        if any(straddles(edit, (start, end)) for edit in edits):
            continue
        inner = [Edit(e.start - start, e.end - start, e.new) for e in edits if inside(e, (start, end))]
        left, right = projection.span((start, end))
        assert changed[left:right] == apply(text[start:end], inner)


@settings(deadline=None)
@given(st.data())
def test_boundaries_keep_their_order(data: st.DataObject) -> None:
    text = data.draw(texts)
    edits = data.draw(scripts_on(text))
    projection = Projection(edits)
    free = [place for place in range(len(text) + 1) if not any(edit.start < place < edit.end for edit in edits)]
    assert [projection.left(place) for place in free] == sorted(projection.left(place) for place in free)
    assert all(projection.right(place) <= projection.left(place) for place in free)


def test_text_inserted_at_an_edge_stays_outside() -> None:
    projection = Projection([Edit(0, 0, "<<"), Edit(3, 3, ">>")])
    assert projection.span((0, 3)) == (2, 5)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (Edit(0, 2, "x"), Edit(2, 4, "y"), False),
        (Edit(0, 2, "x"), Edit(1, 4, "y"), True),
        (Edit(0, 2, "x"), Edit(2, 2, "y"), True),
        (Edit(2, 2, "x"), Edit(2, 2, "y"), True),
        (Edit(1, 1, "x"), Edit(2, 3, "y"), False),
    ],
)
def test_conflicts(first: Edit, second: Edit, expected: bool) -> None:
    assert conflict(first, second) is conflict(second, first) is expected


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(2, 1, "x")],
        [Edit(0, 9, "x")],
        [Edit(0, 1, "a")],
        [Edit(1, 1, "")],
        [Edit(1, 2, "x"), Edit(0, 1, "y")],
        [Edit(0, 2, "x"), Edit(1, 2, "y")],
    ],
)
def test_apply_refuses_what_is_no_script(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="expected"):
        apply("abc", edits)


@settings(deadline=None)
@given(texts, texts)
def test_narrowed_edits_make_the_same_text(old: str, new: str) -> None:
    if old != new:
        assert apply("<" + old + ">", [narrowed(1, old, new)]) == "<" + new + ">"


def test_narrowed_takes_a_letter_with_its_marks() -> None:
    assert narrowed(0, "Q\u0303a", "q\u0303a") == Edit(0, 2, "q\u0303")
    assert narrowed(4, "Haus", "haus") == Edit(4, 5, "h")
