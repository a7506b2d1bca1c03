"""The two objectives that move word embeddings once, against their definitions."""

import copy
import math
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor

from crosswind.models.batch import Batch, collate
from crosswind.models.model import Model, Where
from crosswind.objectives.base import Objective, Outcome, Step
from crosswind.objectives.displacement import Climbing, noise
from crosswind.objectives.erm import Erm
from crosswind.objectives.fgm import Fgm
from crosswind.objectives.freelb import Freelb
from crosswind.objectives.pgd import Pgd
from crosswind.objectives.smoothing import Noise
from crosswind.stages import label
from crosswind.train import journal
from crosswind.train.loop import Stopped, train
from crosswind.train.rows import plain
from crosswind.train.yardstick import token_norm
from tests.test_study import GOOD, said
from tests.train.specimens import PAD, features, log_lines, recipe, same, setting, tiny_model, weights

STEP = Step(seed=11, token_norm=0.8)
NORMS = ["token-l2", "sequence-l2", "linf"]


class Watched:
    """A model that counts its passes and keeps the embeddings that they started from."""

    def __init__(self, model: Model):
        self.model = model
        self.seen: list[Tensor] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def __call__(self, batch: Batch, states: Tensor | None = None, where: Where = "word") -> Tensor:
        moved = self.model.embed(batch) if states is None else states
        self.seen.append((moved - self.model.embed(batch)).detach())
        return self.model(batch, states, where)

    def loss(self, batch: Batch, states: Tensor | None = None, where: Where = "word") -> Tensor:
        return self.loss_of(self(batch, states, where), batch)


def update(objective: Objective, model: Any, batch: Batch, step: Step = STEP) -> tuple[Outcome, dict[str, Tensor]]:
    torch.manual_seed(7)
    model.zero_grad(set_to_none=True)
    outcome = objective.update(model, [batch], step)
    return outcome, {name: tensor.grad for name, tensor in model.learned() if tensor.grad is not None}


def batch_of(form: str, count: int = 9) -> Batch:
    return collate(features(form, count), PAD)


def double(model: Model) -> Model:
    """The model in double precision, logits and loss too, which `Model` otherwise casts to single."""
    model = copy.deepcopy(model).double()
    model.forward = lambda batch, embeddings=None, where="word": model.head(  # type: ignore[method-assign]
        model.encoder, model.encoder(batch.ids_RL, batch.mask_RL, batch.types_RL, embeddings), batch
    )
    return model


def by_hand(model: Model, batch: Batch, eps: float, weight: float) -> dict[str, Tensor]:
    """Ten lines of the fast gradient method, a token's radius `eps`."""
    embedded = model.embed(batch).detach().requires_grad_()
    slope = torch.autograd.grad(model.loss(batch, embedded), embedded)[0]
    delta = torch.zeros_like(slope)
    for row, column in batch.mask_RL.nonzero().tolist():
        delta[row, column] = eps * slope[row, column] / slope[row, column].square().sum().sqrt()
    loss = (1 - weight) * model.loss(batch) + weight * model.loss(batch, model.embed(batch) + delta)
    named = dict(model.learned())
    found = torch.autograd.grad(loss, list(named.values()), allow_unused=True)
    return {name: slope for name, slope in zip(named, found, strict=True) if slope is not None}


@pytest.mark.parametrize("form", ["classify", "choose", "tag", "span", "retrieve"])
@pytest.mark.parametrize("weight", [0.3, 1.0])
def test_fgm_by_hand(form: str, weight: float) -> None:
    model, batch = tiny_model(form), batch_of(form)
    _, found = update(Fgm(eps=0.05, unit="absolute", weight=weight), model, batch)
    expected = by_hand(double(model), batch, 0.05, weight)
    assert found.keys() == expected.keys()
    largest = max(float(slope.abs().max()) for slope in expected.values())
    assert all(torch.allclose(found[key].double(), expected[key], rtol=1e-4, atol=1e-5 * largest) for key in found)


@pytest.mark.parametrize("form", ["classify", "tag"])
def test_noise_by_hand(form: str) -> None:
    model, batch = tiny_model(form), batch_of(form)
    outcome, found = update(Noise(eps=0.5), model, batch)
    model.zero_grad()
    delta = 0.5 * STEP.token_norm * noise(batch, 16, "ball", STEP.seed)
    loss = model.loss(batch, model.embed(batch) + delta)
    loss.backward()
    assert outcome.loss == loss
    assert all(torch.equal(found[name], tensor.grad) for name, tensor in model.learned() if tensor.grad is not None)


@pytest.mark.parametrize(
    ("objective", "passes"),
    [(Erm(), 1), (Noise(), 1), (Fgm(), 2), (Fgm(direction="random"), 2), (Fgm(eps=0.0), 2), (Fgm(weight=0.0), 2)],
)
def test_passes(objective: Objective, passes: int) -> None:
    model = Watched(tiny_model())
    update(objective, model, batch_of("classify"))
    assert len(model.seen) == passes


@pytest.mark.parametrize("direction", ["gradient", "random"])
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("form", ["classify", "choose"])
def test_fgm_goes_as_far_as_the_radius_and_leaves_padding(form: str, norm: str, direction: str) -> None:
    model, batch = Watched(tiny_model(form)), batch_of(form)
    update(Fgm(eps=0.5, norm=norm, direction=direction), model, batch)
    first, moved = model.seen
    assert (first == 0).all()
    assert (moved[batch.mask_RL == 0] == 0).all()
    lengths = batch.mask_RL.sum(1)
    sizes = {
        "token-l2": moved.norm(dim=-1),
        "sequence-l2": moved.flatten(1).norm(dim=-1) / lengths.sqrt(),
        "linf": moved.abs() * math.sqrt(16),
    }
    # what is seen is a difference of sums, so rounded at the size of embeddings
    assert sizes[norm].max() == pytest.approx(0.5 * STEP.token_norm, rel=1e-5)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("form", ["classify", "choose", "tag", "span"])
def test_a_small_step_uphill_is_uphill(form: str, norm: str) -> None:
    for seed in range(3):
        outcome, _ = update(Fgm(eps=1e-3, norm=norm), tiny_model(form, seed=seed), batch_of(form))
        assert outcome.measured["loss_noisy"] > outcome.measured["loss_clean"]


@pytest.mark.parametrize("make", [Fgm, Pgd, Freelb])
def test_the_share_of_answers_that_a_move_changed(make: type[Climbing]) -> None:
    model, batch = tiny_model(), batch_of("classify", 40)
    still, _ = update(make(eps=0.0), model, batch)
    assert still.measured["flip_share"] == 0.0
    far, _ = update(make(eps=20.0), model, batch)
    halves = [collate(part, PAD) for part in (features("classify", 40)[:13], features("classify", 40)[13:])]
    apart = make(eps=20.0).update(model, halves, STEP)
    assert 0.0 < far.measured["flip_share"] <= 1.0
    assert float(far.measured["flip_share"]) == pytest.approx(float(apart.measured["flip_share"]))


def test_what_is_told() -> None:
    model, batch = tiny_model(), batch_of("classify", 40)
    told, _ = update(Fgm(eps=0.25), model, batch)
    passes, lengths = {"forward_passes", "backward_passes"}, {"delta_l2", "delta_max", "delta_rel", "boundary_share"}
    assert set(told.measured) == {"loss_clean", "loss_noisy", "cos_grad", "flip_share"} | lengths | passes
    assert told.measured["boundary_share"] == 1.0
    assert told.loss == pytest.approx(0.5 * (told.measured["loss_clean"] + told.measured["loss_noisy"]))
    assert told.measured["loss_clean"] == update(Erm(), model, batch)[0].loss
    assert told.measured["delta_l2"] == pytest.approx(0.25 * STEP.token_norm)
    norms = model.embed(batch).norm(dim=-1)[batch.mask_RL.bool()]
    assert told.measured["delta_rel"] == pytest.approx(float((0.25 * STEP.token_norm / norms).mean().detach()))
    assert told.measured["cos_grad"] == pytest.approx(1.0)
    random, _ = update(Fgm(eps=0.25, direction="random"), model, batch)
    assert abs(random.measured["cos_grad"]) <= 3 / math.sqrt(len(norms) * 16)
    assert random.measured["delta_l2"] == pytest.approx(float(told.measured["delta_l2"]))
    noisy, _ = update(Noise(eps=0.25, shape="sphere"), model, batch)
    assert set(noisy.measured) == {"loss_noisy"} | lengths | passes
    assert noisy.measured["delta_l2"] == pytest.approx(0.25 * STEP.token_norm)


def test_what_is_told_does_not_depend_on_the_split() -> None:
    model, data = tiny_model("tag"), features("tag", 11)
    whole = Fgm().update(model, [collate(data, PAD)], STEP)
    parts = Fgm().update(model, [collate(data[:2], PAD), collate(data[2:], PAD)], STEP)
    for name, value in whole.measured.items():
        assert parts.measured[name] == pytest.approx(float(value), rel=1e-5)


@pytest.mark.parametrize(
    "objective",
    [
        *(Fgm(norm=norm, weight=0.3) for norm in NORMS),
        Fgm(direction="random", weight=1.0),
        Fgm(dropout="off", unit="absolute"),
        Noise(shape="gaussian"),
        Noise(shape="sphere", unit="absolute"),
    ],
    ids=label,
)
@pytest.mark.parametrize("form", ["choose", "tag"])
def test_microbatches_change_nothing_at_other_settings(objective: Objective, form: str) -> None:
    model, data = tiny_model(form), features(form, 11)
    _, whole = update(objective, model, collate(data, PAD))
    model.zero_grad(set_to_none=True)
    objective.update(model, [collate(data[start : start + 3], PAD) for start in range(0, 11, 3)], STEP)
    largest = max(float(slope.abs().max()) for slope in whole.values())
    for name, tensor in model.learned():
        assert (tensor.grad is None) == (name not in whole)
        assert tensor.grad is None or torch.allclose(tensor.grad, whole[name], rtol=1e-4, atol=1e-6 * largest), name


def test_only_its_own_tokens_move_an_answer() -> None:
    model, batch = tiny_model(), batch_of("classify")
    delta = torch.zeros_like(model.embed(batch), requires_grad=True)
    slope = torch.autograd.grad(model(batch, model.embed(batch) + delta)[3].sum(), delta)[0]
    own = torch.zeros_like(batch.mask_RL)
    own[3] = batch.mask_RL[3]
    assert (slope[own == 0] == 0).all()
    assert (slope[own == 1].abs().sum(-1) > 0).all()


def test_examples_do_not_move_each_other() -> None:
    """The displacement of one example is the same whichever others are there."""
    model, data = Watched(tiny_model()), features("classify", 6)
    alone = min(data, key=lambda feature: feature.length)
    update(Fgm(), model, collate([alone], PAD))
    update(Fgm(), model, collate([alone, *data], PAD))
    assert torch.allclose(model.seen[1][0], model.seen[3][0, : alone.length], atol=1e-5)


# Dropout


def test_shared_masks_make_the_neutral_run_one_of_erm(tmp_path: Path) -> None:
    found = []
    for objective in (Erm(), Fgm(eps=0.0), Fgm(weight=0.0), Noise(eps=0.0)):
        model = tiny_model(dropout=0.1)
        train(model, plain(features("classify", 24)), objective, recipe(), 1, 0, None, setting(tmp_path / objective.id))
        found.append(weights(model))
    assert all(same(found[0], other) for other in found[1:])


def test_masks() -> None:
    batch, found = batch_of("classify"), {}
    for dropout in ("shared", "fresh", "off"):
        outcome, _ = update(Fgm(eps=0.0, dropout=dropout), tiny_model(dropout=0.3), batch)
        found[dropout] = [float(outcome.measured[name]) for name in ("loss_clean", "loss_noisy")]
    assert found["shared"][0] == found["shared"][1] == found["fresh"][0] != found["fresh"][1]
    model = tiny_model(dropout=0.3).eval()
    assert found["off"] == [float(model.loss(batch).detach())] * 2


@pytest.mark.parametrize("mode", [True, False])
@pytest.mark.parametrize("dropout", ["shared", "fresh", "off"])
def test_the_mode_is_left_as_it_was_whatever_happens(dropout: str, mode: bool) -> None:
    model, batch = tiny_model(dropout=0.3).train(mode), batch_of("classify")
    update(Fgm(dropout=dropout), model, batch)
    assert model.training == mode
    with pytest.raises(TypeError):
        Fgm(dropout=dropout).update(model, [replace(batch, targets="none")], STEP)
    assert all(part.training == mode for part in model.modules())


# Runs


@pytest.mark.parametrize(
    "objective", [Noise(), Fgm(dropout="fresh"), Fgm(direction="random")], ids=lambda each: each.id
)
def test_resumed_is_uninterrupted(tmp_path: Path, objective: Objective) -> None:
    data, whole, parts = features("classify", 40), tiny_model(dropout=0.1), tiny_model(dropout=0.1)
    train(whole, plain(data), objective, recipe(), 1, 0, None, setting(tmp_path / "whole"))
    calls = iter(range(100))
    with pytest.raises(Stopped):
        train(
            parts,
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


class Spy(Objective):
    """Erm that notes the seeds it is given."""

    seen: ClassVar[list[int]] = []

    @property
    def cost(self) -> float:
        return 1.0

    def update(self, model: Any, batches: Any, step: Step) -> Outcome:
        self.seen.append(step.seed)
        return Erm().update(model, batches, step)


def test_seeds_depths_and_updates_have_noise_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Spy, "seen", [])
    for seed, depth in [(1, 0), (2, 0), (1, 1)]:
        folder = setting(tmp_path / f"{seed}-{depth}")
        train(tiny_model(), plain(features("classify", 16)), Spy(), recipe(), seed, depth, None, folder)
    assert len(set(Spy.seen)) == len(Spy.seen) == 12


def test_token_norm_is_the_median_over_occurrences() -> None:
    model, data = tiny_model(), features("choose", 13)
    norms = model.embed(collate(data, PAD)).norm(dim=-1)[collate(data, PAD).mask_RL.bool()]
    assert token_norm(model, plain(data)) == pytest.approx(float(np.median(norms.detach().numpy())))


def test_the_log_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SECONDS_BETWEEN_LINES", 0.0)
    model, data = tiny_model(), features("classify", 24)
    length = token_norm(model, plain(data))
    train(model, plain(data), Fgm(eps=0.5), recipe(learning_rate=1e-2), 1, 0, None, setting(tmp_path))
    lines = log_lines(tmp_path)
    assert len(lines) == 6
    assert all(line["delta_l2"] == pytest.approx(0.5 * length, rel=1e-5) for line in lines)
    assert all(line["loss"] == pytest.approx((line["loss_clean"] + line["loss_noisy"]) / 2) for line in lines)


@pytest.mark.parametrize(
    ("objective", "complaint"),
    [
        ('{ kind = "noise", eps = -0.1 }', "arm[1].objective.eps: must be greater than or equal to 0, found -0.1"),
        ('{ kind = "fgm", eps = "far" }', "arm[1].objective.eps: expected a number, found 'far'"),
        ('{ kind = "fgm", eps = inf }', "arm[1].objective"),
        ('{ kind = "fgm", unit = "percent" }', "expected 'token-norm', 'translation' or 'absolute', found 'percent'"),
        ('{ kind = "noise", shape = "cube" }', "expected 'ball', 'sphere' or 'gaussian', found 'cube'"),
        ('{ kind = "fgm", weight = 2 }', "arm[1].objective.weight: must be less than or equal to 1, found 2"),
        ('{ kind = "noise", norm = "linf" }', "arm[1].objective.norm: unknown key"),
    ],
)
def test_bad_settings_are_explained(tmp_path: Path, objective: str, complaint: str) -> None:
    (found,) = said(tmp_path, GOOD.replace('name = "plain"', f'name = "plain"\nobjective = {objective}'))
    assert complaint in found
