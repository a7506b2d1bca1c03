"""Rows under a change: as many as without, in the same batches, and their words where they are."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from crosswind.formats import SPAN
from crosswind.formats.base import Feature
from crosswind.formats.span import Question
from crosswind.models.backbone import Source, load_tokenizer
from crosswind.perturbations.sampling import sample
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.text.item import Item, plain_field
from crosswind.train.augmented import Anew, Beside, Redrawn, Seat, Stretches, Tokens, marks, view_of
from crosswind.train.rows import Fixed, OneTask
from tests.tiny import ENCODERS
from tests.train.specimens import features, recipe


def windows(count: int) -> list[Feature]:
    return features("span", count)


def test_rows_are_as_many_as_before_and_every_window_has_its_turn() -> None:
    more, seen = windows(5), []
    for epoch in range(5):
        taken = [Seat(0, window, 2).turn(more, epoch) for window in range(2)]
        assert taken[0] is not taken[1]
        seen += taken
    assert all(any(each is window for each in seen) for window in more)
    fewer = windows(2)
    assert [Seat(0, window, 3).turn(fewer, 4) for window in range(3)] == [fewer[0], fewer[1], fewer[1]]
    same = windows(3)
    assert [Seat(0, window, 3).turn(same, 7) for window in range(3)] == same


def drawn(log: list[tuple[tuple[int, ...], int]], examples: list[list[Feature]]) -> object:
    def draw(numbers: Sequence[int], epoch: int) -> list[Redrawn]:
        log.append((tuple(numbers), epoch))
        return [Redrawn(examples[number][::-1], 10, 4, 3) for number in numbers]

    return draw


def test_an_example_is_drawn_once_for_all_its_rows() -> None:
    flat = windows(6)
    examples = [flat[:2], flat[2:3], flat[3:]]
    log: list[tuple[tuple[int, ...], int]] = []
    rows = Anew(examples, drawn(log, examples))  # type: ignore[arg-type]
    lesson = rows.lesson([4, 0, 5, 1], 3)
    assert log == [((2, 0), 3)]
    expected = [flat[4], flat[1], flat[3], flat[0]]
    assert [each.rows for each in lesson.features] == [each.rows for each in expected]
    assert [each.example for each in lesson.features] == [4, 0, 5, 1]  # as the text was written has it
    assert lesson.told == {"changed_words": 0.3, "unmatched": 0.25}


def test_batches_are_those_of_the_text_as_it_is() -> None:
    flat = features("classify", 21)
    examples = [[each] for each in flat]
    other = [[replace(each, rows=(flat[0].rows[0],))] for each in flat]
    plain = list(OneTask(Fixed(flat)).lessons(recipe(), 1, 0, 0))
    beside = list(OneTask(Beside(examples, drawn([], other))).lessons(recipe(), 1, 0, 0))  # type: ignore[arg-type]
    anew = list(OneTask(Anew(examples, drawn([], other))).lessons(recipe(), 1, 0, 0))  # type: ignore[arg-type]
    assert [each.features for each in plain] == [each.features for each in beside]
    assert [[own.target for own in each.features] for each in plain] == [
        [own.target for own in each.features] for each in anew
    ]
    assert all(len(each.views) == len(each.features) for each in beside)


def test_tags_align_by_the_order_of_words() -> None:
    feature = features("tag", 1)[0]
    count = len(feature.places)
    turned = Redrawn([feature], count, 0, 0, Tokens([count - 1 - word for word in range(count)]))
    found = view_of(feature, turned)
    assert found.terms == count
    assert found.own == feature.places
    assert found.its == tuple((position, count - 1 - word) for position, word in feature.places)
    lost = view_of(feature, Redrawn([feature], count, 0, 0, Tokens([None] * count)))
    assert (lost.terms, lost.own, lost.its) == (0, (), ())


def test_sub_words_lie_in_the_words_of_a_context() -> None:
    (feature,) = windows(1)
    one = replace(feature, places=((3, 0, 2), (4, 2, 5), (5, 5, 8), (6, 8, 9), (7, 9, 12)))
    assert list(marks(one, [(0, 5), (6, 8), (10, 12)])) == [(3, 0), (4, 0), (5, 1), (7, 2)]
    other, lost = replace(feature, places=((2, 0, 5), (3, 5, 9))), replace(feature, places=((2, 9, 10), (3, 10, 13)))
    found = view_of(
        one, Redrawn([lost, other, lost], 3, 0, 0, Stretches([(0, 5), (6, 8), (10, 12)], [(0, 5), (6, 9), (10, 13)]))
    )
    assert found.terms == 1
    assert found.own == ((3, 0), (4, 0), (5, 1))
    assert found.its == ((2, 0), (3, 1))


@pytest.mark.parametrize("family", sorted(ENCODERS))
def test_every_tokenizer_has_words_where_they_are(family: str, tiny_encoder: Callable[[str], Path]) -> None:
    tokenizer = load_tokenizer(Source(str(tiny_encoder(family))))
    context = "The old bridge over the river was closed in 1984."
    field = plain_field(context, "en", "1")
    perturbed = sample(TypoEdit(), Item("fixture", "train", "1", {"context": field}), 5, seed=2)
    after = perturbed.text("context")
    spans = [perturbed.projection("context").span(word) for word in field.words]
    assert after != context
    one, other = (
        SPAN.encode([Question(uid="1", cluster="1", question="What?", context=text, answers=())], (), tokenizer, 96)
        for text in (context, after)
    )
    alignment = Stretches(field.words, spans)
    view = view_of(one.features[0], Redrawn(other.features, 9, 1, 1, alignment))
    assert view.own is not None
    assert view.its is not None
    for text, feature, marks_, where in (
        (context, one.features[0], view.own, field.words),
        (after, other.features[0], view.its, spans),
    ):
        assert {word for _, word in marks_} == set(range(len(field.words)))
        chars = {position: (first, last) for position, first, last in feature.places}
        for word, (start, end) in enumerate(where):
            covered = [chars[position] for position, own in marks_ if own == word]
            assert (
                text[min(first for first, _ in covered) : max(last for _, last in covered)].strip() == text[start:end]
            )
