"""Do two English sentences with nearly the same words say the same? The English side of PAWS-X, as a task before it."""

from dataclasses import replace

from crosswind.formats import CLASSIFY, Example
from crosswind.sources.rows import Row
from crosswind.tasks.pawsx import Pawsx
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, varieties

PARALLEL = Pawsx()


class Paws(PublishedTask):
    format = CLASSIFY
    labels = Pawsx.labels
    metric = "accuracy"
    chance = 0.5
    role = "pawsx"
    source = "en"
    languages = varieties("en", "native")
    sizes = Pawsx.sizes
    recipe = INTERMEDIATE
    shares = ("pawsx",)
    sources = Pawsx.sources
    provenance = replace(
        Pawsx.provenance,
        citation="Zhang, Baldridge and He (2019), PAWS: Paraphrase Adversaries from Word Scrambling, arXiv:1904.01130; "
        + Pawsx.provenance.citation,
        translated="not translated",
    )

    def parse(self, row: Row) -> Example:
        return PARALLEL.parse(row)
