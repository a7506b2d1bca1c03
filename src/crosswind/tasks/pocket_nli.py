"""Does the second sentence follow from the first, contradict it, or neither? Pocket's counterpart of XNLI."""

from crosswind import pocket
from crosswind.formats import CLASSIFY, Example
from crosswind.formats.classify import Classification
from crosswind.sources.rows import Row
from crosswind.tasks.pocket import PocketTask, provenance


class PocketNli(PocketTask):
    generator = "nli"
    format = CLASSIFY
    labels = ("contradiction", "entailment", "neutral")
    metric = "accuracy"
    chance = 1 / 3
    role = "nli"
    sizes = pocket.SIZES["nli"]
    provenance = provenance("events and what follows from them")

    def parse(self, row: Row) -> Example:
        return Classification(
            uid=row["id"],
            cluster=row["cluster"],
            first=row["premise"],
            second=row["hypothesis"],
            label=row["label"],
        )
