"""Does the sentence hold the answer to the question? SQuAD's pairs as GLUE cut them up."""

from crosswind.formats import CLASSIFY, Example
from crosswind.formats.classify import Classification
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import Delimited
from crosswind.sources.rows import Row, one_of
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, alike, labelled, varieties

REVISION = "bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c"

LABELS = ("entailment", "not_entailment")


class Qnli(PublishedTask):
    format = CLASSIFY
    labels = LABELS
    metric = "accuracy"
    chance = 0.5
    role = "nli"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 104_743, "dev": 5_463}
    recipe = INTERMEDIATE
    shares = ("squad", "lareqa")
    sources = (
        Folder(
            files={"train": "QNLI/train.tsv", "dev": "QNLI/dev.tsv"},
            reader=Delimited("\t", quoting="raw"),
        ),
        Hub(id="nyu-mll/glue", revision=REVISION, config="qnli", splits={"train": "train", "dev": "validation"}),
    )
    provenance = Provenance(
        source="QNLI as part of GLUE, from its download and on the hub",
        revision=REVISION,
        licence="CC-BY-SA-4.0",
        licence_url="https://gluebenchmark.com/",
        citation="Rajpurkar et al. (2016), SQuAD, arXiv:1606.05250; as cut into pairs by Wang et al. (2019), GLUE, "
        "arXiv:1804.07461",
        translated="not translated",
        redistributable=True,
        test_labels="withheld",
        issues="its training questions and sentences are those of SQuAD 1.1's training set; its development set comes "
        "from SQuAD's and selects models only",
    )

    def parse(self, row: Row) -> Example:
        asked = row.text("question")
        return Classification(
            uid=str(row.number),
            cluster=alike(asked),
            first=asked,
            second=row.text("sentence"),
            label=one_of(LABELS, labelled(row)),
        )
