"""ANLI, MultiNLI and SNLI as one task with one head: every row of each, so in proportion to their sizes."""

from collections.abc import Iterator
from dataclasses import replace

from crosswind.formats import CLASSIFY, Example
from crosswind.sources.published import Library
from crosswind.sources.rows import Row, Unreadable
from crosswind.tasks.anli import Anli
from crosswind.tasks.base import Provenance, Split
from crosswind.tasks.mnli import LABELS, Mnli, inference
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, varieties
from crosswind.tasks.snli import Snli

PARTS: dict[str, type[PublishedTask]] = {"anli": Anli, "mnli": Mnli, "snli": Snli}
PART = "part of the mixture"
NAME = "anli+"


class AnliPlus(PublishedTask):
    """The parts are looked for under their own names; the mixture has no files of its own."""

    format = CLASSIFY
    labels = LABELS
    metric = "accuracy"
    chance = 1 / 3
    role = "nli"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 1_104_934, "dev": 22_857}
    recipe = INTERMEDIATE
    shares = tuple(PARTS)
    sources = tuple(source for part in PARTS.values() for source in part.sources)
    provenance = Provenance(
        source="; ".join(part.provenance.source for part in PARTS.values()),
        revision="; ".join(part.provenance.revision for part in PARTS.values()),
        licence="; ".join(f"{name}: {part.provenance.licence}" for name, part in PARTS.items()),
        licence_url=" ".join(part.provenance.licence_url for part in PARTS.values()),
        citation="as a mixture: Phang et al. (2020), English Intermediate-Task Training Improves Zero-Shot "
        "Cross-Lingual Transfer Too, arXiv:2005.13013. Its parts: "
        + "; ".join(part.provenance.citation for part in PARTS.values()),
        translated="not translated",
        redistributable=False,
        test_labels="none: a mixture has no test set",
        issues="; ".join(part.provenance.issues for part in PARTS.values()),
    )

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        if library.files.get(NAME):
            raise Unreadable(f"{NAME} has no files of its own: name the folders that hold {', '.join(PARTS)}")
        for name, part in PARTS.items():
            for row in part(broken=self.broken, revisions=self.revisions).rows(language, split, library):
                yield row.having({PART: name})

    def parse(self, row: Row) -> Example:
        example = inference(row)
        return replace(example, uid=f"{row[PART]}-{example.uid}")
