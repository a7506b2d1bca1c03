"""The part of speech of every word in eighteen languages, as XGLUE has them."""

from crosswind.formats import TAG, Example
from crosswind.formats.tag import UPOS, Tagging
from crosswind.sources.rows import Row, one_of
from crosswind.tasks.published import TAGGING, varieties
from crosswind.tasks.xglue import WORDS, XglueTask, places, provenance


class XgluePos(XglueTask):
    format = TAG
    labels = UPOS
    metric = "tag_accuracy"
    chance = 0.0
    role = "pos"
    languages = varieties("ar bg de el en es fr hi it nl pl pt ru th tr ur vi zh", "native")
    sizes = {"train": 25_376, "dev": 1_000, "test": 900}
    recipe = TAGGING
    sources = places("pos", "{code}", WORDS, {"tokens": "words", "tags": "pos"})
    provenance = provenance(
        "treebanks of Universal Dependencies 2.5, as XGLUE has them",
        "one treebank a language, so neither texts nor scores are those of udpos; some copies lack Portuguese",
        "custom: every treebank has its own",
    )

    def blank(self, row: Row) -> bool:
        return not row["tags"]

    def parse(self, row: Row) -> Example:
        uid = str(row.number)
        tags = tuple(one_of(UPOS, tag) for tag in row.words("tags"))
        return Tagging(uid=uid, cluster=uid, tokens=row.words("tokens"), tags=tags)
