"""MultiNLI's question in fifteen languages."""

from crosswind.formats import CLASSIFY, Example
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import Delimited
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance
from crosswind.tasks.mnli import LABELS, inference
from crosswind.tasks.published import XTREME, PublishedTask, varieties

REVISION = "b8dd5d7af51114dbda02c0e3f6133f332186418e"

HYPOTHESES = 3


class Xnli(PublishedTask):
    format = CLASSIFY
    labels = LABELS
    metric = "accuracy"
    chance = 1 / 3
    role = "nli"
    source = "en"
    languages = varieties("ar bg de el en es fr hi ru sw th tr ur vi zh", "human-translated", en="native")
    sizes = {"dev": 2_490, "test": 5_010}
    recipe = XTREME
    trains_on = ("mnli",)
    sources = (
        Folder(files={"dev": "xnli/dev-{code}.tsv"}, reader=Delimited("\t", ("premise", "hypothesis", "label"))),
        Folder(
            files={"dev": "XNLI-1.0/xnli.dev.tsv", "test": "XNLI-1.0/xnli.test.tsv"},
            reader=Delimited("\t", quoting="raw"),
            columns={"premise": "sentence1", "hypothesis": "sentence2", "label": "gold_label"},
            told_by="language",
        ),
        Hub(id="facebook/xnli", revision=REVISION, config="{code}", splits={"dev": "validation", "test": "test"}),
    )
    provenance = Provenance(
        source="XNLI 1.0, and its copies in XTREME and on the hub",
        revision=REVISION,
        licence="CC-BY-NC-4.0",
        licence_url="https://github.com/facebookresearch/XNLI",
        citation="Conneau et al. (2018), XNLI: Evaluating Cross-lingual Sentence Representations, arXiv:1809.05053; "
        "as part of XTREME, arXiv:2003.11080, and XTREME-R, arXiv:2104.07412",
        translated="by professional translators from English, sentence by sentence",
        redistributable=False,
        test_labels="public in the original release and on the hub, held back in XTREME's folder",
        issues="labels were not checked again after translation",
    )

    def parse(self, row: Row) -> Example:
        return inference(row, HYPOTHESES)
