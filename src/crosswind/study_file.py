"""A study file read: from TOML to a study, with every mistake in it said at its place."""

import contextlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from crosswind import catalog, languages
from crosswind.choices import ALL, of_task
from crosswind.claimed import unmet_claims
from crosswind.complaints import Complaint, Place, Written, complaints
from crosswind.conditions import cases
from crosswind.described import Described
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.distract import Distract
from crosswind.perturbations.xling_pair import XlingPair
from crosswind.recipes import RECIPES
from crosswind.refusals import misfit_augments
from crosswind.sources.published import Hub
from crosswind.sources.rows import Unreadable
from crosswind.stages import label
from crosswind.study import Study, StudyError
from crosswind.tasks.base import Task
from crosswind.tasks.own import Own
from crosswind.tasks.published import PublishedTask
from crosswind.text.words import segmenter
from crosswind.unfit import unfit_samplers


def load_study(path: Path | str) -> Study:
    """Read a study file; raises StudyError with every mistake in it."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = tomllib.loads(text)
    except FileNotFoundError as error:
        raise StudyError([Complaint(str(path), None, "", "there is no such file")]) from error
    except (IsADirectoryError, PermissionError) as error:
        raise StudyError([Complaint(str(path), None, "", f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise StudyError(
            [Complaint(str(path), None, "", f"is not UTF-8 text: {error.reason} at byte {error.start}")]
        ) from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise StudyError([Complaint(str(path), int(line[1]) if line else None, "", f"is not TOML: {error}")]) from error
    try:
        encoded = json.dumps(raw, default=refuse_date)
        context: dict[str, Any] = {"folder": str(path.parent), "written": Written(str(path), text)}
        study = Study.model_validate_json(encoded, strict=True, context=context | {"own": described(raw, context)})
    except ValidationError as error:
        raise StudyError(complaints(error.errors(), Study, str(path), text)) from error
    except TypeError as error:
        raise StudyError([Complaint(str(path), None, "", str(error))]) from error
    study.refuse(checks(study))
    return study


def described(raw: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Own | None]:
    """The tasks that a study describes, by name; None for a table with mistakes, which the study itself will say."""
    found: dict[str, Own | None] = {}
    tables = raw.get("task", ())
    for table in tables if isinstance(tables, list) else ():
        if isinstance(table, dict) and isinstance(table.get("name"), str):
            found[table["name"]] = None
            with contextlib.suppress(ValidationError):
                one = Described.model_validate_json(json.dumps(table), strict=True, context=dict(context))
                found[one.name] = one.task()
    return found


def refuse_date(value: Any) -> Any:
    raise TypeError(f"dates and times have no place in a study, found {value}; put text in quotes")


def checks(study: Study) -> Iterator[tuple[Place, str]]:
    """Every mistake that more than one part of the study makes together, with its place."""
    astray = list(unknown_teachers(study))
    yield from astray
    looks = (
        unlisted_labels,
        unknown_recipes,
        unknown_languages,
        unknown_regimes,
        unknown_partners,
        idle_conditions,
        missing_layers,
        missing_segmenter,
        unfit_samplers,
        unmet_claims,
        strange_distances,
    )
    for look in (*looks, *(() if astray else (unknown_data, misfit_augments))):
        yield from look(study)


def unknown_teachers(study: Study) -> Iterator[tuple[Place, str]]:
    """Tasks that a described one cannot learn from."""
    for number, own in enumerate(study.described):
        known = {each.name for each in study.described} | set(catalog.FAMILIES["tasks"])
        for name in own.trains_on:
            place = ("task", number, "trains_on")
            if name not in known:
                yield place, f"there is no task {name!r}{catalog.suggestion(name, known)}"
            elif (why := differs(study, own.task(), name)) is not None:
                yield place, f"{own.name} cannot learn from {name}: {why}"


def differs(study: Study, task: Task, name: str) -> str | None:
    """Why a task cannot learn from another one's training set; None where it can."""
    try:
        teacher = study.place(study.task_called(name))
    except Unreadable as error:
        return str(error)
    if task.format is not teacher.format:
        return f"its format is {teacher.format.name}, not {task.format.name}"
    if task.labels != teacher.labels:
        return f"its labels are {', '.join(teacher.labels)}; expected the same ones in the same order"
    return None if teacher.has_training else "it has no training set"


def unlisted_labels(study: Study) -> Iterator[tuple[Place, str]]:
    """Tasks whose labels have to be read from the user's copy and cannot be."""
    named: dict[str, tuple[Place, Task]] = {label(task): (("targets",), task) for task in study.targets}
    for number, arm in enumerate(study.arms):
        for task in arm.tasks.values():
            named.setdefault(label(task), (("arm", number, "sequences"), task))
    for place, task in named.values():
        try:
            study.place(task)
        except Unreadable as error:
            yield place, str(error)


def unknown_partners(study: Study) -> Iterator[tuple[Place, str]]:
    """Languages that pairs or distractors ask for and no target has."""
    known = {code for task in study.targets for code in task.languages} | {ALL, *languages.GROUPS}
    for number, condition in enumerate(study.conditions):
        asked = condition.perturbation.language if isinstance(condition.perturbation, XlingPair | Distract) else ""
        if asked not in {"", ALL} and not any(of_task(task, (asked,)) for task in study.targets):
            place = ("condition", number, "perturbation", "language")
            yield place, f"no target has a language or group {asked!r}{catalog.suggestion(asked, known)}"


def idle_conditions(study: Study) -> Iterator[tuple[Place, str]]:
    """Conditions that apply to no target in any language, with the reasons."""
    for number, condition in enumerate(study.conditions):
        reasons: dict[str, None] = {}
        for target in study.targets:
            spoken = study.codes(target)
            found = [case.reason for code in spoken for case in cases(condition, target, code, spoken)]
            if not found or not all(found):
                break
            reasons[found[0]] = None
        else:
            yield ("condition", number), f"applies to no target in any language: {'; '.join(reasons)}"


def strange_distances(study: Study) -> Iterator[tuple[Place, str]]:
    """Distances of languages that no target has."""
    known = {code for task in study.targets for code in study.codes(task)}
    for code, complaint in study.language_distance.astray(sorted(known)) if study.language_distance else ():
        yield ("language_distance", "values", code), complaint


def missing_segmenter(study: Study) -> Iterator[tuple[Place, str]]:
    """What would cut the words, if it is not installed."""
    try:
        segmenter(study.segmenter)
    except ValueError as error:
        yield ("segmenter",), str(error)


def missing_layers(study: Study) -> Iterator[tuple[Place, str]]:
    """Layers that the encoder does not have, if its depth is known by now; else the alignment will say so."""
    for number, condition in enumerate(study.conditions):
        layer = condition.perturbation.layer if isinstance(condition.perturbation, Codemix) else None
        if layer is not None and study.base.depth is not None and layer > study.base.depth:
            place = ("condition", number, "perturbation", "layer")
            yield place, f"layer {layer} is asked for, but the encoder has {study.base.depth}; they are counted from 1"


def unknown_data(study: Study) -> Iterator[tuple[Place, str]]:
    """Names in `[data]` that belong to no task of the study."""
    published = {name: task for task in study.every_task if (name := catalog.name_of(type(task)))}
    hubs = {
        source.id
        for task in published.values()
        if isinstance(task, PublishedTask)
        for source in task.sources
        if isinstance(source, Hub)
    }
    for field, names, known in (
        ("files", study.data.files, set(published)),
        ("revisions", study.data.revisions, hubs),
    ):
        for name in names:
            if name not in known:
                yield (
                    ("data", field, name),
                    f"no task of the study is read from {name!r}{catalog.suggestion(name, known)}",
                )


def unknown_recipes(study: Study) -> list[tuple[Place, str]]:
    """Recipes for tasks that the study does not train on."""
    known = {name for task in study.tasks.values() for name in (label(task), label(task.recipe_of))}
    known |= {catalog.name_of(type(task.recipe_of)) for task in study.tasks.values()}
    known |= {name for arm in study.arms for name in arm.mixes}
    return [
        (("recipes", name), f"the study has no task {name!r}{catalog.suggestion(name, known)}")
        for name in study.recipes
        if name not in known
    ] + unknown_likes(study)


def unknown_likes(study: Study) -> list[tuple[Place, str]]:
    """Published recipes that do not exist, or say nothing about the one task that they are asked for."""
    named: dict[Place, str | None] = {("recipe",): study.recipe.like}
    named |= {("arm", number, "recipe"): arm.recipe.like for number, arm in enumerate(study.arms)}
    named |= {
        ("arm", number, "intermediate_recipe"): arm.intermediate_recipe.like for number, arm in enumerate(study.arms)
    }
    named |= {("recipes", task): recipe.like for task, recipe in study.recipes.items()}
    found: list[tuple[Place, str]] = []
    for place, name in named.items():
        tasks = RECIPES.get(name or "stable")
        if tasks is None:
            hint = catalog.suggestion(str(name), RECIPES)
            found.append(((*place, "like"), f"there is no published recipe {name!r}{hint}"))
        elif tasks and place[0] == "recipes" and place[1] not in tasks:
            found.append(((*place, "like"), f"{name} says nothing about {place[1]}; it has {', '.join(tasks)}"))
    return found


def unknown_regimes(study: Study) -> Iterator[tuple[Place, str]]:
    """Languages of training sets that the tasks of an arm's sequences do not have."""
    for number, arm in enumerate(study.arms):
        for task in arm.tasks.values():
            for name in arm.regime.languages:
                if name != ALL and not of_task(task, (name,)):
                    hint = catalog.suggestion(name, task.languages)
                    yield (
                        ("arm", number, "regime", "languages"),
                        f"{label(task)} has no language or group {name!r}{hint}",
                    )
                elif arm.regime.kind != "source" and name in task.languages and not task.has(name, "train"):
                    yield ("arm", number, "regime", "languages"), f"{label(task)} has no training set in {name}"
            if arm.regime.kind != "source" and "train" in task.sizes and not arm.regime.of(task):
                taught = ", ".join(code for code in task.languages if task.has(code, "train"))
                message = f"{label(task)} has no training set in any of these languages; it has one in {taught}"
                yield ("arm", number, "regime", "languages"), message


def unknown_languages(study: Study) -> list[tuple[Place, str]]:
    """Languages that no target has, and targets that have none of the languages."""
    if ALL in study.languages:
        return []
    known = {code for task in study.targets for code in task.languages}

    def has(name: str) -> bool:
        return any(name in task.languages for task in study.targets)

    found: list[tuple[Place, str]] = [
        (
            ("languages",),
            f"no target has a language or group {name!r}{catalog.suggestion(name, known | set(languages.GROUPS))}",
        )
        for name in study.languages
        if not has(name) and not known & set(languages.GROUPS.get(name, ()))
    ]
    empty = [label(task) for task in study.targets if not study.codes(task)]
    if empty and not found:
        found.append((("targets",), f"{', '.join(empty)} has none of the languages {', '.join(study.languages)}"))
    return found
