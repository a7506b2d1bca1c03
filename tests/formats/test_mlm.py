"""Raw text with hidden words: what is hidden, that nothing is lost, and what a guess is worth."""

import math
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from crosswind.evaluate.metrics import METRICS
from crosswind.formats import MLM
from crosswind.formats.base import UNSCORED
from crosswind.formats.mlm import SHARE, Guesses, Passage, mask_of, special_ids, unmasked
from tests.formats.specimens import SPECIMENS
from tests.tiny import ENCODERS

PASSAGES = SPECIMENS["mlm"]().examples
families = pytest.mark.parametrize("family", sorted(ENCODERS))


@families
@pytest.mark.parametrize("max_length", [12, 256])
def test_text_comes_back_whole_whatever_is_hidden(
    family: str, max_length: int, tokenizer_of: Callable[[str], Any]
) -> None:
    tokenizer = tokenizer_of(family)
    features = MLM.encode(PASSAGES, (), tokenizer, max_length).features
    assert (len(features) > len(PASSAGES)) == (max_length == 12)
    for index, passage in enumerate(PASSAGES):
        own = [unmasked(feature) for feature in features if feature.example == index]
        special = special_ids(tokenizer) - {tokenizer.unk_token_id}
        ids = [token for feature in own for token in feature.rows[0].ids if token not in special]
        assert ids == tokenizer(passage.text, add_special_tokens=False)["input_ids"]


@families
def test_a_share_of_the_words_is_hidden_and_nothing_else(family: str, tokenizer_of: Callable[[str], Any]) -> None:
    tokenizer = tokenizer_of(family)
    mask, special = mask_of(tokenizer), special_ids(tokenizer)
    for feature in MLM.encode(PASSAGES, (), tokenizer, 256).features:
        (row,), target = feature.rows, feature.target
        assert target == row.hidden
        hidden = [place for place, true in enumerate(row.hidden) if true != UNSCORED]
        assert feature.units == len(hidden) == max(1, round(SHARE * len(feature.places)))
        assert {row.ids[place] for place in hidden} == {mask}
        assert not {row.hidden[place] for place in hidden} & special
        assert set(hidden) <= {place for (place,) in feature.places}


def test_what_an_evaluation_hides_hangs_on_the_example_alone(tokenizer_of: Callable[[str], Any]) -> None:
    tokenizer = tokenizer_of("bert")
    once = MLM.encode(PASSAGES, (), tokenizer, 256).features
    again = MLM.encode(PASSAGES[::-1], (), tokenizer, 256).features[::-1]
    assert [feature.rows for feature in once] == [feature.rows for feature in again]
    other = MLM.encode([replace(each, uid=f"{each.uid}x") for each in PASSAGES], (), tokenizer, 256).features
    assert sum(one.rows != two.rows for one, two in zip(once, other, strict=True)) > len(once) // 2


def test_special_words_in_a_text_are_never_hidden(tokenizer_of: Callable[[str], Any]) -> None:
    tokenizer = tokenizer_of("bert")
    passage = Passage(uid="1", cluster="1", text="[SEP] [MASK] [CLS] the [PAD]")
    (feature,) = MLM.encode([passage], (), tokenizer, 64).features
    assert {unmasked(feature).rows[0].ids[place] for (place,) in feature.places}.isdisjoint(tokenizer.all_special_ids)
    assert feature.units == 1
    (bare,) = MLM.encode([replace(passage, text="[MASK] [SEP]")], (), tokenizer, 64).features
    assert (bare.units, set(bare.rows[0].hidden)) == (0, {UNSCORED})


def test_scores_are_the_share_of_right_guesses_and_their_mean_probability() -> None:
    metric = METRICS["hidden_words"]
    rows = [
        metric.measure("a", Guesses(1, -math.log(0.5), 1), "en"),
        metric.measure("b", Guesses(0, -2 * math.log(0.1), 2), "en"),
    ]
    scores = metric.scores(metric.totals(rows))
    assert scores["accuracy"] == pytest.approx(100 / 3)
    assert scores["probability"] == pytest.approx(100 * (0.5 * 0.1 * 0.1) ** (1 / 3))
    assert metric.scores(metric.totals([])) == {"accuracy": 0.0, "probability": 0.0}


def test_empty_text_and_labels_to_shuffle_are_refused() -> None:
    with pytest.raises(ValueError, match="example '1' is empty"):
        MLM.check(Passage(uid="1", cluster="1", text=" "), ())
    with pytest.raises(ValueError, match="no labels"):
        MLM.relabel(PASSAGES, Random(1))
