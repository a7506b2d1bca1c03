"""How does the scene go on? Four endings, three of them written by a machine to fool machines."""

from crosswind.formats import CHOOSE, Example
from crosswind.formats.choose import Choice
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import JsonLines
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, labelled, place_of, varieties

REVISION = "218ec52e09a7e7462a5400043bb9a69a41d06b76"


class Hellaswag(PublishedTask):
    format = CHOOSE
    labels = ()
    metric = "accuracy"
    chance = 1 / 4
    role = "copa"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 39_905, "dev": 10_042}
    recipe = INTERMEDIATE
    sources = (
        Folder(
            files={"train": "hellaswag/data/hellaswag_train.jsonl", "dev": "hellaswag/data/hellaswag_val.jsonl"},
            reader=JsonLines(),
        ),
        Hub(id="Rowan/hellaswag", revision=REVISION, splits={"train": "train", "dev": "validation"}),
    )
    provenance = Provenance(
        source="HellaSwag, from its repository and on the hub",
        revision=REVISION,
        licence="MIT",
        licence_url="https://github.com/rowanz/hellaswag",
        citation="Zellers et al. (2019), HellaSwag: Can a Machine Really Finish Your Sentence?, arXiv:1905.07830",
        translated="not translated",
        redistributable=True,
        test_labels="withheld",
        issues="the hub keeps the number of the right ending as text; texts from WikiHow hold artefacts in brackets",
    )

    def parse(self, row: Row) -> Example:
        opening = row.text("ctx_b")
        return Choice(
            uid=str(row.number),
            cluster=row.text("source_id"),
            prompt=row.text("ctx_a"),
            choices=tuple(f"{opening} {ending}".strip() for ending in row.words("endings")),
            answer=place_of("0123", labelled(row)),
        )
