"""Phrases from linked words: never crossing, never overlapping, together only where order changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswind.perturbations.links import Block, Link, blocks, goes_with, stretch
from crosswind.text.item import Field, plain_field


def of(text: str, lang: str = "en") -> Field:
    return plain_field(text, lang, "1")


def found(first: str, second: str, *links: tuple[int, int], similarity: float = 0.8) -> list[tuple[str, str]]:
    one, other = of(first), of(second, "es")
    made = blocks(one, other, [Link(word, place, similarity) for word, place in links])
    return [
        (one.text[slice(*stretch(one, each.words))], other.text[slice(*stretch(other, each.others))]) for each in made
    ]


def test_words_in_the_same_order_stand_alone() -> None:
    assert found("the old bridge", "el viejo puente", (0, 0), (1, 1), (2, 2)) == [
        ("the", "el"), ("old", "viejo"), ("bridge", "puente")
    ]  # fmt: skip


def test_neighbours_that_change_places_go_together() -> None:
    assert found("a white house", "una casa blanca", (0, 0), (1, 2), (2, 1)) == [
        ("a", "una"), ("white house", "casa blanca")
    ]  # fmt: skip


def test_of_words_that_cross_far_apart_the_larger_part_stays() -> None:
    assert found("a b c d e", "e a b c d", (0, 1), (1, 2), (2, 3), (3, 4), (4, 0)) == [
        ("a", "a"), ("b", "b"), ("c", "c"), ("d", "d")
    ]  # fmt: skip


def test_a_word_without_a_link_is_in_no_phrase() -> None:
    assert found("not white house", "casa y blanca", (1, 2), (2, 0)) in ([("white", "blanca")], [("house", "casa")])


@pytest.mark.parametrize(("first", "second"), [("white, house", "casa blanca"), ("white house", "casa. blanca")])
def test_no_phrase_reaches_across_a_mark(first: str, second: str) -> None:
    assert len(found(first, second, (0, 1), (1, 0))) == 1
    assert found(first, second, (0, 1), (1, 0))[0][0] in {"white", "house"}


def test_four_words_are_too_many_for_a_phrase() -> None:
    assert len(found("a b c d", "d c b a", (0, 3), (1, 2), (2, 1), (3, 0))) == 1
    assert found("a b c", "c b a", (0, 2), (1, 1), (2, 0)) == [("a b c", "c b a")]


def test_of_two_links_that_cross_the_more_similar_stays() -> None:
    one, other = of("a x b"), of("b y a", "es")
    assert [each.words for each in blocks(one, other, [Link(0, 2, 0.7), Link(2, 0, 0.9)])] == [(2, 3)]


@st.composite
def linked(draw: st.DrawFn) -> tuple[Field, Field, list[Link]]:
    """Two texts and links, each word in one at most."""
    lengths = draw(st.integers(0, 9)), draw(st.integers(0, 9))
    marks = draw(st.lists(st.sampled_from([" ", " ", ", "]), min_size=20, max_size=20))
    one, other = (of("".join(f"w{n}{mark}" for n, mark in zip(range(n), marks, strict=False)).strip()) for n in lengths)
    places = draw(st.permutations(range(max(lengths))))
    pairs = [(word, place) for word, place in enumerate(places) if word < lengths[0] and place < lengths[1]]
    kept = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    shares = st.integers(1, 100).map(lambda share: share / 100)
    return one, other, [Link(word, place, draw(shares)) for word, place in sorted(kept)]


@given(linked())
def test_phrases_follow_each_other_in_both_texts(case: tuple[Field, Field, list[Link]]) -> None:
    one, other, links = case
    made = blocks(one, other, links)
    assert all(goes_with(first, second) for place, first in enumerate(made) for second in made[:place])
    known = {(link.word, link.other) for link in links}
    for each in made:
        assert 1 <= each.words[1] - each.words[0] == each.others[1] - each.others[0] <= 3
        inside = {(word, place) for word, place in known if each.words[0] <= word < each.words[1]}
        assert {word for word, _ in inside} == set(range(*each.words))
        assert {place for _, place in inside} == set(range(*each.others))


@given(linked())
def test_no_single_link_that_would_fit_is_left_out(case: tuple[Field, Field, list[Link]]) -> None:
    one, other, links = case
    made = blocks(one, other, links)
    for link in links:
        block = Block((link.word, link.word + 1), (link.other, link.other + 1), link.similarity)
        inside = any(each.words[0] <= link.word < each.words[1] for each in made)
        assert inside or not all(goes_with(block, each) for each in made)
