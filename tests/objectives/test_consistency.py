"""Consistency: two readings of a text compared answer by answer, whatever their lengths."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from crosswind.formats.base import UNSCORED, Feature
from crosswind.formats.subwords import Tokens
from crosswind.models.batch import Batch, View, collate, collate_both
from crosswind.models.model import Model
from crosswind.objectives import divergence
from crosswind.objectives.base import Objective, Outcome, Step
from crosswind.objectives.consistency import Consistency
from crosswind.objectives.erm import Erm
from tests.train.conftest import one_thread  # noqa: F401
from tests.train.specimens import PAD, features, tiny_model

STEP = Step(seed=11, token_norm=0.8)
FORMS = ["classify", "choose", "tag", "span"]


def longer(feature: Feature, by: int) -> Feature:
    """The same with so many sub-words before everything but the first."""
    rows = tuple(
        Tokens((row.ids[0], *range(20, 20 + by), *row.ids[1:]), (0,) * (len(row) + by)) for row in feature.rows
    )
    target: Any = feature.target
    if feature.places and len(feature.places[0]) == 2:
        target = (target[0], *(UNSCORED,) * by, *target[1:])
    elif feature.places:
        target = (target[0] + by, target[1] + by)
    return replace(feature, rows=rows, target=target, places=tuple((p + by, *rest) for p, *rest in feature.places))


def view(feature: Feature, number: int) -> View:
    """A view with other sub-words; every fourth has nothing in common, where words are compared."""
    other = longer(feature, 1 + number % 3)
    if not feature.places:
        return View(other, feature.units)
    own = [(place[0], word) for word, place in enumerate(feature.places)]
    its = [(place[0], word) for word, place in enumerate(other.places)]
    kept = 0 if number % 4 == 3 else len(own) - number % 2
    terms = kept if len(feature.places[0]) == 2 else int(kept > 0)
    return View(other, terms, tuple(own[:kept]), tuple(its[:kept]))


def both(form: str, count: int = 9) -> tuple[list[Feature], list[View]]:
    found = features(form, count)
    return found, [view(feature, number) for number, feature in enumerate(found)]


def update(objective: Objective, model: Model, batches: list[Batch]) -> tuple[Outcome, dict[str, Tensor]]:
    torch.manual_seed(7)
    model.train()
    model.zero_grad(set_to_none=True)
    outcome = objective.update(model, batches, STEP)
    return outcome, {name: tensor.grad for name, tensor in model.learned() if tensor.grad is not None}


@pytest.mark.parametrize("form", [*FORMS, "retrieve"])
@pytest.mark.parametrize("dropout", ["fresh", "shared", "off"])
def test_neutral_weights_are_erm_bit_for_bit(form: str, dropout: Any) -> None:
    own, views = both(form)
    _, expected = update(Erm(), tiny_model(form), [collate(own, PAD)])
    objective = Consistency(weight=0.0, view_weight=0.0, dropout=dropout)
    outcome, found = update(objective, tiny_model(form), [collate_both(own, views, PAD)])
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert float(outcome.measured["divergence"]) > 0
    assert float(outcome.measured["forward_passes"]) == 2


@pytest.mark.parametrize("form", FORMS)
def test_microbatches_change_nothing(form: str) -> None:
    own, views = both(form, 11)
    objective = Consistency(weight=0.7, view_weight=0.3)
    model = tiny_model(form)
    whole, expected = update(objective, model, [collate_both(own, views, PAD)])
    expected = {name: slope.clone() for name, slope in expected.items()}
    largest = max(float(slope.abs().max()) for slope in expected.values())
    for size in (1, 4):
        cuts = range(0, 11, size)
        parts = [collate_both(own[cut : cut + size], views[cut : cut + size], PAD) for cut in cuts]
        outcome, found = update(objective, model, parts)
        for name, slope in expected.items():
            assert torch.allclose(found[name], slope, rtol=1e-4, atol=2e-6 * max(1.0, largest)), name
        for name, value in {**whole.measured, "loss": whole.loss}.items():
            other = outcome.loss if name == "loss" else outcome.measured[name]
            assert float(other) == pytest.approx(float(value), rel=1e-4, abs=1e-6), name


def test_the_loss_by_hand() -> None:
    own, views = both("classify")
    model = tiny_model()
    outcome, found = update(Consistency(weight=0.7, view_weight=0.3), model, [collate_both(own, views, PAD)])
    batch, other = collate(own, PAD), collate([each.feature for each in views], PAD)
    one, two = model(batch), model(other)
    p, q = torch.log_softmax(one, -1), torch.log_softmax(two, -1)
    jeffreys = ((p.exp() - q.exp()) * (p - q)).sum(-1).mean()
    loss = model.loss_of(one, batch) + 0.7 * jeffreys + 0.3 * model.loss_of(two, other)
    assert float(outcome.loss) == pytest.approx(float(loss.detach()), rel=1e-5)
    assert float(outcome.measured["loss_view"]) == pytest.approx(float(model.loss_of(two, other).detach()), rel=1e-5)
    slopes = torch.autograd.grad(loss, [tensor for name, tensor in model.learned() if name in found])
    for slope, name in zip(slopes, found, strict=True):
        assert torch.allclose(found[name], slope, rtol=1e-4, atol=1e-6), name


def test_tags_are_compared_word_by_word() -> None:
    own, views = both("tag", 4)
    model, batch = tiny_model("tag").eval(), collate_both(own, views, PAD)
    assert batch.view is not None
    one, two = model.compared(model(batch), batch), model.compared(model(batch.view), batch.view)
    expected, row = [], 0
    for number, each in enumerate(views):
        assert each.own is not None
        for position, _ in each.own:
            expected.append((model(batch)[number, position], model(batch.view)[number, position + 1 + number % 3]))
            row += 1
    assert len(one) == len(two) == row == batch.terms
    assert torch.allclose(one, torch.log_softmax(torch.stack([first for first, _ in expected]), -1))
    assert torch.allclose(two, torch.log_softmax(torch.stack([second for _, second in expected]), -1))
    assert batch.skipped == 1


def test_words_that_changed_places_are_compared_with_themselves() -> None:
    (own,) = features("tag", 1)
    marks = tuple(own.places)
    turned = tuple((position, word) for (position, _), (_, word) in zip(marks, marks[::-1], strict=True))
    batch = collate_both([own], [View(own, len(marks), marks, turned)], PAD)
    model = tiny_model("tag").eval()
    assert batch.view is not None
    straight, back = model.compared(model(batch), batch), model.compared(model(batch.view), batch.view)
    assert torch.equal(back, straight.flip(0))


def test_spans_are_compared_by_what_whole_words_are_given() -> None:
    own, views = both("span", 4)
    grouped = tuple((position, (position - 1) // 2) for position, *_ in own[0].places)
    views[0] = View(own[0], 1, grouped, grouped)
    batch, model = collate_both(own, views, PAD), tiny_model("span").eval()
    found = model.compared(model(batch), batch)
    assert len(found) == 2 * batch.terms == 6
    assert torch.allclose(found.exp().sum(-1), torch.ones(6), atol=1e-5)
    chances = torch.softmax(model(batch)[0], 0).detach()
    found = found.detach()
    assert float(found[0, 0].exp()) == pytest.approx(float(chances[1:3, 0].sum()), rel=1e-4)
    assert float(found[1, 1].exp()) == pytest.approx(float(chances[3:5, 1].sum()), rel=1e-4)


def test_nothing_to_compare_is_no_divergence() -> None:
    for form in ("tag", "span"):
        own = features(form, 3)
        views = [View(longer(feature, 2), 0, (), ()) for feature in own]
        outcome, found = update(Consistency(), tiny_model(form), [collate_both(own, views, PAD)])
        assert float(outcome.measured["divergence"]) == 0
        assert float(outcome.measured["skipped_share"]) == 1
        assert all(torch.isfinite(slope).all() for slope in found.values())
        _, expected = update(Erm(), tiny_model(form), [collate(own, PAD)])
        assert all(torch.allclose(found[name], expected[name], rtol=1e-5, atol=1e-7) for name in expected)


def after_steps(weight: float) -> float:
    """How far apart answers are after some steps down the gradient."""
    own, views = both("classify", 16)
    model, batch = tiny_model(), collate_both(own, views, PAD)
    for _ in range(40):
        _, found = update(Consistency(weight=weight), model, [batch])
        with torch.no_grad():
            for name, tensor in model.learned():
                if name in found:
                    tensor -= 0.05 * found[name]
    return float(update(Consistency(weight=weight), model, [batch])[0].measured["divergence"])


def test_agreement_is_learned() -> None:
    assert after_steps(20.0) < 0.5 * after_steps(0.0)


def test_two_distributions_by_hand() -> None:
    p, q = torch.tensor([[0.25, 0.75]]).log(), torch.tensor([[0.5, 0.5]]).log()
    expected = -0.25 * torch.log(torch.tensor(0.5)) + 0.25 * torch.log(torch.tensor(1.5))
    assert float(divergence.symmetric(p, q)) == pytest.approx(float(expected), rel=1e-5)
