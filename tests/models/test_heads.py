"""Each head's loss against the same loss written out by hand, and what it hands to decoding."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch

from crosswind.formats import FORMATS
from crosswind.formats.base import UNSCORED, Feature
from crosswind.formats.retrieve import Pooling
from crosswind.formats.subwords import Tokens
from crosswind.methods.full import Full
from crosswind.models.backbone import load_encoder, local
from crosswind.models.batch import Batch, collate
from crosswind.models.heads import (
    HEADS,
    ChooseHead,
    ClassifyHead,
    Head,
    RetrieveHead,
    SpanHead,
    TagHead,
    num_scores,
)
from crosswind.models.model import Model
from tests.tiny import WIDTH

PAD = 1
LABELS = 3
TAGGED = ((1, 0), (3, 1))


def row(*ids: int) -> Tokens:
    return Tokens(ids, (0,) * len(ids))


def make(kind: Callable[..., Head], dropout: float = 0.0, seed: int = 1, labels: int = LABELS) -> Head:
    return kind(WIDTH, labels, dropout, torch.Generator().manual_seed(seed))


FEATURES: dict[str, list[Feature]] = {
    "classify": [Feature(0, (row(0, 5, 6, 2),), 2), Feature(1, (row(0, 7, 2),), 0), Feature(2, (row(0, 2),), 1)],
    "choose": [
        Feature(0, (row(0, 5, 2), row(0, 6, 7, 2)), 1),
        Feature(1, (row(0, 8, 2), row(0, 9, 9, 9, 2), row(0, 4, 2), row(0, 2)), 3),
        Feature(2, (row(0, 8, 5, 2), row(0, 9, 2)), 0),
    ],
    "tag": [
        Feature(0, (row(0, 5, 6, 7, 2),), (UNSCORED, 2, UNSCORED, 1, UNSCORED), TAGGED, units=2),
        Feature(1, (row(0, 8, 2),), (UNSCORED, 0, UNSCORED), ((1, 0),), units=1),
        Feature(2, (row(0, 2),), (UNSCORED, UNSCORED), (), units=0),
    ],
    "span": [
        Feature(0, (row(0, 5, 2, 6, 7, 2),), (3, 4), ((3, 0, 2), (4, 3, 5))),
        Feature(0, (row(0, 5, 2, 8, 2),), (0, 0), ((3, 4, 6),)),
        Feature(1, (row(0, 9, 2, 7, 2),), (3, 3), ((3, 0, 4),)),
    ],
    "retrieve": [
        Feature(0, (row(0, 5, 2), row(0, 6, 7, 2))),
        Feature(1, (row(0, 8, 9, 2), row(0, 9, 2))),
        Feature(2, (row(0, 4, 2), row(0, 6, 7, 2))),
    ],
    "mine": [Feature(0, (row(0, 5, 2),)), Feature(1, (row(0, 8, 9, 2),)), Feature(2, (row(0, 4, 2),))],
}
FEATURES["span_or_null"] = FEATURES["span"]
HIDING = [
    Feature(0, (row(0, 4, 6, 4, 2),), (UNSCORED, 9, UNSCORED, 7, UNSCORED), units=2),
    Feature(1, (row(0, 4, 2),), (UNSCORED, 8, UNSCORED), units=1),
    Feature(2, (row(0, 5, 2),), (UNSCORED, UNSCORED, UNSCORED), units=0),
]
FEATURES["mlm"] = HIDING

# What some features may have besides: rows that no loss of retrieval sees.
OTHERS: tuple[tuple[Tokens, ...], ...] = ((row(0, 3, 2), row(0, 9, 9, 8, 7, 2)), (), (row(0, 9, 2),))


@pytest.fixture
def model_for(tiny_encoder: Callable[[str], Path]) -> Callable[[str], Model]:
    def build(form: str) -> Model:
        encoder = load_encoder(local(tiny_encoder("xlm-roberta")), dropout=0.0)
        return Model(encoder, make(HEADS[form], labels=num_scores(form, LABELS, encoder)), Full())

    return build


def told(model: Model, batch: Batch) -> list[torch.Tensor]:
    """What decoding gets."""
    return model.head.per_feature(model.head.summary(model(batch), batch), batch)


def log_softmax(scores: Any) -> Any:
    scores = np.asarray(scores, dtype=np.float64)
    return scores - scores.max() - math.log(np.exp(scores - scores.max()).sum())


def logits_of(model: Model, batch: Batch) -> Any:
    return model(batch).detach().double().numpy()


def test_every_format_has_a_head_and_none_is_a_subclass_of_another() -> None:
    assert HEADS.keys() == FORMATS.keys()
    for kind in HEADS.values():
        assert isinstance(kind, type)
        assert kind.__bases__ == (Head,)
    with pytest.raises(TypeError):
        Head()  # type: ignore[abstract]


def test_classify_loss(model_for: Callable[[str], Model]) -> None:
    model, batch = model_for("classify"), collate(FEATURES["classify"], PAD)
    logits = logits_of(model, batch)
    assert logits.shape == (3, LABELS)
    by_hand = -np.mean([log_softmax(logits[0])[2], log_softmax(logits[1])[0], log_softmax(logits[2])[1]])
    assert model.loss(batch).item() == pytest.approx(by_hand, abs=1e-6)


def test_choose_loss_with_different_numbers_of_choices(model_for: Callable[[str], Model]) -> None:
    model, batch = model_for("choose"), collate(FEATURES["choose"], PAD)
    logits = logits_of(model, batch)
    assert logits.shape == (3, 4)
    chosen = [log_softmax(logits[0, :2])[1], log_softmax(logits[1])[3], log_softmax(logits[2, :2])[0]]
    assert model.loss(batch).item() == pytest.approx(-np.mean(chosen), abs=1e-6)
    assert torch.softmax(model(batch), -1)[0, 2:].tolist() == [0.0, 0.0]


def test_choices_score_alone_as_together(model_for: Callable[[str], Model]) -> None:
    model, features = model_for("choose").eval(), FEATURES["choose"]
    batch = collate(features, PAD)
    together = model.head.per_feature(model(batch), batch)
    for feature, scores in zip(features, together, strict=True):
        alone = collate([feature], PAD)
        torch.testing.assert_close(scores, model(alone)[0], rtol=0, atol=1e-5)
        assert len(scores) == len(feature.rows)


def test_tag_loss_counts_words_once(model_for: Callable[[str], Model]) -> None:
    model, batch = model_for("tag"), collate(FEATURES["tag"], PAD)
    logits = logits_of(model, batch)
    words = [log_softmax(logits[0, 1])[2], log_softmax(logits[0, 3])[1], log_softmax(logits[1, 1])[0]]
    assert model.loss(batch).item() == pytest.approx(-np.mean(words), abs=1e-6)


def test_a_batch_without_words_costs_nothing(model_for: Callable[[str], Model]) -> None:
    assert model_for("tag").loss(collate(FEATURES["tag"][2:], PAD)).item() == 0.0


def test_span_loss_is_the_mean_of_start_and_end(model_for: Callable[[str], Model]) -> None:
    model, batch = model_for("span"), collate(FEATURES["span"], PAD)
    logits = logits_of(model, batch)
    costs = []
    for features, scores in zip(FEATURES["span"], logits, strict=True):
        assert isinstance(features.target, tuple)
        own = scores[: features.length]
        costs.append((log_softmax(own[:, 0])[features.target[0]] + log_softmax(own[:, 1])[features.target[1]]) / 2)
    assert model.loss(batch).item() == pytest.approx(-np.mean(costs), abs=1e-6)


def test_retrieve_loss_leaves_out_copies_of_the_right_candidate(model_for: Callable[[str], Model]) -> None:
    model, batch = model_for("retrieve"), collate(FEATURES["retrieve"], PAD)
    vectors = logits_of(model, batch)
    similarity = 100.0 * vectors[:, 0] @ vectors[:, 1].T
    assert np.allclose(np.linalg.norm(vectors, axis=-1), 1)
    by_hand = -np.mean(
        [
            log_softmax(similarity[0, [0, 1]])[0],  # candidates 0 and 2 are one text
            log_softmax(similarity[1])[1],
            log_softmax(similarity[2, [1, 2]])[1],
        ]
    )
    assert model.loss(batch).item() == pytest.approx(by_hand, rel=1e-4)


def test_retrieve_loss_knows_no_other_candidates(model_for: Callable[[str], Model]) -> None:
    model = model_for("retrieve").train()
    wide = [replace(each, rows=(*each.rows, *more)) for each, more in zip(FEATURES["retrieve"], OTHERS, strict=True)]
    losses, gradients = [], []
    for features in (FEATURES["retrieve"], wide):
        model.zero_grad()
        loss = model.loss(collate(features, PAD))
        loss.backward()  # type: ignore[no-untyped-call]
        losses.append(loss.item())
        gradients.append({name: tensor.grad.clone() for name, tensor in model.learned() if tensor.grad is not None})
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    for name, gradient in gradients[0].items():
        torch.testing.assert_close(gradients[1][name], gradient, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("pooling", get_args(Pooling))
def test_vectors_are_of_length_one_and_pooled_as_told(pooling: Pooling, model_for: Callable[[str], Model]) -> None:
    model = model_for("retrieve").eval()
    model.head = RetrieveHead(WIDTH, 0, 0.0, torch.Generator(), pooling)
    features = FEATURES["retrieve"]
    with torch.no_grad():
        vectors = logits_of(model, collate(features, PAD))
        for feature, rows in zip(features, vectors, strict=True):
            for tokens, vector in zip(feature.rows, rows, strict=True):
                batch = collate([Feature(0, (tokens,))], PAD)
                hidden = model.encoder(batch.ids_RL, batch.mask_RL, batch.types_RL)[0].double().numpy()
                by_hand = hidden.mean(0) if pooling == "mean" else hidden[0]  # this encoder's own is its first
                np.testing.assert_allclose(vector, by_hand / np.linalg.norm(by_hand), atol=1e-5)


@pytest.mark.parametrize("form", ["choose", "retrieve"])
def test_rows_give_alone_what_they_give_together(form: str, model_for: Callable[[str], Model]) -> None:
    model = model_for(form).eval()
    wide = [replace(each, rows=(*each.rows, *more)) for each, more in zip(FEATURES[form], OTHERS, strict=True)]
    batch = collate(wide, PAD)
    with torch.no_grad():
        together = model.head.per_feature(model(batch), batch)
        for feature, found in zip(wide, together, strict=True):
            alone = [collate([Feature(0, (tokens,))], PAD) for tokens in feature.rows]
            parts = [model.head.per_feature(model(each), each)[0] for each in alone]
            torch.testing.assert_close(found, torch.cat(parts), rtol=0, atol=1e-5)


def test_the_tower_has_one_learned_number(model_for: Callable[[str], Model]) -> None:
    head = make(RetrieveHead)
    assert [(name, tensor.item()) for name, tensor in head.named_parameters()] == [("scale", 100.0)]
    model = model_for("retrieve")
    model.loss(collate(FEATURES["retrieve"], PAD)).backward()
    assert model.head.scale.grad.abs() > 0  # type: ignore[union-attr,operator]


def test_hidden_words_are_scored_by_the_word_embeddings_themselves(model_for: Callable[[str], Model]) -> None:
    model, batch = model_for("mlm"), collate(HIDING, PAD)
    logits = logits_of(model, batch)
    assert logits.shape == (3, model.encoder.vocabulary)
    by_hand = -np.mean([log_softmax(logits[i])[word] for i, word in enumerate((9, 7, 8))])
    assert model.loss(batch).item() == pytest.approx(by_hand, abs=1e-5)
    with torch.no_grad():
        model.encoder.words.weight[8] *= 2.0  # type: ignore[index,operator]  # one table serves both ends
    assert logits_of(model, batch)[0, 8] == pytest.approx(2 * logits[0, 8], abs=1e-5)
    names = [name for name, _ in model.head.named_parameters()]
    assert names == ["bias", "dense.weight", "dense.bias", "norm.weight", "norm.bias"]


def test_text_without_hidden_words_costs_nothing(model_for: Callable[[str], Model]) -> None:
    assert model_for("mlm").loss(collate(HIDING[2:], PAD)).item() == 0.0


def test_what_decoding_gets_of_hidden_words(model_for: Callable[[str], Model]) -> None:
    model, batch = model_for("mlm").eval(), collate(HIDING, PAD)
    logits = logits_of(model, batch)
    rows = torch.cat(told(model, batch)).tolist()
    for scores, word, (cost, is_best, gap) in zip(logits, (9, 7, 8), rows, strict=True):
        ordered = np.sort(scores)
        assert cost == pytest.approx(log_softmax(scores)[word], abs=1e-5)
        assert is_best == float(scores.argmax() == word)
        assert gap == pytest.approx(ordered[-1] - ordered[-2], abs=1e-5)


@pytest.mark.parametrize("form", ["classify", "choose", "tag", "span", "mlm"])
@pytest.mark.parametrize("size", [1, 2])
def test_gradients_do_not_depend_on_microbatches(form: str, size: int, model_for: Callable[[str], Model]) -> None:
    features = FEATURES[form]
    whole, parts = model_for(form).train(), model_for(form).train()
    batch = collate(features, PAD)
    whole.loss(batch).backward()
    loss = 0.0
    for start in range(0, len(features), size):
        part = collate(features[start : start + size], PAD)
        weighted = parts.loss(part) * (part.units / batch.units)
        weighted.backward()
        loss += weighted.item()
    assert loss == pytest.approx(whole.loss(batch).item(), abs=1e-5)
    for (name, one), (_, other) in zip(whole.learned(), parts.learned(), strict=True):
        assert one.grad is not None, name
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("form", sorted(HEADS))
def test_decoding_gets_no_padding_and_loses_nothing(form: str, model_for: Callable[[str], Model]) -> None:
    model, features = model_for(form).eval(), FEATURES[form]
    batch = collate(features, PAD)
    with torch.no_grad():
        found = told(model, batch)
        alone = [told(model, collate([each], PAD))[0] for each in features]
    shapes = {
        "classify": [(LABELS,)] * 3,  # also where a text has fewer sub-words than the task has labels
        "choose": [(len(each.rows),) for each in features],
        "tag": [(each.length, LABELS) for each in features],
        "span": [(each.length, 2) for each in features],
        "span_or_null": [(each.length, 2) for each in features],
        "retrieve": [(2, WIDTH)] * 3,
        "mine": [(1, WIDTH)] * 3,
        "mlm": [(each.units, 3) for each in features],
    }
    assert [tuple(each.shape) for each in found] == shapes[form]
    for one, other in zip(found, alone, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", [ClassifyHead, ChooseHead, TagHead, SpanHead])
def test_heads_are_drawn_from_their_generator_alone(kind: Callable[..., Head]) -> None:
    torch.manual_seed(1)
    first = dict(make(kind).named_parameters())
    state = torch.get_rng_state()
    again = dict(make(kind).named_parameters())
    assert torch.equal(state, torch.get_rng_state())
    other = dict(make(kind, seed=2).named_parameters())
    assert all(torch.equal(first[name], again[name]) for name in first)
    weights = [name for name in first if name.endswith("weight")]
    assert weights
    assert not any(torch.equal(first[name], other[name]) for name in weights)
    assert all(0.01 < first[name].std().item() < 0.04 for name in weights)
    assert all(first[name].abs().max() == 0 for name in first if name.endswith("bias"))


def test_dropout_is_the_one_given() -> None:
    rates = [module.p for module in make(ClassifyHead, 0.4).modules() if isinstance(module, torch.nn.Dropout)]
    assert rates == [0.4]


@pytest.mark.parametrize("form", ["choose", "span"])
def test_divergences_between_padded_logits_are_numbers(form: str, model_for: Callable[[str], Model]) -> None:
    logits = model_for(form)(collate(FEATURES[form], PAD))
    one, other = torch.log_softmax(logits, 1), torch.log_softmax(logits * 2, 1)
    assert torch.isfinite((one.exp() * (one - other)).sum())
