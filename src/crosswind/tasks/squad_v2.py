"""Which stretch of a paragraph answers the question, if any does? On English Wikipedia."""

from collections.abc import Iterator

from crosswind.formats import SPAN_OR_NULL, Example
from crosswind.sources.published import Folder, Hub, Library
from crosswind.sources.readers import SquadJson
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance, Split
from crosswind.tasks.published import (
    INTERMEDIATE_READING,
    PublishedTask,
    in_paragraphs,
    question,
    quotes,
    varieties,
)

REVISION = "3ffb306f725f7d2ce8394bc1873b24868140c412"


class SquadV2(PublishedTask):
    format = SPAN_OR_NULL
    labels = ()
    metric = "squad"
    chance = 0.0
    role = "xquad"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 130_319, "dev": 11_873}
    recipe = INTERMEDIATE_READING
    shares = ("squad", "lareqa")
    sources = (
        Folder(files={"train": "squad_v2/train-v2.0.json", "dev": "squad_v2/dev-v2.0.json"}, reader=SquadJson()),
        Hub(
            id="rajpurkar/squad_v2",
            revision=REVISION,
            config="squad_v2",
            splits={"train": "train", "dev": "validation"},
        ),
    )
    provenance = Provenance(
        source="SQuAD 2.0, as released (the folder's name is ours) and on the hub",
        revision=REVISION,
        licence="CC-BY-SA-4.0",
        licence_url="https://rajpurkar.github.io/SQuAD-explorer/",
        citation="Rajpurkar, Jia and Liang (2018), Know What You Don't Know: Unanswerable Questions for SQuAD, "
        "arXiv:1806.03822",
        translated="not translated",
        redistributable=True,
        test_labels="withheld",
        issues="holds nearly all of SQuAD 1.1's training questions; its development paragraphs are from SQuAD 1.1's, "
        "where XQuAD's English side is from, so they never train anything; plausible wrong answers of the release "
        "are not read",
    )

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        return in_paragraphs(super().rows(language, split, library))

    def parse(self, row: Row) -> Example:
        return question(row, row.text("id"), row["paragraph"], quotes(row["answers"]))
