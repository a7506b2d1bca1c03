"""Do two questions from Quora ask the same?"""

from crosswind.formats import CLASSIFY, Example
from crosswind.formats.classify import Classification
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import Delimited
from crosswind.sources.rows import Row, one_of
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, labelled, varieties

REVISION = "bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c"

LABELS = ("0", "1")
SPELLINGS = {"not_duplicate": "0", "duplicate": "1"}


class Qqp(PublishedTask):
    format = CLASSIFY
    labels = LABELS
    metric = "accuracy_f1"
    chance = 0.5
    role = "pawsx"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 363_846, "dev": 40_430}
    recipe = INTERMEDIATE
    sources = (
        Folder(
            files={"train": "QQP/train.tsv", "dev": "QQP/dev.tsv"},
            reader=Delimited("\t", quoting="raw"),
            columns={"label": "is_duplicate"},
        ),
        Hub(id="nyu-mll/glue", revision=REVISION, config="qqp", splits={"train": "train", "dev": "validation"}),
    )
    provenance = Provenance(
        source="Quora Question Pairs as part of GLUE, from its download and on the hub",
        revision=REVISION,
        licence="custom: Quora's terms of service",
        licence_url="https://www.quora.com/about/tos",
        citation="Iyer, Dandekar and Csernai (2017), First Quora Dataset Release: Question Pairs; as split by Wang et "
        "al. (2019), GLUE, arXiv:1804.07461",
        translated="not translated",
        redistributable=False,
        test_labels="withheld",
        issues="GLUE's file is said to have a few rows with missing fields, which are refused unless broken rows are "
        "skipped; about 63 % of the pairs are no duplicates, so F1 is told beside accuracy",
    )

    def parse(self, row: Row) -> Example:
        uid = str(row.number)
        return Classification(
            uid=uid,
            cluster=uid,
            first=row.text("question1"),
            second=row.text("question2"),
            label=one_of(LABELS, labelled(row), SPELLINGS),
        )
