"""Which words name a person, a place or a firm? Pocket's counterpart of WikiANN."""

from crosswind import pocket
from crosswind.formats import TAG, Example
from crosswind.sources.rows import Row
from crosswind.tasks.pocket import BRIEF, PocketTask, provenance, tagging


class PocketNer(PocketTask):
    generator = "ner"
    format = TAG
    labels = ("B-LOC", "B-ORG", "B-PER", "I-ORG", "I-PER", "O")
    metric = "entity_f1"
    chance = 0.0
    role = "ner"
    sizes = pocket.SIZES["ner"]
    recipe = BRIEF
    provenance = provenance("events among people, firms and towns with names")

    def parse(self, row: Row) -> Example:
        return tagging(row)
