"""Which sentences, in whatever language, answer the question? Pocket's counterpart of LAReQA."""

from crosswind import pocket
from crosswind.formats import RETRIEVE, Example
from crosswind.recipe import Recipe
from crosswind.sources.rows import Row
from crosswind.tasks.pocket import RECIPE, PocketTask, lookup, provenance


class PocketLareqa(PocketTask):
    generator = "lareqa"
    format = RETRIEVE
    labels = ()
    metric = "map20"
    chance = 0.0
    role = "lareqa"
    sizes = pocket.SIZES["lareqa"]
    recipe = RECIPE.override(Recipe(batch=64))
    provenance = provenance("questions about events, and the sentences that answer them in every language")

    def parse(self, row: Row) -> Example:
        return lookup(row)
