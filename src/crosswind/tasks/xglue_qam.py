"""Does the passage answer the question? In three languages, as XGLUE has them."""

from crosswind.formats import CLASSIFY, Example
from crosswind.formats.classify import Classification
from crosswind.sources.rows import Row, one_of
from crosswind.tasks.published import XTREME, varieties
from crosswind.tasks.xglue import XglueTask, places, provenance, table

LABELS = ("0", "1")
SPELLINGS = {"False": "0", "True": "1"}
NAMES = {"passage": "annswer"}  # as the hub spells it


class XglueQam(XglueTask):
    format = CLASSIFY
    labels = LABELS
    metric = "accuracy"
    chance = 0.5
    role = "nli"
    languages = varieties("de en fr", "native")
    sizes = {"train": 100_000, "dev": 10_000, "test": 10_000}
    recipe = XTREME
    sources = places("qam", "xglue.qam.{code}", table("question", "passage", "label"), NAMES)
    provenance = provenance(
        "questions and passages of a commercial search engine, as XGLUE has them",
        "noise is treated as in inference, for want of a better likeness",
    )

    def parse(self, row: Row) -> Example:
        uid = str(row.number)
        label = one_of(LABELS, row["label"], SPELLINGS)
        return Classification(uid=uid, cluster=uid, first=row.text("question"), second=row.text("passage"), label=label)
