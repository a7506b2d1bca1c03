"""The lexical category of every English word in Combinatory Categorial Grammar: supertagging."""

from crosswind.formats import TAG, Example
from crosswind.formats.tag import Tagging
from crosswind.sources.published import Folder
from crosswind.sources.rows import Broken, Row, one_of
from crosswind.sources.word_lines import Columns
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import INTERMEDIATE, ListedTask, varieties


class Ccg(ListedTask):
    format = TAG
    metric = "tag_accuracy"
    chance = 0.0
    role = "pos"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 39_604, "dev": 1_913, "test": 2_407}
    recipe = INTERMEDIATE
    sources = (
        Folder(
            files={"train": "ccg/ccg.train", "dev": "ccg/ccg.dev", "test": "ccg/ccg.test"},
            reader=Columns(("tokens", "tags")),
        ),
    )
    labels_file = "ccg/labels.txt"
    labels_made = "awk 'NF {print $2}' ccg.train ccg.dev ccg.test | LC_ALL=C sort -u > labels.txt"
    provenance = Provenance(
        source="CCGbank, LDC2005T13, from its owner's copy: a word and its category a line, a blank line between "
        "sentences (the names of folder and files are ours)",
        revision="LDC2005T13",
        licence="custom: agreement with the Linguistic Data Consortium",
        licence_url="https://catalog.ldc.upenn.edu/LDC2005T13",
        citation="Hockenmaier and Steedman (2007), CCGbank: A Corpus of CCG Derivations and Dependency Structures "
        "Extracted from the Penn Treebank, Computational Linguistics 33(3), https://aclanthology.org/J07-3004",
        translated="not translated",
        redistributable=False,
        test_labels="in the licensed copy",
        issues="its categories may not be passed on and are read from ccg/labels.txt; every category counts that this "
        "file lists, while published numbers often count the 425 most frequent alone; sizes are those of the usual "
        "sections, 02-21, 00 and 23",
    )

    def parse(self, row: Row) -> Example:
        tokens, tags = row.words("tokens"), row.words("tags")
        uid = str(row.number)
        for number, (token, tag) in enumerate(zip(tokens, tags, strict=False), 1):
            try:
                one_of(self.labels, tag)
            except Broken as error:
                raise Broken(f"word {number}, {token!r}, {error}") from error
        return Tagging(uid=uid, cluster=uid, tokens=tokens, tags=tags)
