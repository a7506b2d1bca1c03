"""Does the hypothesis follow from the premise, contradict it, or neither? In ten genres of English."""

from crosswind.formats import CLASSIFY, Example
from crosswind.formats.classify import Classification
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import Delimited, JsonLines
from crosswind.sources.rows import Row, one_of
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, alike, labelled, varieties

REVISION = "bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c"

LABELS = ("contradiction", "entailment", "neutral")
SPELLINGS = {"contradictory": "contradiction", "c": "contradiction", "e": "entailment", "n": "neutral"}


class Mnli(PublishedTask):
    format = CLASSIFY
    labels = LABELS
    metric = "accuracy"
    chance = 1 / 3
    role = "nli"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 392_702, "dev": 9_815, "test": 9_832}
    recipe = INTERMEDIATE
    sources = (
        Folder(files={"train": "xnli/train-en.tsv"}, reader=Delimited("\t", ("premise", "hypothesis", "label"))),
        Folder(
            files={
                "train": "multinli_1.0/multinli_1.0_train.jsonl",
                "dev": "multinli_1.0/multinli_1.0_dev_matched.jsonl",
                "test": "multinli_1.0/multinli_1.0_dev_mismatched.jsonl",
            },
            reader=JsonLines(),
            columns={"premise": "sentence1", "hypothesis": "sentence2", "label": "gold_label"},
        ),
        Hub(
            id="nyu-mll/glue",
            revision=REVISION,
            config="mnli",
            splits={"train": "train", "dev": "validation_matched", "test": "validation_mismatched"},
        ),
    )
    provenance = Provenance(
        source="MultiNLI, as released and as part of GLUE",
        revision=REVISION,
        licence="custom: OANC and others by genre",
        licence_url="https://cims.nyu.edu/~sbowman/multinli/",
        citation="Williams, Nangia and Bowman (2018), A Broad-Coverage Challenge Corpus for Sentence Understanding "
        "through Inference, arXiv:1704.05426",
        translated="not translated",
        redistributable=False,
        test_labels="withheld; the mismatched development set stands in for the test set",
        issues="the hub orders its labels differently, so they are mapped by name; rows without a label are left out",
    )

    def parse(self, row: Row) -> Example:
        return inference(row)


def inference(row: Row, premise_of: int | None = None) -> Classification:
    """A row of an inference set. Rows with equal premises belong together, or `premise_of` rows in a run."""
    label = one_of(LABELS, labelled(row), SPELLINGS)
    premise = row.text("premise")
    return Classification(
        uid=str(row.number),
        cluster=str(row.number // premise_of) if premise_of else alike(premise),
        first=premise,
        second=row.text("hypothesis"),
        label=label,
    )
