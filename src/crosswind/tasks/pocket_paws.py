"""Do two sentences of the same words say the same? Pocket's counterpart of PAWS-X."""

from crosswind import pocket
from crosswind.formats import CLASSIFY, Example
from crosswind.formats.classify import Classification
from crosswind.sources.rows import Row
from crosswind.tasks.pocket import PocketTask, provenance


class PocketPaws(PocketTask):
    generator = "paws"
    format = CLASSIFY
    labels = ("different", "same")
    metric = "accuracy"
    chance = 1 / 2
    role = "pawsx"
    sizes = pocket.SIZES["paws"]
    provenance = provenance("events retold with and without exchanged roles")

    def parse(self, row: Row) -> Example:
        return Classification(
            uid=row["id"],
            cluster=row["cluster"],
            first=row["first"],
            second=row["second"],
            label=row["label"],
        )
