"""Ten thousand resamples of a million outcomes, and almost stochastic order of six systems: time, memory, a peer.

The million are two arms, five seeds, five languages and four conditions of five thousand items, or fewer cells of more
items, or many cells of few. Time is from the table of outcomes to the finding. `--peer` is an interpreter that has
deepsig, which is asked for the same orders in the same run.
"""

import argparse
import json
import resource
import subprocess
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import polars

import harness
from crosswind.stats.estimates import Treatment, between
from crosswind.stats.inference import DRAWS, find
from crosswind.stats.named import estimand
from crosswind.stats.stochastic_order import orders
from crosswind.stats.tallies import tally
from harness import Run, in_turn, median, ratio, timed

# arms, seeds, languages, conditions, items
SHAPES = {
    "parallel": (2, 5, 5, 4, 5_000),
    "many items": (2, 5, 1, 2, 50_000),
    "many cells": (2, 5, 10, 20, 500),
}
LOOPED = 50  # resamples that the plain loop makes, to be multiplied

PEER = """
import json, sys, time
import numpy as np
from deepsig import multi_aso
samples = json.load(sys.stdin)
begin = time.perf_counter(), time.process_time()
found = multi_aso(samples, confidence_level=0.95, num_jobs=1, seed=1, show_progress=False)
print(json.dumps([time.perf_counter() - begin[0], time.process_time() - begin[1], np.asarray(found).tolist()]))
"""


def outcomes(shape: tuple[int, ...]) -> polars.DataFrame:
    """As many answers as the product of the shape, six of ten right."""
    arm, seed, language, condition, item = np.indices(shape, np.int32).reshape(5, -1)
    right = np.random.default_rng(1).random(arm.size) < 0.6

    def named(letter: str, index: Any, count: int) -> polars.Series:
        return polars.Series([f"{letter}{place}" for place in range(count)])[index]

    return polars.DataFrame(
        {
            "arm": named("arm", arm, shape[0]),
            "sequence": polars.Series([""]).new_from_index(0, arm.size),
            "target": polars.Series(["task"]).new_from_index(0, arm.size),
            "seed": seed.astype(np.int64),
            "language": named("l", language, shape[2]),
            "condition": polars.Series(["clean", *(f"k{place}" for place in range(1, shape[3]))])[condition],
            "severity": (condition > 0).astype(np.int64),
            "draw": (condition > 0).astype(np.int64),
            "example": named("item", item, shape[4]),
            "cluster": named("item", item, shape[4]),
            "answer": polars.Series(["no", "yes"])[right.astype(int)],
            "collided": np.zeros(arm.size, bool),
            "right": right.astype(float),
            "n": np.ones(arm.size),
        }
    )


def found_in(table: polars.DataFrame, name: str) -> float:
    made = tally(table, "accuracy")
    return find([made], estimand(name), between(Treatment("arm0"), Treatment("arm1")), seed=1).value


def looped(table: polars.DataFrame, shape: tuple[int, ...]) -> float:
    """The plain way: every resample picks items by their places and averages all their cells anew."""
    scores_CI = table["right"].to_numpy().reshape(-1, shape[4])
    generator, found = np.random.default_rng(1), []
    for _ in range(LOOPED):
        means = scores_CI[:, generator.integers(0, shape[4], shape[4])].mean(1).reshape(2, -1)
        found.append(means[0].mean() - means[1].mean())
    return float(np.std(found))


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def side(work: Callable[[], object]) -> Callable[[int], Run]:
    return lambda _: timed(work)[0]


def bootstrap_rows(rounds: int) -> tuple[list[tuple[object, ...]], dict[str, Any]]:
    rows, raw = [], {}
    for name, shape in SHAPES.items():
        table = outcomes(shape)
        own = side(partial(found_in, table, "gain_interaction"))
        runs = in_turn({"crosswind": own, "loop": side(partial(looped, table, shape))}, rounds)
        times = DRAWS / LOOPED
        rows.append(
            (name, " x ".join(map(str, shape)), median(runs["crosswind"], "wall"), median(runs["crosswind"], "cpu"),
             median(runs["loop"], "wall") * times, ratio(runs["loop"], runs["crosswind"]) * times, peak())
        )  # fmt: skip
        raw[name] = {side: [asdict(run) for run in each] for side, each in runs.items()}
    return rows, raw


def order_row(rounds: int, peer: str | None) -> tuple[tuple[object, ...], dict[str, Any]]:
    """Six systems of ten seeds, all against all."""
    generator = np.random.default_rng(1)
    samples = {f"system {place}": generator.normal(place / 3, 1, 10).tolist() for place in range(6)}
    sides: dict[str, Callable[[int], Run]] = {"crosswind": side(partial(orders, samples, seed=1))}
    if peer:
        sides["deepsig"] = lambda _: asked_of(peer, samples)
    runs = in_turn(sides, rounds)
    beside = (median(runs["deepsig"], "wall"), ratio(runs["deepsig"], runs["crosswind"])) if peer else ("", "")
    return (median(runs["crosswind"], "wall"), *beside), {
        side: [asdict(run) for run in each] for side, each in runs.items()
    }


def asked_of(peer: str, samples: dict[str, list[float]]) -> Run:
    """The peer's time for the orders alone, its start left out."""
    done = subprocess.run([peer, "-c", PEER], input=json.dumps(samples), capture_output=True, text=True, check=True)
    wall, cpu, _ = json.loads(done.stdout.splitlines()[-1])
    return Run(wall, cpu)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", help="a Python interpreter that has deepsig")
    options = parser.parse_args()
    order, raw_order = order_row(options.rounds, options.peer)
    rows, raw = bootstrap_rows(options.rounds)
    parts = [
        f"{DRAWS:,} resamples of a million outcomes, by items and seeds, for the contrast of two arms in "
        f"`gain_interaction`, with Student's interval beside. The plain loop makes {LOOPED} resamples of items, "
        "without seeds, and its time is multiplied. GB is the most that the process has held so far.",
        harness.table(
            ("layout", "arms x seeds x languages x conditions x items", "s", "CPU s", "plain loop s", "times", "GB"),
            rows,
        ),
        "Almost stochastic order of six systems of ten seeds, all against all, 1,000 resamples each.",
        harness.table(("crosswind s", "deepsig s", "times"), [order]),
    ]
    harness.write("statistics-speed", "Speed of the statistics", parts, {"bootstrap": raw, "orders": raw_order})


if __name__ == "__main__":
    main()
