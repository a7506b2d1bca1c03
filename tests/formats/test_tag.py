"""Tagging: every word gets an answer, whatever its length and script."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosswind.formats import TAG
from crosswind.formats.base import UNSCORED
from crosswind.formats.subwords import Wrapping
from crosswind.formats.tag import Tagging, token_spans, windows, word_pieces
from crosswind.perturbations.base import Perturbed, Rewritten
from crosswind.perturbations.sampling import sample
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.text.edits import Edit
from tests.text.sentences import SENTENCES
from tests.tiny import ENCODERS

TokenizerOf = Callable[[str], Any]
LABELS = ("O", "B-X", "I-X")
families = pytest.mark.parametrize("family", sorted(ENCODERS))


def tagging(*tokens: str, uid: str = "1") -> Tagging:
    return Tagging(uid=uid, cluster=uid, tokens=tokens, tags=tuple(LABELS[i % 3] for i in range(len(tokens))))


def read(features: Any) -> list[int]:
    """The words of one sentence in the order in which its features have them."""
    return [word for feature in features for _, word in feature.places]


@families
@pytest.mark.parametrize("code", ["en", "ru", "ar", "hi", "ko", "my"])
@pytest.mark.parametrize("max_length", [10, 17, 40])
def test_every_word_has_one_place_and_its_own_pieces(
    family: str, code: str, max_length: int, tokenizer_of: TokenizerOf
) -> None:
    tokenizer, example = tokenizer_of(family), tagging(*SENTENCES[code].split() * 3)
    wrapping = Wrapping.of(tokenizer)
    pieces = word_pieces(tokenizer, [example], max_length - len(wrapping))
    features = TAG.encode([example], LABELS, tokenizer, max_length).features
    assert read(features) == list(range(len(example.tokens)))
    inside: list[int] = []
    for feature in features:
        ids = feature.rows[0].ids
        assert len(ids) <= max_length
        assert ids == wrapping.wrap(ids[len(wrapping.gaps[0]) : len(ids) - len(wrapping.gaps[1])]).ids
        inside += ids[len(wrapping.gaps[0]) : len(ids) - len(wrapping.gaps[1])]
        for position, word in feature.places:
            assert ids[position] == pieces[example.tokens[word]][0]
            assert feature.target[position] == LABELS.index(example.tags[word])  # type: ignore[index]
        assert sum(target != UNSCORED for target in feature.target) == len(feature.places) == feature.units  # type: ignore[union-attr]
    assert inside == [piece for token in example.tokens for piece in pieces[token]]


@families
def test_a_short_sentence_reads_as_the_tokenizer_reads_it(family: str, tokenizer_of: TokenizerOf) -> None:
    tokenizer, words = tokenizer_of(family), ("old", "bridge", "мост", "पुल")
    (feature,) = TAG.encode([tagging(*words)], LABELS, tokenizer, 60).features
    prefix = " " if family in {"roberta", "modernbert"} else ""  # where a word after a space is another word
    assert list(feature.rows[0].ids) == tokenizer(prefix + " ".join(words))["input_ids"]


@families
def test_words_without_pieces_and_words_without_end(family: str, tokenizer_of: TokenizerOf) -> None:
    tokenizer = tokenizer_of(family)
    words = ("old", "\u200b\u00ad", "\x07", "x" * 400, "bridge")
    features = TAG.encode([tagging(*words)], LABELS, tokenizer, 24).features
    assert read(features) == [0, 1, 2, 3, 4]
    place = {word: feature.rows[0].ids[position] for feature in features for position, word in feature.places}
    assert place[3] == tokenizer.unk_token_id
    if family == "bert":  # whose normaliser drops control signs
        assert place[1] == place[2] == tokenizer.unk_token_id
    assert all(len(feature.rows[0]) <= 24 for feature in features)


def test_sentences_without_words(tokenizer_of: TokenizerOf) -> None:
    example = tagging()
    (feature,) = TAG.encode([example], LABELS, tokenizer_of("bert"), 24).features
    assert (feature.places, feature.units) == ((), 0)
    assert TAG.decode(example, LABELS, [feature], [np.zeros((2, 3))]).value == ()


@given(st.lists(st.integers(1, 12), max_size=40), st.integers(1, 12))
def test_windows_are_greedy_and_lose_nothing(lengths: list[int], limit: int) -> None:
    lengths = [min(length, limit) for length in lengths]
    found = windows(lengths, limit)
    assert [word for first, last in found for word in range(first, last)] == list(range(len(lengths)))
    for number, (first, last) in enumerate(found):
        assert sum(lengths[first:last]) <= limit
        if number + 1 < len(found):
            assert sum(lengths[first : last + 1]) > limit


@given(st.lists(st.text(min_size=1, max_size=5), max_size=8))
def test_token_spans_find_the_tokens(tokens: list[str]) -> None:
    joined = " ".join(tokens)
    assert [joined[start:end] for start, end in token_spans(tokens)] == tokens


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_the_answer_is_the_best_label_of_each_first_piece(data: st.DataObject, tokenizer_of: TokenizerOf) -> None:
    words = data.draw(st.lists(st.sampled_from(SENTENCES["en"].split()), min_size=1, max_size=30))
    example, draws = tagging(*words), np.random.default_rng(data.draw(st.integers(0, 2**32)))
    features = TAG.encode([example], LABELS, tokenizer_of("xlm-roberta"), 16).features
    outputs = [draws.normal(size=(feature.length, 3)) for feature in features]
    answer = TAG.decode(example, LABELS, features, outputs)
    best, gaps = {}, []
    for feature, output in zip(features, outputs, strict=True):
        for position, word in feature.places:
            ordered = sorted(output[position], reverse=True)
            best[word] = LABELS[list(output[position]).index(ordered[0])]
            gaps.append(ordered[0] - ordered[1])
    assert answer.value == tuple(best[word] for word in range(len(words)))
    assert answer.margin == pytest.approx(sum(gaps) / len(gaps))


def test_extra_words_are_read_but_nothing_is_asked_of_them(tokenizer_of: TokenizerOf) -> None:
    tokenizer = tokenizer_of("xlm-roberta")
    plain, longer = tagging("old", "bridge"), replace(tagging("old", "bridge"), extra=("@ono_7", "0x3f"))
    assert TAG.fields(longer) == {"tokens": "old bridge @ono_7 0x3f"}
    (before,), (after,) = (TAG.encode([each], LABELS, tokenizer, 60).features for each in (plain, longer))
    assert (after.places, after.units, TAG.gold(longer)) == (before.places, before.units, TAG.gold(plain))
    assert after.length > before.length
    assert [target for target in after.target if target != UNSCORED] == [0, 1]  # type: ignore[union-attr]
    answer = TAG.decode(longer, LABELS, [after], [np.eye(3)[np.zeros(after.length, dtype=int)]])
    assert answer.value == ("O", "O")


def test_extra_words_get_no_window_of_their_own(tokenizer_of: TokenizerOf) -> None:
    example = replace(tagging("old", "bridge"), extra=tuple(SENTENCES["ru"].split()) * 3)
    features = TAG.encode([example], LABELS, tokenizer_of("xlm-roberta"), 16).features
    assert read(features) == [0, 1]
    assert all(feature.places for feature in features)


def test_words_behind_the_last_become_extra_and_stay_so() -> None:
    example = tagging("New York", "is", "old")

    def changed(before: Tagging, edit: Edit) -> Tagging:
        return TAG.restore(before, Perturbed(TAG.item(before, "fixture", "test", "en"), {"tokens": (edit,)}))

    once = changed(example, Edit(15, 15, " @ono_7 x"))
    assert (once.tokens, once.tags, once.extra) == (example.tokens, example.tags, ("@ono_7", "x"))
    twice = changed(once, Edit(0, 1, "M"))
    assert (twice.tokens, twice.extra) == (("Mew York", "is", "old"), ("@ono_7", "x"))


def test_words_are_rewritten_with_their_tags() -> None:
    example = replace(tagging("a", "b", "c"), extra=("x",))
    item = TAG.item(example, "fixture", "test", "en")
    found = TAG.rewritten(example, Rewritten(item, ("c", "d", "a", "b"), ("I-X", "O", "O", "B-X")))
    assert (found.tokens, found.tags, found.extra) == (("c", "d", "a", "b"), ("I-X", "O", "O", "B-X"), ("x",))
    assert TAG.word_labels(example) == example.tags


def test_perturbed_words_keep_their_tags() -> None:
    most = dict.fromkeys(TypoEdit().levels.rates, (0.9,) * 5)
    for code, text in SENTENCES.items():
        example = tagging(*text.split(), uid=code)
        item = TAG.item(example, "fixture", "test", code)
        after = TAG.restore(example, sample(TypoEdit(), item, 5, seed=1, rates=most))
        assert after.tags == example.tags
        assert len(after.tokens) == len(example.tokens)
        assert all(token and not token.isspace() for token in after.tokens)
