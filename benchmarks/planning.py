"""Time and memory of planning by size of study, and `crosswind run` where everything is finished."""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from crosswind.arms import Arm
from crosswind.conditions import Condition
from crosswind.encoders import Encoder
from crosswind.plan import make_plan
from crosswind.stages import kind
from crosswind.store import EXAMPLES, OUTCOMES, SCORES, WEIGHTS, Store
from crosswind.study import Study
from crosswind.study_file import load_study

SEQUENCES: tuple[tuple[str, ...], ...] = (
    (),
    ("pocket-tags",),
    ("pocket-nli",),
    ("pocket-paws",),
    ("pocket-tags", "pocket-nli"),
    ("pocket-nli", "pocket-tags"),
)
FILES = {
    "dataset": (EXAMPLES,),
    "perturb": (EXAMPLES,),
    "train": (WEIGHTS, "log.jsonl"),
    "evaluate": (OUTCOMES, SCORES),
}
STUDY = """name = "finished"
seeds = {seeds}
base = {{ model = "pocket" }}
targets = ["pocket-nli", "pocket-paws"]
[[arm]]
name = "full"
sequences = [[], ["pocket-tags"]]
[[condition]]
perturbation = "typo_edit"
severities = [1, 3, 5]
"""


def large_study(num_seeds: int) -> Study:
    """Six sequences, two targets in all their languages, clean and three severities: about 690 stages a seed."""
    return Study.model_validate(
        {
            "name": "large",
            "seeds": tuple(range(1, num_seeds + 1)),
            "base": Encoder(model="some/encoder", revision="0" * 40),
            "targets": ("pocket-nli", "pocket-paws"),
            "arm": (Arm.model_validate({"name": "full", "sequences": SEQUENCES}),),
            "condition": (Condition.model_validate({"perturbation": "typo_edit", "severities": (1, 3, 5)}),),
        }
    )


def child(num_seeds: int) -> None:
    """Plan one study and say what it took; a process of its own, so that memory is its own."""
    before = peak()
    study = large_study(num_seeds)
    wall, cpu = time.perf_counter(), time.process_time()
    plan = make_plan(study)
    found = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    found |= {"stages": len(plan.stages), "cells": len(plan.cells), "before": before, "peak": peak()}
    print(json.dumps(found))


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def planned(num_seeds: int, rounds: int) -> dict[str, float]:
    runs = [
        json.loads(subprocess.check_output([sys.executable, __file__, "--child", str(num_seeds)], text=True))
        for _ in range(rounds)
    ]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def finish(store: Store, study: Study) -> int:
    """Publish every stage of a study with small dummy files."""
    plan = make_plan(study)
    for stage in plan.stages.values():
        work = store.work(stage)
        for name in FILES[kind(stage)]:
            (work / name).write_bytes(b"dummy")
        store.publish(stage, work, FILES[kind(stage)], {"units": 1, "wall_seconds": 1.0}, {})
    return len(plan.stages)


def nothing_to_do(folder: Path, num_seeds: int, rounds: int) -> tuple[int, list[float], list[float]]:
    """Wall and CPU seconds of whole `crosswind run` processes on a finished study."""
    path = folder / f"finished{num_seeds}.toml"
    path.write_text(STUDY.format(seeds=list(range(1, num_seeds + 1))), encoding="utf-8")
    store = Store(folder / f"store{num_seeds}")
    num_stages = finish(store, load_study(path))
    wall, cpu = [], []
    for _ in range(rounds):
        began, used = time.perf_counter(), children()
        command = [sys.executable, "-m", "crosswind", "run", str(path), "--store", str(store.root)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        assert f"{num_stages} already there" in done.stdout, done.stdout
        wall.append(time.perf_counter() - began)
        cpu.append(children() - used)
    return num_stages, wall, cpu


def children() -> float:
    used = os.times()
    return used.children_user + used.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 5, 15, 50])
    parser.add_argument("--finished", nargs="+", type=int, default=[1, 10])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child)
        return

    plans = [planned(num_seeds, options.rounds) for num_seeds in options.seeds]
    rows: list[Sequence[object]] = [
        (
            f"{each['stages']:,.0f}",
            f"{each['cells']:,.0f}",
            each["wall"],
            each["cpu"],
            each["before"] / 2**20,
            each["peak"] / 2**20,
        )
        for each in plans
    ]
    with tempfile.TemporaryDirectory() as folder:
        runs = [nothing_to_do(Path(folder), num_seeds, options.rounds + 2) for num_seeds in options.finished]
    finished = [(f"{count:,}", statistics.median(wall), min(wall), statistics.median(cpu)) for count, wall, cpu in runs]

    import harness  # torch only now: the children are what is measured

    header = ("stages", "cells", "wall s", "CPU s", "MB before planning", "peak MB")
    parts = [
        "`make_plan` on a study built in Python, each size in a process of its own; medians.",
        harness.table(header, rows),
        "`crosswind run` where every stage is in the store: the whole process, start of Python included.",
        harness.table(("stages", "wall s (median)", "wall s (best)", "CPU s (median)"), finished),
    ]
    harness.write("planning", "Planning", parts, {"plans": plans, "finished": runs})


if __name__ == "__main__":
    main()
