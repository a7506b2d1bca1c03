"""After all that happened, who owns the thing? Pocket's hard task: the last of several events decides."""

from crosswind import pocket
from crosswind.formats import CLASSIFY, Example
from crosswind.formats.classify import Classification
from crosswind.sources.rows import Row
from crosswind.tasks.pocket import LONG, PocketTask, provenance


class PocketOwning(PocketTask):
    generator = "owning"
    format = CLASSIFY
    labels = ("no", "yes")
    metric = "accuracy"
    chance = 1 / 2
    role = "nli"
    sizes = pocket.SIZES["owning"]
    recipe = LONG
    provenance = provenance("stories in which things change hands")

    def parse(self, row: Row) -> Example:
        return Classification(
            uid=row["id"], cluster=row["cluster"], first=row["story"], second=row["claim"], label=row["label"]
        )
