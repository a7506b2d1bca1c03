"""What radii are measured by, by hand on embeddings whose distances are known."""

import math
from typing import Any

import pytest
import torch

from crosswind import pocket
from crosswind.distances import MOST_PIECES, Distances, seen
from crosswind.models.backbone import load_encoder, load_tokenizer, local
from crosswind.models.batch import collate
from crosswind.models.model import Model
from crosswind.objectives.base import Step
from crosswind.objectives.fgm import Fgm
from crosswind.objectives.freelb import Freelb
from crosswind.objectives.pgd import Pgd
from crosswind.perturbations.dictionary import Files, PocketLexicon
from crosswind.train.rows import plain
from crosswind.train.yardstick import Apart, Yardstick, apart, measured_by
from tests.train.specimens import features, tiny_model

LINE = {5: 0.0, 6: 10.0, 7: 1.0, 8: 13.0, 9: 4.0, 10: 26.0}  # where embeddings lie on one axis


@pytest.fixture
def model() -> Model:
    made = tiny_model()
    with torch.no_grad():
        made.encoder.words.weight.zero_()
        for token, place in LINE.items():
            made.encoder.words.weight[token, 3] = place
    return made


def test_medians_over_pairs_and_over_the_nearest_words_that_are_no_translation(model: Model) -> None:
    # from 0 to its translation 1; from 10 to 13; from the mean of 0 and 26 (13) to the mean of 4 and 26 (15)
    words = [((5,), (7,)), ((6,), (8,)), ((5, 10), (9, 10))]
    # nearest others: 0 -> 13; 10 -> 15; 13 -> 13
    assert apart(model, words) == Apart(translation=2.0, other=5.0, pairs=3)


def test_a_word_with_two_translations_is_nobodys_wrong_word(model: Model) -> None:
    words = [((5,), (7,)), ((5,), (9,)), ((6,), (8,))]
    found = apart(model, words)
    assert found.translation == 3.0  # 1, 4 and 3
    assert found.other == pytest.approx((13 + 6) / 2)  # 0 -> 13, since 1 and 4 translate it; 10 -> 4


def test_the_median_is_over_languages_not_over_pairs(model: Model) -> None:
    words = {"x": [((5,), (7,))] * 9, "y": [((6,), (8,))], "z": [((5,), (9,))]}
    found = measured_by(model, plain(features("classify", 8)), words=words)
    assert found.translation == 3.0
    assert found.facts["translation"] == 3.0
    assert found.facts["languages"]["z"]["pairs"] == 1


def test_without_a_dictionary_nothing_is_said(model: Model) -> None:
    found = measured_by(model, plain(features("classify", 8)))
    assert found.translation == 0.0
    assert found.told({"delta_l2": 2.0}) == {"delta_l2": 2.0}
    assert found.facts["translation"] is None


def test_a_log_says_how_far_on_the_way_to_a_translation() -> None:
    yardstick = Yardstick(1.0, {"x": Apart(4.0, 6.0, 3)})
    assert yardstick.told({"delta_l2": 2.0, "loss": 1.0}) == {"delta_l2": 2.0, "loss": 1.0, "delta_translation": 0.5}
    assert yardstick.told({"loss": 1.0}) == {"loss": 1.0}


STEP = Step(seed=1, token_norm=2.0, translation=5.0)


def test_a_radius_is_in_multiples_of_its_unit() -> None:
    found = {unit: Fgm(eps=0.5, unit=unit).radius(STEP) for unit in ("token-norm", "translation", "absolute")}
    assert found == {"token-norm": 1.0, "translation": 2.5, "absolute": 0.5}


def test_strides_are_in_the_same_unit() -> None:
    assert Pgd(eps=0.5, unit="translation", stride=0.2).leap(STEP) == 1.0
    assert Freelb(eps=0.4, unit="translation", steps=3).leap(STEP) == pytest.approx(1.5 * 2.0 / 3)


def test_tokens_move_as_far_as_the_unit_says() -> None:
    model = tiny_model()
    outcome = Fgm(eps=0.5, unit="translation").update(model, [collate(features("classify", 6), 1)], STEP)
    assert float(outcome.measured["delta_l2"]) == pytest.approx(2.5, rel=1e-5)
    assert 0.0 <= float(outcome.measured["flip_share"]) <= 1.0


def test_a_translation_is_no_unit_behind_the_embeddings() -> None:
    with pytest.raises(ValueError, match="where must be word"):
        Fgm(unit="translation", where="block")


# Words


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return load_tokenizer(local(pocket.ENCODER))


def test_words_are_read_as_inside_a_sentence_and_long_ones_are_none(tokenizer: Any) -> None:
    word = next(PocketLexicon().pairs("solvane", "zhelnik", {}))[0]
    sentence = tokenizer(f"{word} {word}", add_special_tokens=False)["input_ids"]
    one, other = seen(tokenizer, [word, "q" * 60])
    assert one == tuple(sentence[len(sentence) - len(one) :])
    assert len(one) <= MOST_PIECES < len(tokenizer.tokenize("q" * 60))
    assert other == ()


def test_pockets_own_words_are_measured_in_every_language_but_the_source(tokenizer: Any) -> None:
    found = Distances(dictionary=PocketLexicon(), languages=("solvane", "zhelnik", "quenzo"))
    words = found.words("solvane", tokenizer, {})
    assert set(words) == {"zhelnik", "quenzo"}
    assert all(1 <= len(side) <= MOST_PIECES for own in words.values() for pair in own for side in pair)
    assert all(len(own) > 50 for own in words.values())


def test_what_a_dictionary_lacks_is_no_part_of_what_radii_hang_on() -> None:
    files = {"de-en.tsv": "a" * 64, "en-fr.tsv": "b" * 64, "fr-de.tsv": "c" * 64}
    found = Distances(dictionary=Files(contents=files), languages=("en", "de", "fr", "sw")).from_("en")
    assert found.languages == ("de", "fr")
    assert found.dictionary == Files(contents={"de-en.tsv": "a" * 64, "en-fr.tsv": "b" * 64})


def test_translations_lie_apart_in_pockets_encoder(tokenizer: Any) -> None:
    model = tiny_model()
    model.encoder = load_encoder(local(pocket.ENCODER))
    words = Distances(dictionary=PocketLexicon(), languages=("zhelnik",)).words("solvane", tokenizer, {})
    found = apart(model, words["zhelnik"])
    assert found.pairs == len(words["zhelnik"])
    assert 0 < found.other < math.inf
    assert found.translation > 0
