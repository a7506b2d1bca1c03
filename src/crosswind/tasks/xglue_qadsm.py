"""Does the advertisement fit what was searched for? In three languages, as XGLUE has them."""

from crosswind.formats import CLASSIFY, Example
from crosswind.formats.classify import Classification
from crosswind.sources.rows import Row, one_of
from crosswind.tasks.published import XTREME, varieties
from crosswind.tasks.xglue import XglueTask, places, provenance, table

LABELS = ("Bad", "Good")
NAMES = {"title": "ad_title", "description": "ad_description", "label": "relevance_label"}


class XglueQadsm(XglueTask):
    format = CLASSIFY
    labels = LABELS
    metric = "accuracy"
    chance = 0.5
    role = "nli"
    languages = varieties("de en fr", "native")
    sizes = {"train": 100_000, "dev": 10_000, "test": 10_000}
    recipe = XTREME
    sources = places("qadsm", "xglue.qadsm.{code}", table("query", "title", "description", "label"), NAMES)
    provenance = provenance(
        "queries and advertisements of a commercial search engine, as XGLUE has them",
        "title and description are one text here, joined by a space; noise is treated as in inference",
    )

    def parse(self, row: Row) -> Example:
        uid = str(row.number)
        told = f"{row.text('title')} {row.text('description')}"
        label = one_of(LABELS, row["label"])
        return Classification(uid=uid, cluster=uid, first=row.text("query"), second=told, label=label)
