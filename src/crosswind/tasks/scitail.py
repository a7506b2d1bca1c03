"""Does a sentence from the web support an answer to a science question? Entailment with two labels."""

from crosswind.formats import CLASSIFY, Example
from crosswind.formats.classify import Classification
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import Delimited, JsonLines
from crosswind.sources.rows import Row, one_of
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, alike, labelled, varieties

REVISION = "0cc4353235b289165dfde1c7c5d1be983f99ce44"

LABELS = ("entails", "neutral")
SPELLINGS = {"entailment": "entails"}
COLUMNS = {"premise": "sentence1", "hypothesis": "sentence2", "label": "gold_label"}
SPLITS = ("train", "dev", "test")


class Scitail(PublishedTask):
    format = CLASSIFY
    labels = LABELS
    metric = "accuracy"
    chance = 0.5
    role = "nli"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 23_596, "dev": 1_304, "test": 2_126}
    recipe = INTERMEDIATE
    sources = (
        Folder(
            files={split: f"SciTailV1.1/snli_format/scitail_1.0_{split}.txt" for split in SPLITS},
            reader=JsonLines(),
            columns=COLUMNS,
        ),
        Folder(
            files={split: f"SciTailV1.1/tsv_format/scitail_1.0_{split}.tsv" for split in SPLITS},
            reader=Delimited("\t", ("premise", "hypothesis", "label"), quoting="raw"),
        ),
        Hub(
            id="allenai/scitail",
            revision=REVISION,
            config="snli_format",
            splits={"train": "train", "dev": "validation", "test": "test"},
            columns=COLUMNS,
        ),
    )
    provenance = Provenance(
        source="SciTail 1.1, as released and on the hub",
        revision=REVISION,
        licence="unknown",
        licence_url="https://allenai.org/data/scitail",
        citation="Khot, Sabharwal and Clark (2018), SciTaiL: A Textual Entailment Dataset from Science Question "
        "Answering, AAAI 2018",
        translated="not translated",
        redistributable=False,
        test_labels="public",
        issues="the hub's tsv_format has some 500 training rows fewer than the release, so its snli_format is read; "
        "two labels, so no head fits both this task and MultiNLI",
    )

    def parse(self, row: Row) -> Example:
        premise = row.text("premise")
        return Classification(
            uid=str(row.number),
            cluster=alike(premise),
            first=premise,
            second=row.text("hypothesis"),
            label=one_of(LABELS, labelled(row), SPELLINGS),
        )
