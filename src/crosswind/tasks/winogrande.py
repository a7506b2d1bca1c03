"""Who or what is meant? A sentence with a blank, and two fillings."""

from crosswind.formats import CHOOSE, Example
from crosswind.formats.choose import Choice
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import JsonLines
from crosswind.sources.rows import Broken, Row
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, labelled, place_of, varieties

REVISION = "01e74176c63542e6b0bcb004dcdea22d94fb67b5"

BLANK = "_"


class Winogrande(PublishedTask):
    format = CHOOSE
    labels = ()
    metric = "accuracy"
    chance = 1 / 2
    role = "copa"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 40_398, "dev": 1_267}
    recipe = INTERMEDIATE
    sources = (
        Folder(files={"train": "winogrande_1.1/train_xl.jsonl", "dev": "winogrande_1.1/dev.jsonl"}, reader=JsonLines()),
        Hub(
            id="allenai/winogrande",
            revision=REVISION,
            config="winogrande_xl",
            splits={"train": "train", "dev": "validation"},
        ),
    )
    provenance = Provenance(
        source="WinoGrande 1.1, training size XL, as released and on the hub",
        revision=REVISION,
        licence="CC-BY",
        licence_url="https://github.com/allenai/winogrande",
        citation="Sakaguchi et al. (2020), WinoGrande: An Adversarial Winograd Schema Challenge at Scale, "
        "arXiv:1907.10641",
        translated="not translated",
        redistributable=True,
        test_labels="withheld",
        issues="sentences come as twins that differ in a word, which the hub does not mark, so each is a cluster; "
        "where a sentence begins with its blank, the blank alone is the prompt",
    )

    def parse(self, row: Row) -> Example:
        before, blank, after = row.text("sentence").partition(BLANK)
        if not blank or BLANK in after:
            raise Broken(f"has the sentence {row['sentence']!r}; expected one blank in it, written {BLANK}")
        uid = str(row.number)
        return Choice(
            uid=uid,
            cluster=uid,
            prompt=before.strip() or BLANK,
            choices=(row.text("option1") + after, row.text("option2") + after),
            answer=place_of("12", labelled(row, "answer")),
        )
