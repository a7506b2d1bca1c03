"""Time, memory and size of the report of a large study: a hundred arms, a task in forty languages, the whole gauntlet.

    python benchmarks/report_size.py [--arms 100] [--target panx]

Nothing is trained. The store is filled with a record for every stage and, as evaluations publish them, a file of
made-up scores for every evaluation: some 300,000 files, 2 GB. `crosswind report` makes the page twice, each time in a
process of its own: cold, when nothing has been gathered, and warm, when the first report has gathered the scores.
"""

import argparse
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars

from crosswind.plan import Plan, make_plan
from crosswind.records import File, StageRecord
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
SCORES_MADE_UP = 1000  # different files of scores; more would take longer to write and no longer to read


def fill(plan: Plan, store: Store) -> None:
    """A record for every stage, trainings without the weights that nobody asks for, and scores of every evaluation."""
    files = {perturbed: [made_up(number, perturbed) for number in range(SCORES_MADE_UP)] for perturbed in (False, True)}
    facts: dict[str, Any] = {"wall_seconds": 1.0, "peak_memory": 1, "items": 100, "eligible": 95, "rate": 0.2}
    facts |= {"chrf": 80.0, "tokens": 1, "updates": 1, "trained_parameters": 1, "left_out": {}, "broken": 0}
    asked = {"units": 1000, "run": 1000, "truncated": 0, "collided": 0, "wall_seconds": 1.0, "peak_memory": 1}
    for number, stage in enumerate(plan.stages.values()):
        folder = store.folder(stage)
        folder.mkdir(parents=True)
        held: Mapping[str, File] = {}
        if isinstance(stage, Evaluate):
            content, file = files[isinstance(stage.data, Perturb)][number % SCORES_MADE_UP]
            (folder / SCORES).write_bytes(content)
            held = {SCORES: file}
        told = asked if isinstance(stage, Evaluate) else facts
        own = tuple(parent.id for parent in parents(stage))
        record = StageRecord(stage.id, kind(stage), slug(stage), stage.payload, own, "done", told, held)
        record.write(folder / RECORD)


def made_up(number: int, perturbed: bool) -> tuple[bytes, File]:
    """One file of scores, and its digest."""
    changed = 0.9 if perturbed else 0.0
    table = polars.DataFrame(
        {
            "metric": ["entity_f1"],
            "main": [True],
            "value": [float(np.random.default_rng(number).normal(60, 10))],
            "value_changed": [50.0 if perturbed else None],
            "examples": [10_000],
            "changed": [changed],
            "effective": [changed or None],
            "unk_delta": [0.0],
            "len_ratio": [1.1],
            "trunc_rate": [0.0],
        },
        schema_overrides={"value_changed": polars.Float64, "effective": polars.Float64},
    )
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    content = buffer.getvalue()
    return content, File(hashlib.sha256(content).hexdigest(), len(content))


def reported(folder: Path) -> dict[str, float]:
    """What one report takes."""
    command = [sys.executable, "-m", "crosswind", "report", "large.toml", "--store", "store", "--out", "page.html"]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=folder) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(process.returncode)
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_gigabytes": round(used.ru_maxrss * 1024 / 1e9, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arms", type=int, default=100, help="3 at least: of fewer a report reads single answers")
    parser.add_argument("--target", default="panx")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arms = (ARM.format(number=number, eps=0.001 * (number + 1)) for number in range(chosen.arms))
        (folder / "large.toml").write_text(STUDY.format(target=chosen.target) + "".join(arms), encoding="utf-8")
        began, spent = time.perf_counter(), time.process_time()
        plan = make_plan(load_study(folder / "large.toml"))
        planning = {
            "seconds": round(time.perf_counter() - began, 1),
            "processor_seconds": round(time.process_time() - spent, 1),
        }
        fill(plan, Store(folder / "store"))
        cold, warm = reported(folder), reported(folder)
        found = {
            "arms": chosen.arms,
            "languages": len({cell.language for cell in plan.cells}),
            "conditions": len({(cell.condition, cell.severity) for cell in plan.cells}),
            "cells": len(plan.cells),
            "evaluations": plan.count("evaluate"),
            "planning": planning,
            "report, nothing gathered": cold,
            "report, scores gathered": warm,
            "page_megabytes": round((folder / "page.html").stat().st_size / 1e6, 1),
            "load": os.getloadavg(),
        }
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
