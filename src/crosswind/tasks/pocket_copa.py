"""Which of two events led to this one, or came of it? Pocket's counterpart of XCOPA."""

from crosswind import pocket
from crosswind.formats import CHOOSE, Example
from crosswind.formats.choose import Choice
from crosswind.sources.rows import Row
from crosswind.tasks.pocket import PocketTask, provenance


class PocketCopa(PocketTask):
    generator = "copa"
    format = CHOOSE
    labels = ()
    metric = "accuracy"
    chance = 1 / 2
    role = "copa"
    sizes = pocket.SIZES["copa"]
    provenance = provenance("events and what each leads to")

    def parse(self, row: Row) -> Example:
        return Choice(
            uid=row["id"],
            cluster=row["cluster"],
            prompt=row["prompt"],
            choices=tuple(row["choices"]),
            answer=row["answer"],
        )
