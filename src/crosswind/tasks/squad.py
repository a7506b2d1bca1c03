"""Which stretch of a paragraph answers the question? On English Wikipedia, where it always has an answer."""

from collections.abc import Iterator

from crosswind.formats import SPAN, Example
from crosswind.sources.published import Folder, Hub, Library
from crosswind.sources.readers import SquadJson
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance, Split
from crosswind.tasks.published import INTERMEDIATE_READING, PublishedTask, in_paragraphs, question, quotes, varieties

REVISION = "7b6d24c440a36b6815f21b70d25016731768db1f"


class Squad(PublishedTask):
    format = SPAN
    labels = ()
    metric = "squad"
    chance = 0.0
    role = "xquad"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 87_599, "dev": 10_570}
    recipe = INTERMEDIATE_READING
    shares = ("lareqa",)
    sources = (
        Folder(files={"train": "squad/train-v1.1.json", "dev": "squad/dev-v1.1.json"}, reader=SquadJson()),
        Hub(
            id="rajpurkar/squad",
            revision=REVISION,
            config="plain_text",
            splits={"train": "train", "dev": "validation"},
        ),
    )
    provenance = Provenance(
        source="SQuAD 1.1, as released and on the hub",
        revision=REVISION,
        licence="CC-BY-SA-4.0",
        licence_url="https://rajpurkar.github.io/SQuAD-explorer/",
        citation="Rajpurkar et al. (2016), SQuAD: 100,000+ Questions for Machine Comprehension of Text, "
        "arXiv:1606.05250",
        translated="not translated",
        redistributable=True,
        test_labels="withheld",
        issues="XQuAD's English side is part of the development set, which therefore never trains anything",
    )

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        return in_paragraphs(super().rows(language, split, library))

    def parse(self, row: Row) -> Example:
        return question(row, row.text("id"), row["paragraph"], quotes(row["answers"]))
