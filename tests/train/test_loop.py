import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.optim.optimizer import register_optimizer_step_pre_hook

from crosswind.models.batch import collate
from crosswind.models.model import Model
from crosswind.objectives.erm import Erm
from crosswind.recipe import Recipe
from crosswind.train import journal
from crosswind.train.checkpoint import Progress
from crosswind.train.loop import Diverged, Stopped, train
from crosswind.train.rows import plain
from tests.train.specimens import PAD, difference, features, log_lines, recipe, same, setting, tiny_model, weights

DATA = features("classify", 44)
DEV = features("classify", 16, seed=1)


@pytest.fixture
def every_update(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log line for every update, however short it is."""
    monkeypatch.setattr(journal, "SECONDS_BETWEEN_LINES", 0.0)


def run(
    model: Model,
    folder: Path,
    how: Recipe | None = None,
    dev: Callable[[], float] | None = None,
    seed: int = 1,
    data: Any = DATA,
    **surroundings: Any,
) -> Progress:
    return train(model, plain(data), Erm(), how or recipe(), seed, 0, dev, setting(folder, **surroundings))


class Brake:
    """Asks for a stop once `after` updates have been made by this process."""

    def __init__(self, after: int):
        self.after, self.calls = after, 0

    def __call__(self) -> bool:
        self.calls += 1
        return self.calls >= self.after


class Kill(Brake):
    """Ends the process in the middle of things instead of asking."""

    def __call__(self) -> bool:
        if super().__call__():
            raise KeyboardInterrupt
        return False


class DevLoss:
    """A dev score that runs the model, leaves it in evaluation mode and draws random numbers."""

    def __init__(self, model: Model):
        self.model = model

    def __call__(self) -> float:
        self.model.eval()
        torch.rand(7)
        with torch.inference_mode():
            return -float(self.model.loss(collate(DEV, PAD)))


class Scripted:
    """Dev scores known in advance, and the weights that each was given for."""

    def __init__(self, model: Model, scores: list[float]):
        self.model, self.scores, self.seen = model, list(scores), list[dict[str, Tensor]]()

    def __call__(self) -> float:
        self.seen.append(weights(self.model))
        return self.scores[len(self.seen) - 1]


# Numbers


@pytest.mark.parametrize("form", ["classify", "choose", "tag", "span"])
@pytest.mark.usefixtures("every_update")
def test_microbatches_change_nothing(tmp_path: Path, form: str) -> None:
    data, found = features(form, 24), {}
    for size in (None, 1, 3, 8):
        model, folder = tiny_model(form), tmp_path / str(size)
        run(model, folder, recipe(learning_rate=1e-5, steps=2, batch=12), data=data, microbatch=size)
        found[size] = weights(model), [(line["loss"], line["norm"]) for line in log_lines(folder)]
    whole, lines = found[None]
    for parts, other in found.values():
        assert difference(seen_by_loss(whole, form), parts) < 1e-6
        assert [value for pair in other for value in pair] == pytest.approx(
            [value for pair in lines for value in pair], rel=1e-4
        )


def seen_by_loss(found: dict[str, Tensor], form: str) -> dict[str, Tensor]:
    """Without the bias that a softmax over choices or positions cannot see: Adam makes steps of its rounding errors."""
    blind = {"choose", "span"} & {form}
    return {
        name: tensor for name, tensor in found.items() if not (blind and name.startswith("head") and tensor.dim() == 1)
    }


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_both_precisions_learn(tmp_path: Path, precision: str) -> None:
    model = tiny_model(precision=precision)
    dev = DevLoss(model)
    before = -dev()
    run(model, tmp_path, recipe(steps=60, learning_rate=5e-3), data=features("classify", 200))
    assert -dev() < 0.75 * before
    assert {tensor.dtype for _, tensor in model.learned()} == {torch.float32}


def test_half_precision_is_used(tmp_path: Path) -> None:
    found = []
    for precision in ("fp32", "bf16"):
        model = tiny_model(precision=precision)
        run(model, tmp_path / precision, recipe(steps=3))
        found.append(weights(model))
    assert 0 < difference(*found) < 1e-2


def test_seeds(tmp_path: Path) -> None:
    found = []
    for number, seed in enumerate([1, 1, 2]):
        model = tiny_model(dropout=0.1)
        torch.rand(number)  # what happened before in this process must not matter
        run(model, tmp_path / str(number), seed=seed)
        found.append(weights(model))
    assert same(found[0], found[1])
    assert not same(found[0], found[2])


@pytest.mark.parametrize("end", ["done", "stopped", "diverged"])
def test_global_randomness_is_left_alone(tmp_path: Path, end: str) -> None:
    model = tiny_model(dropout=0.1)
    if end == "diverged":
        spoil(model, 2, times(math.nan))
    before = torch.get_rng_state()
    try:
        run(model, tmp_path, dev=DevLoss(model), stop=Brake(2 if end == "stopped" else 1000))
    except (Stopped, Diverged):
        assert end != "done"
    assert torch.equal(torch.get_rng_state(), before)


def test_the_rate_follows_the_schedule(tmp_path: Path) -> None:
    seen: list[set[float]] = []

    def look(optimizer: Any, args: Any, kwargs: Any) -> None:
        seen.append({group["lr"] for group in optimizer.param_groups})

    hook = register_optimizer_step_pre_hook(look)
    with pytest.raises(Stopped):
        run(tiny_model(), tmp_path, recipe(steps=6, learning_rate=3.0, warmup=0.34), stop=Brake(3))
    run(tiny_model(), tmp_path, recipe(steps=6, learning_rate=3.0, warmup=0.34))
    hook.remove()
    assert [rate for rates in seen for rate in rates] == pytest.approx([1, 2, 3, 2.25, 1.5, 0.75])


@pytest.mark.parametrize("max_norm", [1e-3, 1e6])
@pytest.mark.usefixtures("every_update")
def test_long_gradients_are_cut_and_short_ones_left(tmp_path: Path, max_norm: float) -> None:
    seen: list[float] = []

    def look(optimizer: Any, args: Any, kwargs: Any) -> None:
        gradients = [tensor.grad for group in optimizer.param_groups for tensor in group["params"]]
        seen.append(float(torch.cat([each.flatten() for each in gradients if each is not None]).norm()))

    hook = register_optimizer_step_pre_hook(look)
    run(tiny_model(), tmp_path, recipe(steps=4, max_norm=max_norm))
    hook.remove()
    norms = [line["norm"] for line in log_lines(tmp_path)]
    assert seen == pytest.approx([min(norm, max_norm) for norm in norms], rel=1e-3)
    assert all(norm > 1e-3 for norm in norms)


def test_one_update_decays_matrices_only(tmp_path: Path) -> None:
    found = []
    for decay in (0.0, 0.5):
        model = tiny_model()
        run(model, tmp_path / str(decay), recipe(steps=1, weight_decay=decay))
        found.append(weights(model))
    for name, tensor in found[0].items():
        assert torch.equal(tensor, found[1][name]) == (tensor.dim() <= 1), name


# Selection


def test_the_best_weights_are_kept_and_of_equals_the_earliest(tmp_path: Path) -> None:
    model = tiny_model()
    dev = Scripted(model, [1.0, 3.0, 2.0, 3.0, 0.0])
    progress = run(model, tmp_path, recipe(steps=10, selection="dev", checks=5), dev)
    assert len(dev.seen) == 5
    assert same(weights(model), dev.seen[1])
    assert (progress.best_score, progress.best_update, progress.update) == (3.0, 4, 10)


def test_last_keeps_the_last(tmp_path: Path) -> None:
    model, other = tiny_model(dropout=0.1), tiny_model(dropout=0.1)
    progress = run(model, tmp_path / "last", recipe(steps=10))
    assert (progress.best_score, progress.best_update) == (None, 0)
    run(other, tmp_path / "dev", recipe(steps=10, checks=5, selection="dev"), Scripted(other, [1, 2, 3, 4, 5]))
    assert same(weights(model), weights(other))


def test_looking_at_dev_does_not_change_training(tmp_path: Path) -> None:
    found = []
    for checks in (1, 10):
        model = tiny_model(dropout=0.1)
        run(model, tmp_path / str(checks), recipe(steps=10, checks=checks, selection="dev"), Rising(DevLoss(model)))
        found.append(weights(model))
    assert same(*found)


class Rising:
    """Does all that another dev score does, and says that every check is the best so far."""

    def __init__(self, inner: DevLoss):
        self.inner, self.calls = inner, 0

    def __call__(self) -> float:
        self.inner()
        self.calls += 1
        return float(self.calls)


# Divergence


def times(factor: float) -> Callable[[Tensor, Model], Tensor]:
    return lambda loss, model: loss * factor


def bad_gradient(loss: Tensor, model: Model) -> Tensor:
    """Leaves the loss finite; the slope of a square root at 0 is not."""
    return loss + (next(model.head.parameters()) * 0).abs().sqrt().sum()


def spoil(model: Model, update: int, how: Callable[[Tensor, Model], Tensor]) -> list[dict[str, Tensor]]:
    """Make the loss of one update go wrong; the weights it was computed from are put into the returned list."""
    plain, calls, before = model.loss, iter(range(1, 10_000)), list[dict[str, Tensor]]()

    def loss(batch: Any, embeddings: Tensor | None = None) -> Tensor:
        if next(calls) != update:
            return plain(batch, embeddings)
        before.append(weights(model))
        return how(plain(batch, embeddings), model)

    model.loss = loss  # type: ignore[method-assign]
    return before


@pytest.mark.parametrize(
    ("how", "loss", "norm"),
    [
        (times(math.nan), math.isnan, math.isnan),
        (times(math.inf), math.isinf, None),
        (bad_gradient, math.isfinite, None),
    ],
)
@pytest.mark.usefixtures("every_update")
def test_divergence_stops_before_the_step(
    tmp_path: Path, how: Any, loss: Callable[[float], bool], norm: Callable[[float], bool] | None
) -> None:
    model = tiny_model()
    before = spoil(model, 3, how)
    with pytest.raises(Diverged, match="update 3") as caught:
        run(model, tmp_path)
    assert caught.value.update == 3
    assert loss(caught.value.loss)
    assert (norm or (lambda value: not math.isfinite(value)))(caught.value.norm)
    assert same(weights(model), before[0])
    assert [line["update"] for line in log_lines(tmp_path)] == [1, 2]


# Stopping and resuming


def resumed(folder: Path, how: Recipe, *interruptions: Any) -> tuple[Model, Progress]:
    """Train through interruptions; every process has a model of its own, and only the first one's weights matter."""
    for number, stop in enumerate(interruptions):
        model = tiny_model(dropout=0.1, seed=number)
        with pytest.raises((Stopped, KeyboardInterrupt)):
            run(model, folder, how, dev_of(model, how), stop=stop, checkpoint_seconds=0.0)
    model = tiny_model(dropout=0.1, seed=99)
    return model, run(model, folder, how, dev_of(model, how))


def dev_of(model: Model, how: Recipe) -> DevLoss | None:
    return DevLoss(model) if how.selection == "dev" else None


def uninterrupted(folder: Path, how: Recipe) -> tuple[Model, Progress]:
    model = tiny_model(dropout=0.1)
    return model, run(model, folder, how, dev_of(model, how))


LAST = recipe(batch=8, epochs=2.5)
BEST = recipe(batch=8, epochs=2.5, selection="dev", checks=4, learning_rate=0.3, warmup=0.0)  # dev gets worse again


@pytest.mark.parametrize("how", [LAST, BEST], ids=["last", "dev"])
def test_resuming_at_any_update_gives_equal_weights(tmp_path: Path, how: Recipe) -> None:
    whole, progress = uninterrupted(tmp_path / "whole", how)
    assert progress.update == 15
    assert how.selection == "last" or progress.best_update < progress.update
    for update in range(1, progress.update):
        brake = Brake(update)
        model, found = resumed(tmp_path / str(update), how, brake)
        assert brake.calls == update
        assert same(weights(model), weights(whole)), update
        assert replace(found, seconds=0) == replace(progress, seconds=0)


@pytest.mark.parametrize("stops", [(Brake(3), Brake(8)), (Brake(1), Brake(1)), (Kill(4), Kill(9)), (Kill(2), Brake(5))])
@pytest.mark.usefixtures("every_update")
def test_two_interruptions(tmp_path: Path, stops: tuple[Any, ...]) -> None:
    whole, progress = uninterrupted(tmp_path / "whole", BEST)
    model, found = resumed(tmp_path / "parts", BEST, *(type(stop)(stop.after) for stop in stops))
    assert same(weights(model), weights(whole))
    assert replace(found, seconds=0) == replace(progress, seconds=0)

    def numbers(folder: Path) -> list[Any]:
        return [{name: line[name] for name in line if name != "seconds"} for line in log_lines(folder)]

    assert numbers(tmp_path / "parts") == numbers(tmp_path / "whole")


def test_a_torn_log_line_is_dropped(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        run(tiny_model(), tmp_path, stop=Brake(3))
    with (tmp_path / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"update": 4, "lo')
    run(tiny_model(), tmp_path)
    assert log_lines(tmp_path)[-1]["update"] == 12


def test_a_stop_ends_after_the_update_at_hand(tmp_path: Path) -> None:
    model = tiny_model()
    with pytest.raises(Stopped):
        run(model, tmp_path, stop=Brake(3))
    assert (tmp_path / "checkpoint.safetensors").exists()
    stopped = weights(model)
    whole = tiny_model()
    hook = Recorder(whole, 3)
    run(whole, tmp_path / "whole", stop=hook)
    assert same(stopped, hook.seen)


class Recorder(Brake):
    """Never stops; keeps the weights as they were after one update."""

    def __init__(self, model: Model, after: int):
        super().__init__(after)
        self.model, self.seen = model, dict[str, Tensor]()

    def __call__(self) -> bool:
        if super().__call__() and not self.seen:
            self.seen = weights(self.model)
        return False


def test_a_stop_at_the_last_update_is_no_stop(tmp_path: Path) -> None:
    assert run(tiny_model(), tmp_path, stop=Brake(12)).update == 12


def test_a_finished_checkpoint_is_not_trained_again(tmp_path: Path) -> None:
    first, second = tiny_model(), tiny_model(seed=5)
    run(first, tmp_path, checkpoint_seconds=0.0)
    assert run(second, tmp_path).update == 12
    assert same(weights(first), weights(second))


# The log


@pytest.mark.usefixtures("every_update")
def test_log_lines(tmp_path: Path) -> None:
    model = tiny_model()
    progress = run(model, tmp_path, recipe(selection="dev", checks=3), DevLoss(model))
    lines = log_lines(tmp_path)
    updates = [line for line in lines if "loss" in line]
    assert [line["update"] for line in updates] == list(range(1, 13))
    assert {line["updates"] for line in updates} == {12}
    assert updates[-1]["tokens"] == progress.tokens == 2 * sum(feature.length for feature in DATA)
    assert all(one["seconds"] <= other["seconds"] for one, other in pairwise(updates))
    assert [line["update"] for line in lines if "dev" in line] == [4, 8, 12]


def test_a_short_stage_logs_its_mean_loss_once(tmp_path: Path) -> None:
    run(tiny_model(), tmp_path)
    lines = log_lines(tmp_path)
    assert lines[-1]["update"] == 12
    assert len(lines) < 12
    assert 0.5 < lines[-1]["loss"] < 2
