"""What a reader should not conclude from a study, told by the study itself; and the study as it was read."""

from collections.abc import Iterator
from typing import Any

import polars
from pydantic import BaseModel

from crosswind import catalog
from crosswind.identity import Record, deviations
from crosswind.perturbations.applicability import AUDITED
from crosswind.plan import Plan
from crosswind.recipe import Recipe
from crosswind.stages import label
from crosswind.stats import averages
from crosswind.stats.averages import CLEAN
from crosswind.stats.verdicts import LEAST_RUNS
from crosswind.tasks.base import Task

FEW_ITEMS = 200


def limits(plan: Plan, scores: polars.DataFrame) -> list[str]:
    """Sentences, the weightiest first."""
    return [*of_seeds(plan), *of_items(plan), *of_cells(scores), *of_classes(scores), *of_languages(plan)]


def of_seeds(plan: Plan) -> Iterator[str]:
    seeds = len(plan.study.seeds)
    if seeds == 1:
        yield "One training seed: nothing here is about a method, only about the models that were trained."
    elif seeds < LEAST_RUNS:
        yield f"{seeds} training seeds: intervals are wide, and no claim is decided with fewer than {LEAST_RUNS}."


def of_items(plan: Plan) -> Iterator[str]:
    study = plan.study
    sizes = {
        label(task): min(min(study.limit.test or size, size) for code in study.codes(task)
                         if (size := task.num_rows(code, "test")))
        for task in study.targets
        if any(task.num_rows(code, "test") for code in study.codes(task))
    }  # fmt: skip
    small = [f"{name} ({size})" for name, size in sizes.items() if size < FEW_ITEMS]
    if small:
        yield f"Small test sets: {', '.join(small)} items in the smallest language; one item weighs much."
    if study.limit.train or study.limit.test:
        yield "Training or test sets were cut (limit), so scores are not comparable with published ones."


def of_cells(scores: polars.DataFrame) -> Iterator[str]:
    left = scores.filter(polars.col("status") != "done").height
    if left:
        yield f"{left:,} of {scores.height:,} rows of results have no score; means are over what is there."
    idle = scores.filter(averages.is_there() & averages.is_idle()).height
    if idle:
        yield f"{idle:,} perturbed scores enter no mean, because the change hardly reached the model."


def of_classes(scores: polars.DataFrame) -> Iterator[str]:
    unsure = scores.filter((polars.col("validity") == "B") & (polars.col("severity") > AUDITED))
    if unsure.height:
        names = ", ".join(unsure["condition"].unique(maintain_order=True)[:6])
        yield f"No speakers have checked yet that labels survive {names} at severities above {AUDITED}."
    if (scores["condition"] != CLEAN).any():
        yield "Perturbed text is synthetic unless a condition says that it is recorded; people err in other ways too."


def of_languages(plan: Plan) -> Iterator[str]:
    codes = {code for task in plan.study.targets for code in plan.study.codes(task)}
    if len(codes) > 1:
        yield "Languages are fixed: a mean over these says nothing about others, and related ones are not independent."
    if plan.study.base.model == "pocket":
        yield "Pocket’s languages are constructed: what holds there is a hypothesis for real ones, and no finding."


def declared(value: Any) -> Any:
    """A study with what its author set, under the keys and in the tables of a study file."""
    match value:
        case Recipe():
            return {name: declared(own) for name, own in deviations(value)}
        case Record():
            settings = {name: declared(own) for name, own in deviations(value)}
            is_named = not settings or (isinstance(value, Task) and value.own_name)
            return label(value) if is_named else {"kind": catalog.name_of(type(value)).rpartition(":")[2]} | settings
        case BaseModel():
            return {
                field.alias or name: declared(getattr(value, name))
                for name, field in type(value).model_fields.items()
                if name in value.model_fields_set
            }
        case tuple() | list():
            return [declared(item) for item in value]
        case dict():
            return {name: declared(item) for name, item in value.items()}
    return value
