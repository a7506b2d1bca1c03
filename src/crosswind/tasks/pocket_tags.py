"""Which part of speech is each word? Pocket's counterpart of UD-POS."""

from crosswind import pocket
from crosswind.formats import TAG, Example
from crosswind.pocket.lexicon import TAGS
from crosswind.sources.rows import Row
from crosswind.tasks.pocket import BRIEF, PocketTask, provenance, tagging


class PocketTags(PocketTask):
    generator = "tags"
    format = TAG
    labels = tuple(sorted({*TAGS.values(), "PUNCT"}))
    metric = "tag_accuracy"
    chance = 0.0
    role = "pos"
    sizes = pocket.SIZES["tags"]
    recipe = BRIEF
    provenance = provenance("sentences with the parse that produced them")

    def parse(self, row: Row) -> Example:
        return tagging(row)
