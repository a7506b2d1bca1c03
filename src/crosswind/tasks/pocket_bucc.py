"""Which sentences of two languages are translations, and which have none? Pocket's counterpart of BUCC."""

from crosswind import pocket
from crosswind.formats import MINE, Example
from crosswind.formats.mine import Sentence
from crosswind.sources.rows import Row
from crosswind.tasks.pocket import PocketTask, Varieties, provenance
from crosswind.tasks.probed import Probed


class PocketBucc(PocketTask, Probed):
    generator = "bucc"
    format = MINE
    labels = ()
    metric = "pairs_f1"
    chance = 0.0
    role = "bucc"
    languages = Varieties(without=(pocket.PIVOT,))
    sizes = pocket.SIZES["bucc"]
    provenance = provenance("events of which one third is told in two languages, and the others in one or the other")

    def parse(self, row: Row) -> Example:
        return Sentence(
            uid=row["id"], cluster=row["cluster"], text=row["text"], side=row["side"], partner=row["partner"]
        )
