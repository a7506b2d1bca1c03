"""Which sentence of the source language is the translation? Pocket's counterpart of Tatoeba."""

from crosswind import pocket
from crosswind.formats import RETRIEVE, Example
from crosswind.sources.rows import Row
from crosswind.tasks.pocket import PocketTask, Varieties, lookup, provenance
from crosswind.tasks.probed import Probed


class PocketTatoeba(PocketTask, Probed):
    generator = "tatoeba"
    format = RETRIEVE
    labels = ()
    metric = "first_hit"
    chance = 1 / pocket.SIZES["tatoeba"]["test"]
    role = "tatoeba"
    languages = Varieties(without=(pocket.PIVOT,))
    sizes = pocket.SIZES["tatoeba"]
    provenance = provenance("events and their twins with exchanged roles, each told in two languages")

    def parse(self, row: Row) -> Example:
        return lookup(row)
