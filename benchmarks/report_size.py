"""Time and size of the report of a large study: a hundred arms, a task in forty languages, the whole gauntlet.

    python benchmarks/report_size.py [--arms 100] [--target panx]

Nothing is trained. The store is filled with a record for every stage and with made-up scores, gathered as a run gathers
them; then `crosswind report` makes the page in a process of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars

from crosswind.gathered import FOLDER
from crosswind.plan import Plan, make_plan
from crosswind.records import StageRecord
from crosswind.stages import Evaluate, Perturb, kind, parents, slug
from crosswind.store import RECORD, SCORES, Store
from crosswind.study_file import load_study

STUDY = """name = "large"
seeds = [1]
base = {{ model = "pocket" }}
targets = ["{target}"]
[gauntlet]
severities = [1, 3, 5]
"""
ARM = '\n[[arm]]\nname = "arm-{number:03}"\nobjective = {{ kind = "fgm", eps = {eps:.3f} }}\n'


def fill(plan: Plan, store: Store) -> None:
    """A record for every stage but the trainings, whose weights nobody asks for, and scores for every evaluation."""
    draws, rows = np.random.default_rng(1), []
    for stage in plan.stages.values():
        folder = store.folder(stage)
        folder.mkdir(parents=True, exist_ok=True)
        changed = 0.9 if isinstance(stage, Evaluate) and isinstance(stage.data, Perturb) else 0.0
        facts = {"wall_seconds": 1.0, "peak_memory": 1, "items": 100, "eligible": 95, "rate": 0.2, "chrf": 80.0}
        facts |= {"tokens": 1, "updates": 1, "trained_parameters": 1, "left_out": {}, "broken": 0}
        own = tuple(parent.id for parent in parents(stage))
        StageRecord(stage.id, kind(stage), slug(stage), stage.payload, own, "done", facts, {}).write(folder / RECORD)
        if isinstance(stage, Evaluate):
            rows.append((stage.id, "entity_f1", True, float(draws.normal(60, 10)), 1000, changed, changed or None))
    names = ("stage", "metric", "main", "value", "examples", "changed", "effective")
    (store.root / FOLDER).mkdir()
    polars.DataFrame(rows, schema=names, orient="row").write_parquet(store.root / FOLDER / SCORES)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arms", type=int, default=100)
    parser.add_argument("--target", default="panx")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arms = (ARM.format(number=number, eps=0.001 * (number + 1)) for number in range(chosen.arms))
        (folder / "large.toml").write_text(STUDY.format(target=chosen.target) + "".join(arms), encoding="utf-8")
        began = time.perf_counter()
        plan = make_plan(load_study(folder / "large.toml"))
        planning = time.perf_counter() - began
        fill(plan, Store(folder / "store"))
        command = [sys.executable, "-m", "crosswind", "report", "large.toml", "--store", "store", "--out", "page.html"]
        began, spent = time.perf_counter(), os.times()
        subprocess.run(command, cwd=folder, check=True)
        wall, after = time.perf_counter() - began, os.times()
        found = {
            "arms": chosen.arms,
            "languages": len({cell.language for cell in plan.cells}),
            "conditions": len({(cell.condition, cell.severity) for cell in plan.cells}),
            "cells": len(plan.cells),
            "planning_seconds": round(planning, 1),
            "report_seconds": round(wall, 1),
            "report_processor_seconds": round(after.children_user + after.children_system - spent.children_user, 1),
            "page_megabytes": round((folder / "page.html").stat().st_size / 1e6, 1),
            "load": os.getloadavg(),
        }
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
