"""The part of speech of every English word: what UDPOS learns from, as a task before others."""

from collections.abc import Iterator
from dataclasses import replace

from crosswind.formats import TAG, Example
from crosswind.sources.published import Library
from crosswind.sources.rows import Row
from crosswind.tasks.base import Split
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, varieties
from crosswind.tasks.udpos import Udpos

ALL = Udpos()
OWN, ITS = "ud-en", "udpos"


class UdEn(PublishedTask):
    """The training and development sets of all English treebanks; their test sets are UDPOS's and stay there."""

    format = TAG
    labels = Udpos.labels
    metric = Udpos.metric
    chance = 0.0
    role = "pos"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": Udpos.sizes["train"], "dev": Udpos.sizes["dev"]}
    recipe = INTERMEDIATE
    shares = (ITS, "xglue-pos")
    sources = Udpos.sources
    provenance = replace(Udpos.provenance, translated="not translated", test_labels="public, but not used by this task")

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        renamed = replace(library, files={ITS: library.files[OWN]}) if OWN in library.files else library
        return ALL.rows(language, split, renamed)

    def parse(self, row: Row) -> Example:
        return ALL.parse(row)
