"""Prediction in batches of similar length beside fixed-length padding as in XTREME's scripts: speed, equal answers."""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

import harness
from crosswind.evaluate import predict
from crosswind.formats.base import Feature
from crosswind.models.model import Model
from crosswind.objectives.erm import Erm
from crosswind.recipe import Recipe
from crosswind.train.journal import Setting
from crosswind.train.loop import train
from crosswind.train.rows import plain
from harness import LONGEST, PAD, SIZES, SPREADS, Run, Size, in_turn, make_features, make_model, median, ratio, timed

FIXED_BATCH = 32


def lightly_trained(size: Size, data: list[Feature], updates: int) -> Model:
    """Weights that mean something, so that answers are not decided by rounding."""
    model = make_model(size)
    recipe = Recipe(steps=updates, batch=32, learning_rate=2e-3, selection="last")
    with tempfile.TemporaryDirectory() as folder:
        train(model, plain(data), Erm(), recipe, 1, 0, None, Setting(folder=Path(folder), pad=PAD))
    return model


def padded_to_the_limit(model: Model, data: list[Feature]) -> list[Any]:
    """Every example as long as the longest allowed, in the order of the file."""
    ids = torch.tensor([(*each.rows[0].ids, *(PAD,) * (LONGEST - each.length)) for each in data])
    mask = torch.tensor([(1,) * each.length + (0,) * (LONGEST - each.length) for each in data])
    model.eval()
    scores: Any = model.head.scores
    found: list[Any] = []
    with torch.inference_mode():
        for first in range(0, len(data), FIXED_BATCH):
            part = slice(first, first + FIXED_BATCH)
            hidden = model.encoder.network(input_ids=ids[part], attention_mask=mask[part]).last_hidden_state
            found.extend(scores(hidden[:, 0]).numpy())
    return found


def compared(size: Size, spread: str, count: int, budgets: Sequence[int], rounds: int) -> tuple[list[Any], Any]:
    """One line per budget of sub-words a batch, and the raw measurements."""
    lengths = harness.natural_lengths(spread, count, np.random.default_rng(3))
    data = make_features(lengths, size.vocabulary, 3)
    model = lightly_trained(size, data, 60 if size.width <= 128 else 8)
    answers: dict[str, list[Any]] = {}

    def side(name: str, predict_all: Callable[[], list[Any]]) -> Callable[[int], Run]:
        def once(_: int) -> Run:
            run, answers[name] = timed(predict_all)
            return run

        return once

    def ours(budget: int) -> list[Any]:
        return predict.outputs(model, data, PAD, budget, {})

    sides = {str(budget): side(str(budget), partial(ours, budget)) for budget in budgets}
    sides["padded"] = side("padded", partial(padded_to_the_limit, model, data))
    found = in_turn(sides, rounds)
    rows = []
    for name in map(str, budgets):
        pairs = list(zip(answers[name], answers["padded"], strict=True))
        rows.append(
            (
                *(size, spread, name, count / median(found[name], "cpu"), count / median(found["padded"], "cpu")),
                *(ratio(found["padded"], found[name]), ratio(found["padded"], found[name], "cpu")),
                f"{sum(int(one.argmax() == other.argmax()) for one, other in pairs)}/{count}",
                f"{max(float(np.abs(one - other).max()) for one, other in pairs):.0e}",
            )
        )
    return rows, {name: [asdict(run) for run in runs] for name, runs in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--examples", type=int, default=800, help="for the small encoder; a larger one gets a quarter")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--budgets", nargs="+", type=int, default=[2048, 4096, 16384])
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    rows, raw = [], {}
    for size in map(SIZES.__getitem__, options.sizes):
        for spread in SPREADS:
            count = options.examples // (1 if size.width <= 128 else 4)
            lines, raw[f"{size} {spread}"] = compared(size, spread, count, options.budgets, options.rounds)
            rows += lines
    header = (
        *("encoder", "lengths", "sub-words a batch", "crosswind, examples/CPU s", "padded, examples/CPU s"),
        *("faster by (wall)", "(CPU)", "equal answers", "largest difference of logits"),
    )
    told = (
        f"fp32, {options.threads} thread. Padded: {FIXED_BATCH} examples a batch, all {LONGEST} long, in file order, "
        "as the scripts of XTREME do it. crosswind: `predict.outputs` with batches of at most so many sub-words. Every "
        f"example is distinct, so the cache saves nothing. Lengths: mean {harness.MEAN_LENGTH:.0f}, sd {SPREADS}."
    )
    harness.write("evaluation-speed", "Speed of prediction", [told, harness.table(header, rows)], raw)


if __name__ == "__main__":
    main()
