"""What happens next in the video? Four endings of a caption."""

from crosswind.formats import CHOOSE, Example
from crosswind.formats.choose import Choice
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import Delimited
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, labelled, place_of, varieties

REVISION = "dc48148372b3853a9c7bae7bb06c161b46d8364a"


class Swag(PublishedTask):
    format = CHOOSE
    labels = ()
    metric = "accuracy"
    chance = 1 / 4
    role = "copa"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 73_546, "dev": 20_006}
    recipe = INTERMEDIATE
    sources = (
        Folder(files={"train": "swagaf/data/train.csv", "dev": "swagaf/data/val.csv"}, reader=Delimited(",")),
        Hub(
            id="allenai/swag",
            revision=REVISION,
            config="regular",
            splits={"train": "train", "dev": "validation"},
        ),
    )
    provenance = Provenance(
        source="SWAG, regular, from its repository and on the hub",
        revision=REVISION,
        licence="MIT",
        licence_url="https://github.com/rowanz/swagaf",
        citation="Zellers et al. (2018), SWAG: A Large-Scale Adversarial Dataset for Grounded Commonsense Inference, "
        "arXiv:1808.05326",
        translated="not translated",
        redistributable=True,
        test_labels="withheld",
        issues="several items come from one video; models of BERT's kind solve it nearly perfectly",
    )

    def parse(self, row: Row) -> Example:
        opening = row.text("sent2")
        return Choice(
            uid=str(row.number),
            cluster=row.text("video-id"),
            prompt=row.text("sent1"),
            choices=tuple(f"{opening} {row.text(f'ending{number}')}".strip() for number in range(4)),
            answer=place_of("0123", labelled(row)),
        )
