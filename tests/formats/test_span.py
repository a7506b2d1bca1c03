"""Spans: windows over long contexts, targets inside them, and the best legal answer over all of them."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosswind.formats import SPAN, SPAN_OR_NULL, span
from crosswind.formats.base import Answer, Feature
from crosswind.formats.span import Question, Quote
from crosswind.formats.subwords import Tokens
from crosswind.perturbations.sampling import sample
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.text.clusters import clusters
from tests.formats.specimens import ODD, oracle
from tests.text.sentences import SENTENCES
from tests.tiny import ENCODERS

TokenizerOf = Callable[[str], Any]
families = pytest.mark.parametrize("family", sorted(ENCODERS))
LONG = " ".join(SENTENCES[code] for code in ("en", "ru", "hi", "th", "ar", "ko", "zh", "my") * 3)


def question(context: str, *answers: Quote, text: str = "who?", uid: str = "1") -> Question:
    return Question(uid=uid, cluster="p", question=text, context=context, answers=answers)


def encoded(example: Question, tokenizer: Any, max_length: int) -> list[Feature]:
    return SPAN.encode([example], (), tokenizer, max_length).features


def answer_of(example: Question, features: Sequence[Feature]) -> Any:
    return SPAN.decode(example, (), features, [oracle(SPAN, feature, ()) for feature in features]).value


@families
@pytest.mark.parametrize("max_length", [40, 150, 200, 384])
def test_windows_are_those_of_the_tokenizer(family: str, max_length: int, tokenizer_of: TokenizerOf) -> None:
    tokenizer, text = tokenizer_of(family), "who closed the old bridge?"
    around = len(tokenizer([text], [""])["input_ids"][0])
    room = max_length - around
    coded = tokenizer(
        text,
        LONG,
        truncation="only_second",
        max_length=max_length,
        stride=max(0, room - 128),  # an overlap there, a distance here
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        return_token_type_ids=True,
    )
    features = encoded(question(LONG, text=text), tokenizer, max_length)
    assert [list(feature.rows[0].ids) for feature in features] == coded["input_ids"]
    if family in {"bert", "deberta-v2"}:  # elsewhere the tokenizer gives later windows other segments than the first
        assert [list(feature.rows[0].types) for feature in features] == coded["token_type_ids"]
    for window, feature in enumerate(features):
        places = [
            (position, *coded["offset_mapping"][window][position])
            for position, text_number in enumerate(coded.sequence_ids(window))
            if text_number == 1
        ]
        assert list(feature.places) == places


@families
def test_windows_start_128_pieces_apart_and_overlap_by_the_rest(family: str, tokenizer_of: TokenizerOf) -> None:
    tokenizer = tokenizer_of(family)
    ids = tokenizer(f"{LONG} {LONG}", add_special_tokens=False)["input_ids"]
    features = encoded(question(f"{LONG} {LONG}"), tokenizer, 200)
    rooms = [len(feature.places) for feature in features]
    assert len(features) > 3
    for window, feature in enumerate(features):
        first = feature.places[0][0]
        assert list(feature.rows[0].ids[first : first + rooms[window]]) == ids[window * 128 :][: rooms[0]]
    assert (len(features) - 1) * 128 + rooms[-1] == len(ids)


def test_the_question_is_cut_at_64_pieces_and_counted(tokenizer_of: TokenizerOf) -> None:
    tokenizer = tokenizer_of("modernbert")
    context = SENTENCES["ru"]
    examples = [question(context, text=LONG, uid="long"), question(context, uid="short")]
    encoding = SPAN.encode(examples, (), tokenizer, 384)
    assert encoding.truncated == 1
    whole = tokenizer(LONG, add_special_tokens=False)["input_ids"]
    feature = encoding.features[0]
    first = feature.places[0][0]
    assert list(feature.rows[0].ids[1 : first - 1]) == whole[:64]


def test_a_window_without_room_for_context_is_an_error(tokenizer_of: TokenizerOf) -> None:
    with pytest.raises(ValueError, match=r"leaves no room.*max_length = 60; raise recipe.max_length"):
        encoded(question("context", text=LONG), tokenizer_of("bert"), 60)


@families
def test_windows_have_the_target_if_they_hold_all_of_the_answer(family: str, tokenizer_of: TokenizerOf) -> None:
    tokenizer = tokenizer_of(family)
    word = "मुश्किल"
    context = f"{LONG[:400]} {word} {LONG[400:]}"
    start = context.index(word)
    features = encoded(question(context, Quote(word, start)), tokenizer, 120)
    held = [feature for feature in features if feature.target != (0, 0)]
    assert 0 < len(held) < len(features)
    for feature in features:
        own = [place for place in feature.places if place[1] < start + len(word) and place[2] > start]
        if feature in held:
            assert feature.target == (own[0][0], own[-1][0])
            assert word in context[own[0][1] : own[-1][2]]
        else:
            assert not own or own[0] == feature.places[0] or own[-1] == feature.places[-1]
    assert answer_of(question(context, Quote(word, start)), held) == word


def test_only_the_first_answer_is_learned(tokenizer_of: TokenizerOf) -> None:
    answers = (Quote("cd", 3), Quote("gh", 9))
    (feature,) = encoded(question("ab cd ef gh", *answers), tokenizer_of("bert"), 60)
    (other,) = encoded(question("ab cd ef gh", answers[0]), tokenizer_of("bert"), 60)
    assert feature == other
    assert SPAN.gold(question("ab cd ef gh", *answers)) == ("cd", "gh")


@families
def test_questions_without_an_answer_point_at_the_first_token(family: str, tokenizer_of: TokenizerOf) -> None:
    features = encoded(question(LONG), tokenizer_of(family), 120)
    assert {feature.target for feature in features} == {(0, 0)}


@pytest.mark.parametrize("quote", [Quote("bridge", 3), Quote("Bridge", 8), Quote("closed", 100), Quote("ridg", -5)])
def test_an_answer_that_is_not_at_its_offset_is_an_error(quote: Quote, tokenizer_of: TokenizerOf) -> None:
    with pytest.raises(ValueError, match="should start at character"):
        encoded(question("the old bridge", quote), tokenizer_of("bert"), 60)


def test_an_empty_context_has_one_window_and_no_answer(tokenizer_of: TokenizerOf) -> None:
    for context in ("", "   "):
        features = encoded(question(context), tokenizer_of("bert"), 60)
        assert [feature.places for feature in features] == [()]
        assert SPAN.decode(question(context), (), features, [np.zeros((features[0].length, 2))]) == Answer("", 0.0)


@pytest.mark.parametrize("family", ["modernbert", "roberta", "xlm-roberta", "mt5"])
def test_offsets_count_code_points(family: str, tokenizer_of: TokenizerOf) -> None:
    """Every grapheme cluster of text outside the basic plane, with marks and joiners, decodes to what holds it."""
    tokenizer = tokenizer_of(family)
    for start, end in clusters(ODD):
        text = ODD[start:end]
        if not text.strip():
            continue
        example = question(ODD, Quote(text, start))
        found = answer_of(example, encoded(example, tokenizer, 200))
        assert text in found
        if family in {"modernbert", "roberta"}:  # every character has pieces of its own
            assert len(found) <= len(text) + 2


def test_contexts_and_windows_are_read_once_per_paragraph(tokenizer_of: TokenizerOf) -> None:
    tokenizer, seen = tokenizer_of("bert"), []

    class Spy:
        unk_token_id = tokenizer.unk_token_id

        def __call__(self, text: Any, *rest: Any, **options: Any) -> Any:
            seen.extend([text] if isinstance(text, str) else text)
            return tokenizer(text, *rest, **options)

    SPAN.encode([question(LONG, text=f"who {i}?", uid=str(i)) for i in range(5)], (), Spy(), 100)
    assert seen.count(LONG) == 1


# Decoding


def brute_force(features: Sequence[Feature], outputs: Sequence[Any], step: int) -> Any:
    """All legal pairs, spelled out: the best (score, window, start, end), or None."""
    found = []
    for window, (feature, output) in enumerate(zip(features, outputs, strict=True)):
        ranks = {place[0]: rank for rank, place in enumerate(feature.places)}
        tops = [sorted(range(len(output)), key=lambda p, s=side: (-output[p, s], p))[:20] for side in (0, 1)]  # type: ignore[misc]
        for start in tops[0]:
            for end in tops[1]:
                if start not in ranks or end not in ranks or not start <= end <= start + 29:
                    continue
                scores = []
                for other, seen in enumerate(features):
                    rank, num_places = window * step + ranks[start] - other * step, len(seen.places)
                    if 0 <= rank < num_places:
                        scores.append((min(rank, num_places - 1 - rank) + 0.01 * num_places, -other))
                if -max(scores)[1] == window:
                    found.append((output[start, 0] + output[end, 1], -window, -start, -end))
    return max(found, default=None)


def windows_of(num_pieces: int, room: int, step: int) -> list[Feature]:
    """A context whose every character is a piece, behind three other positions and before one."""
    features = []
    for first in range(0, max(0, num_pieces - room) + step, step):
        size = min(room, num_pieces - first)
        places = tuple((3 + i, first + i, first + i + 1) for i in range(size))
        features.append(Feature(0, (Tokens((0,) * (size + 4), (0,) * (size + 4)),), (0, 0), places))
    return features


def han(num_pieces: int) -> str:
    return "".join(chr(0x4E00 + i) for i in range(num_pieces))


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 90),
    st.integers(4, 60),
    st.integers(1, 50),
    st.integers(0, 2**32),
    st.sampled_from([2, 4, 1000]),
)
def test_decoding_finds_the_best_legal_answer(num_pieces: int, room: int, stride: int, seed: int, values: int) -> None:
    context = han(num_pieces)
    draws = np.random.default_rng(seed)
    step = min(stride, room)
    features = windows_of(num_pieces, room, step)
    outputs = [draws.integers(values, size=(feature.length, 2)).astype(np.float32) for feature in features]
    example = question(context)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(span, "STRIDE", stride)
        answer = SPAN.decode(example, (), features, outputs)
        withheld = SPAN_OR_NULL.decode(example, (), features, outputs)
    best = brute_force(features, outputs, step)
    if best is None:
        assert answer == withheld == Answer("", 0.0)
        return
    score, window, start, end = (abs(number) for number in best)
    place = {position: (first, last) for position, first, last in features[window].places}
    assert answer.value == context[place[start][0] : place[end][1]]
    assert 0 <= answer.margin <= score
    null = min(output[0, 0] + output[0, 1] for output in outputs)
    assert withheld.value == ("" if null > score else answer.value)
    assert 0 <= withheld.margin <= abs(score - null)
    assert withheld.margin == null - score or null <= score


@pytest.mark.parametrize(("num_better", "found"), [(19, han(1)), (20, "")])
def test_only_the_twenty_best_starts_and_ends_count(num_better: int, found: str) -> None:
    (feature,) = windows_of(40, 40, 40)
    output = np.zeros((feature.length, 2))
    output[3 : 3 + 20, 1] = 9.0  # the best ends are the first 20 pieces, behind all but the 21st best of the starts
    output[43 - num_better : 43, 0] = 5.0
    output[3, 0] = 4.0
    assert SPAN.decode(question(han(40)), (), [feature], [output]).value == found


def test_a_piece_begins_an_answer_only_where_it_has_most_context() -> None:
    """Pieces 128 to 383 stand in two windows: the first has more around them up to piece 255, ties included."""
    features = windows_of(512, 384, 128)
    assert [len(feature.places) for feature in features] == [384, 384]
    home = span.best_windows(features)
    by_hand = {}
    for piece in range(512):
        scores = [
            (min(piece - first, 383 - (piece - first)) + 0.01 * 384, -window)
            for window, first in enumerate((0, 128))
            if first <= piece < first + 384
        ]
        by_hand[piece] = -max(scores)[1]
    assert home == by_hand
    assert [home[piece] for piece in (0, 255, 256, 511)] == [0, 0, 1, 1]
    outputs = [np.zeros((feature.length, 2)) for feature in features]
    outputs[1][3 + 250 - 128] = 9.0  # piece 250 in the second window, which is not its home
    assert SPAN.decode(question(han(512)), (), features, outputs).value == han(1)
    outputs[0][3 + 250] = 5.0
    assert SPAN.decode(question(han(512)), (), features, outputs).value == han(512)[250]


def test_windows_of_384_overlap_as_published(tokenizer_of: TokenizerOf) -> None:
    """A distance of 128 is an overlap of 384 less the question, the special tokens and 128."""
    tokenizer = tokenizer_of("bert")
    features = encoded(question(f"{LONG} {LONG}", text="who closed it?"), tokenizer, 384)
    asked = len(tokenizer("who closed it?", add_special_tokens=False)["input_ids"])
    room = 384 - asked - 3  # [CLS], [SEP], [SEP]
    first, second = ({place[1:] for place in feature.places} for feature in features[:2])
    assert len(first) == room
    assert len(first & second) == room - 128


# Questions without an answer


def test_an_answer_is_withheld_only_above_the_threshold_in_every_window() -> None:
    features = windows_of(6, 4, 2)
    example, outputs = question(han(6)), [np.zeros((feature.length, 2)) for feature in features]
    outputs[0][3 + 1] = 2.0  # the second piece, 4.0 in all
    for output in outputs:
        output[0] = 2.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(span, "STRIDE", 2)
        assert SPAN_OR_NULL.decode(example, (), features, outputs) == Answer(han(6)[1], 0.0)  # equal is not above
        outputs[0][0] = 9.0
        assert SPAN_OR_NULL.decode(example, (), features, outputs).value == han(6)[1]  # the other window decides
        outputs[1][0] = 2.5
        assert SPAN_OR_NULL.decode(example, (), features, outputs) == Answer("", 1.0)
        assert SPAN.decode(example, (), features, outputs).value == han(6)[1]


def test_spans_differ_in_nothing_but_the_answer(tokenizer_of: TokenizerOf) -> None:
    tokenizer = tokenizer_of("bert")
    examples = [question(LONG, Quote(LONG[:5], 0)), question(LONG, uid="2")]
    assert SPAN_OR_NULL.encode(examples, (), tokenizer, 100) == SPAN.encode(examples, (), tokenizer, 100)
    for example in examples:
        assert SPAN_OR_NULL.gold(example) == SPAN.gold(example)
        assert SPAN_OR_NULL.item(example, "d", "dev", "en") == SPAN.item(example, "d", "dev", "en")


def test_exchanged_labels_say_nothing_about_which_questions_have_an_answer() -> None:
    examples = [question(SENTENCES["en"], *[Quote(SENTENCES["en"][:5], 0)][: i % 2], uid=str(i)) for i in range(200)]
    after = SPAN_OR_NULL.relabel(examples, Random(1))
    assert sum(bool(each.answers) for each in after) == 100
    kept = sum(bool(one.answers) == bool(other.answers) for one, other in zip(examples, after, strict=True))
    assert 70 < kept < 130
    for each in after:
        SPAN_OR_NULL.check(each, ())


def test_an_answer_has_at_most_thirty_pieces_and_does_not_run_backwards() -> None:
    context = "".join(chr(0x4E00 + i) for i in range(40))
    feature = Feature(0, (Tokens((0,) * 40, (0,) * 40),), (0, 0), tuple((i, i, i + 1) for i in range(40)))
    output = np.zeros((40, 2))
    output[0, 0], output[29, 1], output[30, 1] = 20.0, 3.0, 9.0
    assert SPAN.decode(question(context), (), [feature], [output]).value == context[:30]
    output = np.zeros((40, 2))
    output[9, 0], output[8, 1], output[9, 1] = 5.0, 9.0, 3.0
    assert SPAN.decode(question(context), (), [feature], [output]).value == context[0:9]  # 0 + 9 beats 5 + 3, not 5 + 9


def test_of_equal_answers_the_earliest_and_shortest_wins() -> None:
    feature = Feature(0, (Tokens((0,) * 5, (0,) * 5),), (0, 0), tuple((i, i, i + 1) for i in range(5)))
    assert SPAN.decode(question("abcde"), (), [feature], [np.zeros((5, 2))]) == Answer("a", 0.0)


def test_the_margin_is_the_distance_to_the_next_answer() -> None:
    feature = Feature(0, (Tokens((0,) * 3, (0,) * 3),), (0, 0), tuple((i, i, i + 1) for i in range(3)))
    output = np.array([[4.0, 0.0], [1.0, 2.5], [0.0, 1.0]])
    assert SPAN.decode(question("abc"), (), [feature], [output]) == Answer("ab", 1.5)


def test_white_space_around_an_answer_is_not_part_of_it() -> None:
    feature = Feature(0, (Tokens((0,) * 2, (0,) * 2),), (0, 0), ((0, 0, 3), (1, 3, 7)))
    output = np.array([[0.0, 0.0], [9.0, 9.0]])
    assert SPAN.decode(question("the old"), (), [feature], [output]).value == "old"


def test_answers_move_with_perturbed_contexts() -> None:
    most = dict.fromkeys(TypoEdit().levels.rates, (0.9,) * 5)
    changed = 0
    for code, context in SENTENCES.items():
        quotes = [Quote(context[:6].strip(), 0), Quote(context[-5:], len(context) - 5)]
        example = question(context, *quotes, uid=code)
        item = SPAN.item(example, "fixture", "test", code)
        after = SPAN.restore(example, sample(TypoEdit(), item, 5, seed=1, rates=most))
        SPAN.check(after, ())
        changed += after.context != example.context
        assert all(quote.text for quote in after.answers)
    assert changed > len(SENTENCES) // 2


def test_answers_that_become_one_are_one() -> None:
    example = question("ab cd", Quote("cd", 3), Quote("cd", 3), Quote("ab", 0))
    item = SPAN.item(example, "fixture", "test", "en")
    after = SPAN.restore(example, sample(TypoEdit(), item, 0, seed=1))
    assert after.answers == (Quote("cd", 3), Quote("ab", 0))
