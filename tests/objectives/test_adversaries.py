"""Objectives that climb or pull, against their definitions in double precision and against each other."""

import copy
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.head import Head as HeadOnly
from crosswind.models.batch import Batch, collate
from crosswind.models.model import Model
from crosswind.objectives import divergence
from crosswind.objectives.base import Objective, Outcome, Step
from crosswind.objectives.displacement import ascent, cube, noise, projected
from crosswind.objectives.erm import Erm
from crosswind.objectives.fgm import Fgm
from crosswind.objectives.freelb import Freelb
from crosswind.objectives.pgd import Pgd
from crosswind.objectives.r3f import R3f
from crosswind.objectives.rdrop import Rdrop
from crosswind.objectives.sam import Sam
from crosswind.objectives.smoothing import Noise
from crosswind.objectives.smoothness import Smoothness
from crosswind.randomness import stream
from crosswind.stages import label
from crosswind.train.loop import Stopped, train
from crosswind.train.rows import plain
from tests.objectives.test_noise_and_fgm import NORMS, Watched, batch_of, double, update
from tests.test_study import GOOD, said
from tests.train.conftest import one_thread  # noqa: F401
from tests.train.specimens import PAD, features, recipe, same, setting, tiny_model, weights

STEP = Step(seed=11, token_norm=0.8)
FORMS = ["classify", "choose", "tag", "span", "retrieve"]
EPS = {"eps": 0.3, "unit": "absolute"}
CLIMBERS = [Pgd, Freelb, Smoothness]


def slopes(loss: Tensor, model: Model) -> dict[str, Tensor]:
    named = dict(model.learned())
    found = torch.autograd.grad(loss, list(named.values()), allow_unused=True)
    return {name: slope for name, slope in zip(named, found, strict=True) if slope is not None}


def close(found: dict[str, Tensor], expected: dict[str, Tensor]) -> None:
    assert found.keys() == expected.keys()
    largest = max(float(slope.abs().max()) for slope in expected.values())
    for key, slope in expected.items():
        assert torch.allclose(found[key].double(), slope, rtol=1e-4, atol=5e-5 * largest), key


def uphill(model: Model, batch: Batch, delta: Tensor, loss_of: Callable[[Tensor], Tensor]) -> Tensor:
    at = delta.detach().requires_grad_()
    return torch.autograd.grad(loss_of(model(batch, model.embed(batch).detach() + at)), at)[0]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("norm", NORMS)
def test_pgd_by_hand(form: str, norm: Any) -> None:
    model, batch = tiny_model(form), batch_of(form)
    _, found = update(Pgd(**EPS, norm=norm, steps=3, weight=0.3), model, batch)
    exact = double(model)
    delta = torch.zeros_like(exact.embed(batch))
    for _ in range(3):
        slope = uphill(exact, batch, delta, lambda logits: exact.head.loss(logits, batch))
        delta = projected(delta + 0.15 * ascent(slope, batch.mask_RL, norm), batch.mask_RL, norm, 0.3)
    loss = 0.7 * exact.loss(batch) + 0.3 * exact.loss(batch, exact.embed(batch) + delta)
    close(found, slopes(loss, exact))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("init", [0.0, 0.2])
def test_freelb_by_hand(form: str, init: float) -> None:
    model, batch = tiny_model(form), batch_of(form)
    _, found = update(Freelb(**EPS, steps=2, stride=0.2, init=init), model, batch)
    exact = double(model)
    delta = (cube(batch, 16, stream(STEP.seed, "start")) * init / math.sqrt(3)).double()
    slope = uphill(exact, batch, delta, lambda logits: exact.head.loss(logits, batch))
    moved = delta + 0.2 * ascent(slope, batch.mask_RL, "sequence-l2")
    moved = projected(moved, batch.mask_RL, "sequence-l2", 0.3)
    loss = (exact.loss(batch, exact.embed(batch) + delta) + exact.loss(batch, exact.embed(batch) + moved)) / 2
    close(found, slopes(loss, exact))


def test_one_ascent_of_pgd_from_the_text_is_fgm() -> None:
    for norm in NORMS:
        model, batch = tiny_model(), batch_of("classify")
        _, one = update(Pgd(**EPS, norm=norm, steps=1, stride=0.3), model, batch)
        _, other = update(Fgm(**EPS, norm=norm), model, batch)
        assert all(torch.allclose(one[key], other[key], rtol=1e-5, atol=1e-7) for key in other)


def test_freelb_without_bounds_leaves_the_radius() -> None:
    free = Freelb(eps=0.01, unit="absolute", steps=3, stride=0.2, bounded=False)
    held = Freelb(eps=0.01, unit="absolute", steps=3, stride=0.2)
    assert float(update(free, tiny_model(), batch_of("classify"))[0].measured["delta_max"]) > 0.02
    assert float(update(held, tiny_model(), batch_of("classify"))[0].measured["delta_l2"]) <= 0.0101


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["kl", "symmetric"])
def test_virtual_adversarial_training_by_hand(form: str, kind: Any) -> None:
    model, batch = tiny_model(form), batch_of(form)
    objective = Smoothness(**EPS, rule="replace", divergence=kind, weight=0.7)
    _, found = update(objective, model, batch)
    exact = double(model)
    start = (0.03 * noise(batch, 16, "sphere", stream(STEP.seed, "start"))).double()
    clean = exact.log_probabilities(exact(batch), batch)

    def apart(logits: Tensor) -> Tensor:
        return divergence.kl(clean.detach(), exact.log_probabilities(logits, batch))

    delta = 0.3 * ascent(uphill(exact, batch, start, apart), batch.mask_RL, "token-l2")
    moved = exact.log_probabilities(exact(batch, exact.embed(batch) + delta), batch)
    pull = divergence.kl(clean.detach(), moved) if kind == "kl" else divergence.symmetric(clean, moved)
    close(found, slopes(exact.loss(batch) + 0.7 * pull, exact))


@pytest.mark.parametrize("form", ["classify", "tag"])
def test_smart_adds_up_its_steps_and_stays_in_the_ball(form: str) -> None:
    model, batch = tiny_model(form), batch_of(form)
    _, found = update(Smoothness(**EPS, steps=2, weight=0.7), model, batch)
    exact = double(model)
    delta = (0.03 * noise(batch, 16, "gaussian", stream(STEP.seed, "start"))).double()
    clean = exact.log_probabilities(exact(batch), batch)
    for _ in range(2):
        slope = uphill(
            exact, batch, delta, lambda logits: divergence.kl(clean.detach(), exact.log_probabilities(logits, batch))
        )
        delta = projected(delta + 0.225 * ascent(slope, batch.mask_RL, "token-l2"), batch.mask_RL, "token-l2", 0.3)
    assert float(delta.norm(dim=-1).max()) <= 0.3 * (1 + 1e-6)
    moved = exact.log_probabilities(exact(batch, exact.embed(batch) + delta), batch)
    close(found, slopes(exact.loss(batch) + 0.7 * divergence.symmetric(clean, moved), exact))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("detach", [True, False])
def test_r3f_by_hand(form: str, detach: bool) -> None:
    model, batch = tiny_model(form), batch_of(form)
    _, found = update(R3f(**EPS, weight=0.7, detach=detach), model, batch)
    exact = double(model)
    delta = 0.3 * cube(batch, 16, STEP.seed).double()
    clean = exact.log_probabilities(exact(batch), batch)
    states = exact.embed(batch).detach() if detach else exact.embed(batch)
    noisy = exact.log_probabilities(exact(batch, states + delta), batch)
    close(found, slopes(exact.loss(batch) + 0.7 * divergence.symmetric(clean, noisy), exact))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("adaptive", [False, True])
def test_sam_by_hand(form: str, adaptive: bool) -> None:
    model, batch = tiny_model(form), batch_of(form)
    _, found = update(Sam(rho=0.2, adaptive=adaptive), model, batch)
    exact = double(model)
    first = slopes(exact.loss(batch), exact)
    scale = {name: tensor.detach().abs() if adaptive else torch.ones_like(tensor) for name, tensor in exact.learned()}
    length = torch.stack([(first[name] * scale[name]).norm() for name in first]).norm()
    with torch.no_grad():
        for name, tensor in exact.learned():
            if name in first:
                tensor += 0.2 * first[name] * scale[name] ** 2 / length
    close(found, slopes(exact.loss(batch), exact))


def test_sam_puts_the_weights_back_bit_for_bit_whatever_happens() -> None:
    model = tiny_model()
    before = weights(model)
    update(Sam(rho=10.0), model, batch_of("classify"))
    assert same(weights(model), before)

    class Second(Exception):
        pass

    calls = iter([None, Second()])
    plain = model.loss_of

    def failing(logits: Tensor, batch: Batch) -> Tensor:
        if error := next(calls):
            raise error
        return plain(logits, batch)

    model.loss_of = failing  # type: ignore[method-assign]
    with pytest.raises(Second):
        Sam(rho=10.0).update(model, [batch_of("classify")], STEP)
    assert same(weights(model), before)


def test_rdrop_with_two_classes_by_hand() -> None:
    one, other = torch.tensor([[0.0, math.log(3.0)]]), torch.tensor([[math.log(2.0), 0.0]])
    p, q = torch.log_softmax(one, -1), torch.log_softmax(other, -1)  # (1/4, 3/4) and (2/3, 1/3)
    there = 0.25 * math.log(0.25 * 1.5) + 0.75 * math.log(0.75 * 3)
    back = 2 / 3 * math.log(8 / 3) + 1 / 3 * math.log(4 / 9)
    assert float(divergence.kl(p, q)) == pytest.approx(there, rel=1e-5)
    assert float(divergence.symmetric(p, q)) == pytest.approx(there + back, rel=1e-5)
    assert float(divergence.flipped(p, q)) == 1.0
    assert float(divergence.symmetric(p, p)) == 0.0


def test_rdrop_sees_two_dropouts() -> None:
    batch = batch_of("classify")
    quiet, _ = update(Rdrop(), tiny_model().train(), batch)
    loud, _ = update(Rdrop(), tiny_model(dropout=0.3).train(), batch)
    assert quiet.measured["divergence"] == 0
    assert loud.measured["divergence"] > 0
    assert loud.loss == pytest.approx(float(loud.measured["loss_clean"] + loud.measured["divergence"]))


class Line(nn.Module):
    """A softmax over a linear map of one vector: the steepest way of its divergence is known in closed form."""

    def __init__(self, weight_DC: Tensor, states: Tensor):
        super().__init__()
        self.weight = nn.Parameter(weight_DC)
        self.states = states

    def embed(self, batch: Batch, where: str = "word") -> Tensor:
        return self.states.clone()

    def forward(self, batch: Batch, states: Tensor | None = None, where: str = "word") -> Tensor:
        return (self.states if states is None else states)[:, 0] @ self.weight

    def loss_of(self, logits: Tensor, batch: Batch) -> Tensor:
        return nn.functional.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))

    def log_probabilities(self, logits: Tensor, batch: Batch) -> Tensor:
        return torch.log_softmax(logits, -1)

    def learned(self) -> Any:
        yield "weight", self.weight


def test_the_virtual_adversary_finds_the_dominant_direction() -> None:
    """Near the text the divergence is a quadratic form, W F W' with F Fisher's; ascents are power iterations."""
    generator = torch.Generator().manual_seed(3)
    weight, states = torch.randn(6, 3, generator=generator), torch.randn(1, 1, 6, generator=generator)
    batch = collate([features("classify", 1)[0]], PAD)
    batch = type(batch)(
        torch.zeros(1, 1, dtype=torch.long), torch.ones(1, 1, dtype=torch.long), torch.zeros(1, 1), None, (1,), (0,), 1
    )
    model = Line(weight, states)
    seen: list[Tensor] = []
    plain = model.forward

    def watched(batch: Batch, moved: Tensor | None = None, where: str = "word") -> Tensor:
        seen.append((states if moved is None else moved).detach() - states)
        return plain(batch, moved)

    model.forward = watched  # type: ignore[method-assign]
    Smoothness(eps=1e-2, unit="absolute", rule="replace", steps=8, dropout="fresh").update(model, [batch], STEP)
    p = torch.softmax(states[:, 0] @ weight, -1)[0]
    form = weight @ (torch.diag(p) - torch.outer(p, p)) @ weight.T
    dominant = torch.linalg.eigh(form).eigenvectors[:, -1]
    found = seen[-1][0, 0]
    assert abs(float(found @ dominant / found.norm())) > 0.999


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("direction", ["gradient", "random"])
@pytest.mark.parametrize("kind", CLIMBERS)
def test_no_token_goes_beyond_the_radius(kind: Any, direction: Any, norm: Any, form: str) -> None:
    model, batch = Watched(tiny_model(form)), batch_of(form)
    update(kind(eps=0.5, norm=norm, direction=direction, steps=3, stride=0.4), model, batch)
    lengths = batch.mask_RL.sum(1)
    for moved in model.seen:
        sizes = {
            "token-l2": moved.norm(dim=-1),
            "sequence-l2": moved.flatten(1).norm(dim=-1) / lengths.sqrt(),
            "linf": moved.abs() * math.sqrt(16),
        }
        # what is seen is a difference of sums, so rounded at the size of embeddings
        assert float(sizes[norm].max()) <= 0.5 * STEP.token_norm * (1 + 1e-5)
        assert (moved[batch.mask_RL == 0] == 0).all()


@pytest.mark.parametrize(
    ("objective", "passes"),
    [
        (Pgd(steps=3), 4),
        (Pgd(steps=3, init="uniform"), 5),
        (Pgd(steps=2, eps=0.0), 3),
        (Freelb(steps=3), 3),
        (Freelb(steps=1), 1),
        (Smoothness(), 3),
        (Smoothness(steps=2, weight=0.0), 4),
        (R3f(), 2),
        (Rdrop(), 2),
        (Sam(), 2),
        (Sam(rho=0.0), 2),
        (Noise(samples=3), 3),
    ],
    ids=str,
)
def test_passes_are_made_and_counted(objective: Objective, passes: int) -> None:
    model = Watched(tiny_model())
    outcome, _ = update(objective, model, batch_of("classify"))
    assert len(model.seen) == passes
    assert float(outcome.measured["forward_passes"]) == passes
    parts = objective.update(tiny_model(), [batch_of("classify", 3), batch_of("classify", 6)], STEP)
    assert float(parts.measured["forward_passes"]) == pytest.approx(passes)


@pytest.mark.parametrize("form", ["classify", "choose", "tag", "span"])
@pytest.mark.parametrize("kind", [Pgd, Fgm])
def test_small_ascents_are_uphill_and_more_of_them_higher(kind: Any, form: str) -> None:
    model, batch = tiny_model(form), batch_of(form)
    outcome, _ = update(kind(eps=1e-3), model, batch)
    assert outcome.measured["loss_noisy"] > outcome.measured["loss_clean"]
    random, _ = update(kind(eps=1e-3, direction="random"), model, batch)
    assert outcome.measured["loss_noisy"] > random.measured["loss_noisy"]
    assert random.measured["delta_l2"] <= float(outcome.measured["delta_l2"]) * 1.001 + 1e-9


@pytest.mark.parametrize("where", ["word", "block"])
@pytest.mark.parametrize("kind", [Fgm, Pgd, Freelb, Smoothness, R3f, Noise])
def test_both_places_are_moved(kind: Any, where: Any) -> None:
    model, batch = tiny_model(), batch_of("classify")
    still, _ = update(kind(eps=0.0, where=where), model, batch)
    moved, found = update(kind(eps=0.5, where=where), model, batch)
    assert float(moved.measured["delta_l2"]) > 0
    assert float(still.measured["delta_l2"]) == 0
    assert float(moved.loss) != float(still.loss)
    assert all(torch.isfinite(slope).all() for slope in found.values())


@pytest.mark.parametrize("kind", [Fgm, Pgd, Freelb, Smoothness, R3f, Rdrop, Sam, Noise])
@pytest.mark.parametrize("method", [Bottleneck(reduction=4), HeadOnly()], ids=label)
def test_frozen_bodies_learn_nothing_and_are_moved_all_the_same(method: Any, kind: Any) -> None:
    model, batch = tiny_model(method=method), batch_of("classify")
    outcome, found = update(kind(), model, batch)
    assert found.keys() <= {name for name, _ in model.learned()}
    assert all(tensor.grad is None for tensor in model.encoder.network.parameters() if not tensor.requires_grad)
    if "delta_l2" in outcome.measured:
        assert float(outcome.measured["delta_l2"]) > 0


def test_shared_masks_make_the_neutral_run_one_of_erm(tmp_path: Path) -> None:
    found = []
    neutral = (Erm(), Pgd(eps=0.0, steps=2), Freelb(eps=0.0, steps=2), Sam(rho=0.0), Smoothness(weight=0.0))
    for objective in neutral:
        model = tiny_model(dropout=0.1)
        train(model, plain(features("classify", 24)), objective, recipe(), 1, 0, None, setting(tmp_path / objective.id))
        found.append(weights(model))
    assert all(same(found[0], other) for other in found[1:])


def test_thirds_round_but_hardly(tmp_path: Path) -> None:
    model, batch = tiny_model(), batch_of("classify")
    _, plain = update(Erm(), model, batch)
    for steps in (3, 4):
        _, found = update(Freelb(eps=0.0, steps=steps), model, batch)
        assert all(torch.allclose(found[key], plain[key], rtol=1e-5, atol=1e-7) for key in plain)


@pytest.mark.parametrize(
    "objective",
    [
        Pgd(norm="linf", init="uniform"),
        Pgd(direction="random", weight=1.0, where="block"),
        Freelb(init=0.1, norm="token-l2"),
        Smoothness(rule="replace", divergence="kl", direction="random"),
        R3f(shape="normal", detach=False, dropout="off"),
        Sam(adaptive=True, dropout="off"),
        Noise(samples=2, where="block"),
    ],
    ids=label,
)
@pytest.mark.parametrize("form", ["choose", "tag"])
def test_microbatches_change_nothing_at_other_settings(objective: Objective, form: str) -> None:
    model, data = tiny_model(form), features(form, 11)
    whole: Outcome
    whole, expected = update(objective, model, collate(data, PAD))
    model.zero_grad(set_to_none=True)
    parts = objective.update(model, [collate(data[start : start + 3], PAD) for start in range(0, 11, 3)], STEP)
    largest = max(float(slope.abs().max()) for slope in expected.values())
    for name, tensor in model.learned():
        assert (tensor.grad is None) == (name not in expected)
        assert tensor.grad is None or torch.allclose(tensor.grad, expected[name], rtol=1e-4, atol=2e-6 * largest), name
    for name, value in whole.measured.items():
        assert float(parts.measured[name]) == pytest.approx(float(value), rel=1e-4, abs=1e-6), name


@pytest.mark.parametrize(
    "objective", [Pgd(init="uniform"), Freelb(init=0.1), Smoothness(), R3f(), Rdrop(), Sam()], ids=label
)
def test_resumed_is_uninterrupted(tmp_path: Path, objective: Objective) -> None:
    data, whole = features("classify", 40), tiny_model(dropout=0.1)
    train(whole, plain(data), objective, recipe(), 1, 0, None, setting(tmp_path / "whole"))
    calls = iter(range(100))
    with pytest.raises(Stopped):
        train(
            tiny_model(dropout=0.1),
            plain(data),
            objective,
            recipe(),
            1,
            0,
            None,
            setting(tmp_path / "parts", stop=lambda: next(calls) == 3),
        )
    fresh = tiny_model(dropout=0.1)
    train(fresh, plain(data), objective, recipe(), 1, 0, None, setting(tmp_path / "parts"))
    assert same(weights(fresh), weights(whole))


@pytest.mark.parametrize(
    ("objective", "complaint"),
    [
        ('{ kind = "pgd", steps = 0 }', "objective.steps: must be greater than or equal to 1, found 0"),
        ('{ kind = "pgd", stride = -1.0 }', "objective.stride: must be greater than 0, found -1"),
        ('{ kind = "freelb", init = -0.1 }', "objective.init: must be greater than or equal to 0, found -0.1"),
        ('{ kind = "sam", rho = -0.1 }', "objective.rho: must be greater than or equal to 0, found -0.1"),
        ('{ kind = "smoothness", divergence = "js" }', "expected 'kl' or 'symmetric', found 'js'"),
        ('{ kind = "rdrop", eps = 1.0 }', "objective.eps: unknown key"),
        ('{ kind = "fgm", where = "matrix" }', "expected 'word' or 'block', found 'matrix'"),
    ],
)
def test_bad_settings_are_explained(tmp_path: Path, objective: str, complaint: str) -> None:
    (found,) = said(tmp_path, GOOD.replace('name = "plain"', f'name = "plain"\nobjective = {objective}'))
    assert complaint in found


def test_a_copy_in_double_precision_is_the_same_model() -> None:
    model, batch = tiny_model("span"), batch_of("span")
    assert float(double(model).loss(batch).detach()) == pytest.approx(float(copy.deepcopy(model).loss(batch).detach()))
