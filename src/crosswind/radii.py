"""How far a training may move embeddings: what its radii are measured by, and what its record says of that."""

from collections.abc import Mapping
from typing import Any

from crosswind.distances import MOST_PIECES, Words
from crosswind.models.model import Model
from crosswind.objectives.base import Objective, Step
from crosswind.objectives.displacement import Displacing
from crosswind.stages import Train, slug
from crosswind.train.rows import Course
from crosswind.train.yardstick import Yardstick, measured_by
from crosswind.workshop import Workshop


def yardstick_of(stage: Train, workshop: Workshop, model: Model, course: Course) -> Yardstick:
    """What the radii of a training are measured by, and what its log compares them with."""
    objective, found = stage.objective, stage.distances or workshop.resources.distances
    words: Mapping[str, Words] = {}
    if found and isinstance(objective, Displacing) and objective.place == "word":
        tokenizer, places = workshop.tokenizer(stage.base), workshop.resources.library.contents
        words = found.words(stage.task.source, tokenizer, places)
    yardstick = measured_by(model, course, objective.place, words)
    if objective.needs_translations and not yardstick.translation:
        raise ValueError(
            f"{slug(stage)}: unit translation needs a distance between words and their translations, and the "
            f"dictionary gives none: of {sum(len(own) for own in words.values())} pairs of words that this tokenizer "
            f"has in at most {MOST_PIECES} pieces, most are spelled alike; take another unit or dictionary"
        )
    return yardstick


def radius_facts(objective: Objective, yardstick: Yardstick) -> dict[str, Any]:
    """What a record says of how far embeddings were moved at most; nothing where they were left alone."""
    if not isinstance(objective, Displacing):
        return {}
    radius = objective.radius(Step(0, yardstick.token_norm, yardstick.translation))
    return {"geometry": yardstick.facts | {"radius": radius}}
