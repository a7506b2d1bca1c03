"""Names of persons, places, organisations and others in the news of four languages, as XGLUE has them."""

from crosswind.formats import TAG, Example
from crosswind.formats.tag import Tagging
from crosswind.sources.rows import Row, one_of
from crosswind.tasks.published import TAGGING, varieties
from crosswind.tasks.xglue import WORDS, XglueTask, places, provenance

KINDS = ("PER", "ORG", "LOC", "MISC")
LABELS = ("O", *(f"{side}-{kind}" for kind in KINDS for side in "BI"))


class XglueNer(XglueTask):
    format = TAG
    labels = LABELS
    metric = "entity_f1"
    chance = 0.0
    role = "ner"
    languages = varieties("de en es nl", "native")
    sizes = {"train": 14_042, "dev": 2_874, "test": 3_007}
    exact_sizes = {
        "dev": {"de": 2_874, "en": 3_252, "es": 1_923, "nl": 2_895},
        "test": {"de": 3_007, "en": 3_454, "es": 1_523, "nl": 5_202},
    }
    recipe = TAGGING
    sources = places("ner", "{code}", WORDS, {"tokens": "words", "tags": "ner"})
    provenance = provenance(
        "CoNLL 2002 and 2003, as XGLUE has them",
        "the English and German texts are Reuters' and may not be passed on",
    )

    def blank(self, row: Row) -> bool:
        return not row["tags"]

    def parse(self, row: Row) -> Example:
        uid = str(row.number)
        tags = tuple(one_of(LABELS, tag) for tag in row.words("tags"))
        return Tagging(uid=uid, cluster=uid, tokens=row.words("tokens"), tags=tags)
