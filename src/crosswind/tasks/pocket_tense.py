"""When does it happen? Pocket's easy task: one sentence, and single words of it tell."""

from crosswind import pocket
from crosswind.formats import CLASSIFY, Example
from crosswind.formats.classify import Classification
from crosswind.sources.rows import Row
from crosswind.tasks.pocket import BRIEF, PocketTask, provenance


class PocketTense(PocketTask):
    generator = "tense"
    format = CLASSIFY
    labels = ("future", "past", "present")
    metric = "accuracy"
    chance = 1 / 3
    role = "nli"
    sizes = pocket.SIZES["tense"]
    recipe = BRIEF
    provenance = provenance("events of three tenses")

    def parse(self, row: Row) -> Example:
        return Classification(uid=row["id"], cluster=row["cluster"], first=row["text"], second=None, label=row["label"])
