"""What is the article about? News in five languages and ten categories, as XGLUE has them."""

from crosswind.formats import CLASSIFY, Example
from crosswind.formats.classify import Classification
from crosswind.sources.rows import Row, one_of
from crosswind.tasks.published import XTREME, varieties
from crosswind.tasks.xglue import XglueTask, places, provenance, table

LABELS = (
    "autos",
    "entertainment",
    "finance",
    "foodanddrink",
    "health",
    "lifestyle",
    "news",
    "sports",
    "travel",
    "video",
)
NAMES = {"title": "news_title", "body": "news_body", "label": "news_category"}


class XglueNc(XglueTask):
    format = CLASSIFY
    labels = LABELS
    metric = "accuracy"
    chance = 1 / len(LABELS)
    role = "nli"
    languages = varieties("de en es fr ru", "native")
    sizes = {"train": 100_000, "dev": 10_000, "test": 10_000}
    recipe = XTREME
    sources = places("nc", "xglue.nc.{code}", table("title", "body", "label"), NAMES)
    provenance = provenance(
        "articles of a commercial news site, as XGLUE has them",
        "long articles are cut at the encoder's limit; noise is treated as in inference, for want of a better likeness",
    )

    def parse(self, row: Row) -> Example:
        uid = str(row.number)
        label = one_of(LABELS, row["label"])
        return Classification(uid=uid, cluster=uid, first=row.text("title"), second=row.text("body"), label=label)
