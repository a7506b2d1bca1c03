"""A treatment's answers to the plain test sets, as the files that a leaderboard takes."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import polars

from crosswind import catalog
from crosswind.leaderboard.suites import Suite, SuiteTask
from crosswind.plan import Cell, Plan
from crosswind.quantities import counted_things
from crosswind.records import digest
from crosswind.stages import Evaluate, clean, label
from crosswind.store import OUTCOMES, Store

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Treatment:
    """One arm with one sequence of intermediate tasks, at one seed."""

    arm: str
    sequence: str
    seed: int


@dataclass(frozen=True, slots=True)
class Written:
    """One file of a submission: what it answers, where it lies, its digest, and what it was made from."""

    task: str
    language: str
    file: str
    sha256: str
    rows: int
    evaluation: str
    model: str
    data: str


def treatment(plan: Plan, arm: str | None, sequence: str | None, seed: int | None) -> Treatment:
    """The treatment that is meant; what there is only one of need not be said. Raises ValueError naming the choices.

    Controls are meant only where they are named.
    """
    said = {"arm": arm, "sequence": sequence, "seed": seed}
    cells = [cell for cell in plan.cells if arm is not None or not cell.control_of]
    found = [Treatment(cell.arm, cell.sequence, cell.seed) for cell in cells]
    for name, value in said.items():
        choices = sorted({getattr(each, name) for each in found})
        if value is None and len(choices) > 1:
            shown = ", ".join(repr(choice) for choice in choices)
            raise ValueError(f"say which {name} with --{name}; {plan.study.name} has {shown}")
        found = [each for each in found if value is None or getattr(each, name) == value]
        if not found:
            raise ValueError(f"there is no {name} {value!r}{catalog.suggestion(str(value), map(str, choices))}")
    return found[0]


def export(plan: Plan, store: Store, chosen: Treatment, suite: Suite, folder: Path) -> tuple[list[Written], list[str]]:
    """Write what is finished, and say what is not. The manifest is written last.

    Raises ValueError where the study reads only part of its test sets.
    """
    if plan.study.limit.test is not None:
        raise ValueError(
            f"{plan.study.name} reads only {plan.study.limit.test} rows of each test set; a submission needs them all: "
            "remove limit.test and run it again"
        )
    written, missing = [], []
    for task in suite.tasks:
        cells = {cell.language: cell for cell in plan.cells if answers(plan, cell, chosen, task.name)}
        for language in task.languages:
            cell = cells.get(language)
            if why := lacking(plan, store, cell, task):
                missing.append(f"{task.name} in {language}: {why}")
            elif cell:
                written.append(write(plan, store, cell, task, folder))
    if written:
        told = {"suite": suite.name, "study": plan.study.name} | asdict(chosen)
        rows = [asdict(each) for each in written]
        text = json.dumps(told | {"files": rows}, ensure_ascii=False, indent=1)
        (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    return written, missing


def answers(plan: Plan, cell: Cell, chosen: Treatment, task: str) -> bool:
    """Whether a cell holds the answers of the treatment to a task's plain test set."""
    if (cell.arm, cell.sequence, cell.seed, cell.condition) != (chosen.arm, chosen.sequence, chosen.seed, "clean"):
        return False
    stage = plan.stages.get(cell.stage)
    return isinstance(stage, Evaluate) and label(clean(stage.data).task) == task


def write(plan: Plan, store: Store, cell: Cell, task: SuiteTask, folder: Path) -> Written:
    """One file."""
    stage = plan.stages[cell.stage]
    assert isinstance(stage, Evaluate)
    table = polars.read_parquet(store.file(stage, OUTCOMES), columns=["example", "answer"])
    path = folder / task.name / f"test-{cell.language}{task.layout.suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(task.layout.spell(list(table.iter_rows())), encoding="utf-8")
    return Written(
        task=task.name,
        language=cell.language,
        file=str(path.relative_to(folder)),
        sha256=digest(path).sha256,
        rows=table.height,
        evaluation=stage.id,
        model=stage.model.id,
        data=stage.data.id,
    )


def lacking(plan: Plan, store: Store, cell: Cell | None, task: SuiteTask) -> str:
    """Why a cell makes no file; empty where it does. Where lines answer by their place, every row needs an answer."""
    stage = plan.stages.get(cell.stage) if cell else None
    if not isinstance(stage, Evaluate):
        return "not part of the study"
    if not store.has(stage):
        return "not run yet"
    if not task.layout.by_place:
        return ""
    facts = store.record(clean(stage.data)).facts
    gaps = facts["broken"] + (0 if task.thinned else sum(facts["left_out"].values()))
    return f"{counted_things(gaps, 'row')} of the test set were left out, and a submission answers all" if gaps else ""


def summary(written: list[Written], missing: list[str], folder: Path, most: int = 8) -> Iterator[str]:
    """What was written and what was not, in lines."""
    tasks = list(dict.fromkeys(each.task for each in written))
    yield f"{folder}: {len(written)} files of {len(tasks)} tasks ({', '.join(tasks) or 'none'})"
    yield from (f"missing: {each}" for each in missing[:most])
    if len(missing) > most:
        yield f"missing: {len(missing) - most} more"
