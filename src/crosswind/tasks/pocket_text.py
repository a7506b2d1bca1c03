"""Raw sentences of Pocket's languages, whose hidden words are guessed: text to go on pre-training with."""

from crosswind import pocket
from crosswind.formats import MLM, Example
from crosswind.formats.mlm import Passage
from crosswind.recipe import Recipe
from crosswind.sources.rows import Row
from crosswind.tasks.pocket import RECIPE, PocketTask, provenance


class PocketText(PocketTask):
    """Row i tells the same event in every language, as everywhere in Pocket; nothing that reads it can tell.

    Its test split, like those of all its tasks, is about events of which no training text tells.
    """

    generator = "text"
    format = MLM
    labels = ()
    metric = "hidden_words"
    chance = 0.0
    role = "raw"
    sizes = pocket.SIZES["text"]
    recipe = RECIPE.override(Recipe(batch=32, learning_rate=1e-3))
    provenance = provenance("sentences alone")

    def parse(self, row: Row) -> Example:
        return Passage(uid=row["id"], cluster=row["cluster"], text=row["text"])
