"""How far a training may move embeddings: what its radii are measured by, and what its record says of that."""

from collections.abc import Mapping
from typing import Any

from crosswind.distances import MOST_PIECES, Distances, Words
from crosswind.models.model import Model, Where
from crosswind.objectives.base import Objective, Step
from crosswind.objectives.displacement import Displacing
from crosswind.stages import Train, slug
from crosswind.train.rows import Course
from crosswind.train.yardstick import Yardstick, measured_by
from crosswind.workshop import Workshop


def yardstick_of(stage: Train, workshop: Workshop, model: Model, course: Course) -> Yardstick:
    """What the radii of a training are measured by, and what its log compares them with."""
    objective = stage.objective
    found = stage.distances or (workshop.resources.distances if isinstance(objective, Displacing) else None)
    yardstick = measured_yardstick(workshop, stage, model, course, objective.place, found)
    if objective.needs_translations and not yardstick.translation:
        pairs = sum(apart.pairs for apart in yardstick.by_language.values())
        raise ValueError(
            f"{slug(stage)}: unit translation needs a distance between words and their translations, and the "
            f"dictionary gives none: of {pairs} pairs of words that this tokenizer has in at most {MOST_PIECES} "
            "pieces, most are spelled alike; take another unit or dictionary"
        )
    return yardstick


def measured_yardstick(
    workshop: Workshop, stage: Train, model: Model, course: Course, where: Where, distances: Distances | None
) -> Yardstick:
    """The yardstick of a model on a training text; translations are words, so nothing else is compared with them.

    Of tasks that take turns and have no one source language, nothing is known of translations.
    """
    words: Mapping[str, Words] = {}
    source, *others = {task.source for task in stage.tasks.values()} if stage.sampler else [stage.task.source]
    if distances and where == "word" and not others:
        tokenizer, places = workshop.tokenizer(stage.base), workshop.resources.library.contents
        words = distances.words(source, tokenizer, places)
    return measured_by(model, course, where, words)


def radius_facts(objective: Objective, yardstick: Yardstick) -> dict[str, Any]:
    """What a record says of how far embeddings were moved at most; nothing where they were left alone."""
    if not isinstance(objective, Displacing):
        return {}
    radius = objective.radius(Step(0, yardstick.token_norm, yardstick.translation))
    return {"geometry": yardstick.facts | {"radius": radius}}
