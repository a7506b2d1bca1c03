"""Does one caption of a picture follow from another, contradict it, or neither?"""

from crosswind.formats import CLASSIFY, Example
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import JsonLines
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance
from crosswind.tasks.mnli import LABELS, inference
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, varieties

REVISION = "cdb5c3d5eed6ead6e5a341c8e56e669bb666725b"


class Snli(PublishedTask):
    format = CLASSIFY
    labels = LABELS
    metric = "accuracy"
    chance = 1 / 3
    role = "nli"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 549_367, "dev": 9_842, "test": 9_824}
    recipe = INTERMEDIATE
    sources = (
        Folder(
            files={split: f"snli_1.0/snli_1.0_{split}.jsonl" for split in ("train", "dev", "test")},
            reader=JsonLines(),
            columns={"premise": "sentence1", "hypothesis": "sentence2", "label": "gold_label"},
        ),
        Hub(
            id="stanfordnlp/snli",
            revision=REVISION,
            config="plain_text",
            splits={"train": "train", "dev": "validation", "test": "test"},
        ),
    )
    provenance = Provenance(
        source="SNLI 1.0, as released and on the hub",
        revision=REVISION,
        licence="CC-BY-SA-4.0",
        licence_url="https://nlp.stanford.edu/projects/snli/",
        citation="Bowman et al. (2015), A large annotated corpus for learning natural language inference, "
        "arXiv:1508.05326",
        translated="not translated",
        redistributable=True,
        test_labels="public",
        issues="pairs on which no majority of annotators agreed have no label: they are left out and counted; the hub "
        "orders its labels differently, so they are mapped by name",
    )

    def parse(self, row: Row) -> Example:
        return inference(row)
