"""What `crosswind export-gauntlet` does: make the perturbed sets that the store lacks, then write them as files."""

from collections.abc import Iterator
from pathlib import Path

from crosswind import catalog
from crosswind.console.running import crew, execute, told_summary
from crosswind.exports import export, refuse
from crosswind.machine import Resources
from crosswind.plan import Plan, make_plan
from crosswind.store import Store
from crosswind.study import Study
from crosswind.study_file import load_study
from crosswind.workshop import Workshop


def exported(study: Path, store_path: Path, out: Path, *, with_text: bool) -> Iterator[str]:
    """Make and write; raises ValueError where a set could not be made, saying which."""
    plan, store = planned(study), Store(store_path)
    refuse(plan, with_text=with_text)
    summary = execute(plan.without_models(), store, crew(plan))
    if summary.stopped or summary.broken:
        lines = "\n".join(told_summary(summary))
        raise ValueError(f"not all sets could be made, so none was written:\n{lines}")
    out.mkdir(parents=True, exist_ok=True)
    resources = Resources(device="cpu", threads=1, folders=plan.folders, library=plan.study.library)
    yield from export(plan, Workshop(store, resources), out, with_text=with_text)


def planned(study: Path) -> Plan:
    """The plan of a study file, or of the gauntlet's core on the task of that name."""
    name = str(study)
    if name in catalog.FAMILIES["tasks"] and not study.exists():
        return make_plan(gauntlet_of(name))
    return make_plan(load_study(study))


def gauntlet_of(task: str) -> Study:
    """The study that puts a whole gauntlet to one task, but for what needs an encoder that knows its languages."""
    gauntlet = {"leave_out": ["codemix"]}
    settings = {"name": task, "seeds": [1], "base": {"model": "pocket"}, "targets": [task], "gauntlet": gauntlet}
    return Study.model_validate(settings | {"arm": [{"name": "none"}]})
