"""What every objective of the catalogue must do. A new one is picked up by its name and told its neutral settings."""

import math
from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from crosswind import catalog
from crosswind.formats.base import Feature
from crosswind.models.batch import collate
from crosswind.models.model import Model
from crosswind.objectives.base import Objective, Step
from crosswind.objectives.erm import Erm
from crosswind.objectives.passes import Passes
from crosswind.train.batches import microbatches
from tests.train.conftest import one_thread  # noqa: F401
from tests.train.specimens import FORMS, PAD, features, tiny_model

NAMES = sorted(catalog.FAMILIES["objectives"])
INDEPENDENT = sorted(FORMS.keys() - {"retrieve"})  # a query's loss depends on the candidates of its microbatch

# Settings at which an objective is Erm, bit for bit, though it still makes all its passes.
NEUTRAL: dict[str, tuple[dict[str, object], ...]] = {
    "erm": ({},),
    "noise": ({"eps": 0.0}, *({"eps": 0.0, "unit": "absolute", "shape": shape} for shape in ("sphere", "gaussian"))),
    "fgm": (
        {"weight": 0.0},
        *({"eps": 0.0, "norm": norm} for norm in ("token-l2", "sequence-l2", "linf")),
        *({"eps": 0.0, "direction": "random", "dropout": dropout} for dropout in ("shared", "fresh", "off")),
        {"eps": 0.0, "where": "block"},
    ),
    "pgd": (
        {"weight": 0.0},
        *({"eps": 0.0, "norm": norm, "steps": 2} for norm in ("token-l2", "sequence-l2", "linf")),
        {"eps": 0.0, "init": "uniform", "direction": "random"},
    ),
    "freelb": ({"steps": 1}, *({"eps": 0.0, "steps": 2, "norm": norm} for norm in ("token-l2", "sequence-l2", "linf"))),
    "smoothness": (
        {"weight": 0.0},
        *({"weight": 0.0, "rule": rule, "divergence": "kl", "steps": 2} for rule in ("replace", "add")),
    ),
    "r3f": ({"weight": 0.0}, {"weight": 0.0, "detach": False, "shape": "normal"}),
    "rdrop": ({"weight": 0.0},),
    "consistency": ({"weight": 0.0}, {"weight": 0.0, "dropout": "off"}, {"weight": 0.0, "dropout": "shared"}),
    "sam": ({"rho": 0.0}, {"rho": 0.0, "adaptive": True}),
}
STEP = Step(seed=11, token_norm=0.8)


def make(name: str, **settings: object) -> Objective:
    found = catalog.load("objectives", name)(**settings)
    assert isinstance(found, Objective)
    return found


def update(
    objective: Objective, model: Model, data: Sequence[Feature], size: int | None = None
) -> tuple[float, dict[str, Tensor]]:
    """The loss and the gradient of one update, made as the loop makes them."""
    torch.manual_seed(7)
    model.train()
    model.zero_grad(set_to_none=True)
    micro = [collate(part, PAD) for part in microbatches(data, size)]
    outcome = objective.update(model, micro, STEP)
    for value in (outcome.loss, *outcome.measured.values()):
        assert not value.requires_grad
        assert value.shape == ()
    return float(outcome.loss), {name: tensor.grad for name, tensor in model.learned() if tensor.grad is not None}


def autograd(model: Model, data: Sequence[Feature]) -> tuple[float, dict[str, Tensor]]:
    """The same of the plain mean loss, in two lines of torch."""
    torch.manual_seed(7)
    model.train()
    named = dict(model.learned())
    loss = model.loss(collate(data, PAD))
    slopes = torch.autograd.grad(loss, list(named.values()), allow_unused=True)
    found = zip(named, slopes, strict=True)
    return float(loss.detach()), {name: slope for name, slope in found if slope is not None}


@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_finite(name: str, form: str, precision: str) -> None:
    model = tiny_model(form, dropout=0.1, precision=precision)
    loss, gradients = update(make(name), model, features(form, 10))
    assert math.isfinite(loss)
    assert all(torch.isfinite(gradient).all() for gradient in gradients.values())
    assert sum(float(gradient.norm()) for gradient in gradients.values()) > 0


@pytest.mark.parametrize("form", INDEPENDENT)
@pytest.mark.parametrize("name", NAMES)
def test_microbatches_change_nothing(name: str, form: str) -> None:
    model, data = tiny_model(form), features(form, 11)
    loss, gradients = update(make(name), model, data)
    largest = max(float(gradient.abs().max()) for gradient in gradients.values())
    for size in (1, 3, 10):
        other, found = update(make(name), model, data, size)
        assert other == pytest.approx(loss, rel=1e-5)
        assert found.keys() == gradients.keys()
        for key, gradient in gradients.items():
            assert torch.allclose(found[key], gradient, rtol=1e-4, atol=1e-6 * max(1.0, largest)), key


@pytest.mark.parametrize("name", NAMES)
def test_the_model_is_left_as_it_was(name: str) -> None:
    model, data = tiny_model(dropout=0.1), features("classify", 10)
    before = {key: tensor.detach().clone() for key, tensor in model.state_dict().items()}
    with torch.no_grad():
        model.eval()
        logits = model(collate(data, PAD))
    update(make(name), model, data, 4)
    model.eval()
    with torch.no_grad():
        assert torch.equal(model(collate(data, PAD)), logits)
    assert all(torch.equal(before[key], tensor) for key, tensor in model.state_dict().items())
    assert all(not tensor.is_inference() for tensor in model.parameters())


@pytest.mark.parametrize("mode", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_the_mode_is_left_as_it_was(name: str, mode: bool) -> None:
    model, data = tiny_model(dropout=0.1), features("classify", 10)
    model.train(mode)
    make(name).update(model, [collate(data, PAD)], STEP)
    assert all(part.training == mode for part in model.modules())


@pytest.mark.parametrize("name", NAMES)
def test_gradients_add_to_what_is_there(name: str) -> None:
    model, data = tiny_model(), features("classify", 6)
    batch = collate(data, PAD)
    _, gradients = update(make(name), model, data)
    for _, tensor in model.learned():
        tensor.grad = torch.ones_like(tensor)
    torch.manual_seed(7)
    make(name).update(model, [batch], STEP)
    for key, tensor in model.learned():
        expected = gradients.get(key, torch.zeros_like(tensor)) + 1
        assert tensor.grad is not None
        assert torch.allclose(tensor.grad, expected, atol=1e-5), key


@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize("dropout", [0.0, 0.1])
def test_erm_is_plain_autograd(form: str, dropout: float) -> None:
    model, data = tiny_model(form, dropout=dropout), features(form, 9)
    loss, gradients = update(Erm(), model, data)
    expected, slopes = autograd(model, data)
    assert loss == expected
    assert gradients.keys() == slopes.keys()
    assert all(torch.equal(gradients[key], slopes[key]) for key in slopes)


@pytest.mark.parametrize("name", NAMES)
def test_neutral_settings_are_erm(name: str) -> None:
    assert name in NEUTRAL, f"say in NEUTRAL at which settings {name!r} is Erm, or give it () if there are none"
    for settings in NEUTRAL[name]:
        for form in INDEPENDENT:
            model, data = tiny_model(form), features(form, 9)
            _, expected = update(Erm(), model, data)
            _, found = update(make(name, **settings), model, data)
            assert found.keys() == expected.keys()
            # Where embeddings are tied, a weight's gradient is a sum whose order two passes change.
            same = torch.allclose if (name, form) == ("rdrop", "mlm") else torch.equal
            assert all(same(found[key], expected[key]) for key in expected), (settings, form)


@pytest.mark.parametrize("name", NAMES)
def test_what_calls_itself_neutral_is_erm(name: str) -> None:
    for settings in ({}, *NEUTRAL[name]):
        neutral = make(name, **settings).neutral
        if neutral is None:
            assert name == "erm"
            continue
        model, data = tiny_model(), features("classify", 9)
        _, expected = update(Erm(), model, data)
        _, found = update(neutral, model, data)
        assert all(torch.allclose(found[key], expected[key], rtol=1e-5, atol=1e-7) for key in expected), settings


# Settings beside the default ones at which an objective makes another number of passes.
DEARER: dict[str, tuple[dict[str, object], ...]] = {
    "noise": ({"samples": 3},),
    "pgd": ({"steps": 1}, {"steps": 2, "init": "uniform"}),
    "freelb": ({"steps": 2},),
    "smoothness": ({"steps": 3},),
}


@pytest.mark.parametrize("name", NAMES)
def test_an_update_costs_as_many_passes_as_it_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    slope = Passes.slope
    monkeypatch.setattr(Passes, "slope", lambda self, loss, at: looks.append(self) or slope(self, loss, at))
    for settings in ({}, *DEARER.get(name, ())):
        looks.clear()
        objective = make(name, **settings)
        outcome = objective.update(tiny_model().train(), [collate(features("classify", 6), PAD)], STEP)
        forward = float(outcome.measured.get("forward_passes", 1))
        # every forward pass is gone back through once, with all gradients or only to look
        assert objective.cost == pytest.approx((forward + 2 * (forward - len(looks)) + len(looks)) / 3), settings
