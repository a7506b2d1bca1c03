"""SQuAD's question in twelve languages: 240 paragraphs of its development set and their questions, translated."""

from collections.abc import Iterator

from crosswind.formats import SPAN, Example
from crosswind.sources.published import Folder, Hub, Library
from crosswind.sources.readers import SquadJson
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance, Split
from crosswind.tasks.published import (
    READING,
    PublishedTask,
    held_back,
    in_paragraphs,
    question,
    quotes,
    varieties,
)

REVISION = "51adfef1c1287aab1d2d91b5bead9bcfb9c68583"
PER_ARTICLE = 5  # paragraphs of each article, one after the other; the hub's copy has no titles


class Xquad(PublishedTask):
    format = SPAN
    labels = ()
    metric = "squad"
    chance = 0.0
    role = "xquad"
    source = "en"
    languages = varieties("ar de el en es hi ro ru th tr vi zh", "human-translated", en="native")
    sizes = {"test": 1_190}
    recipe = READING
    trains_on = ("squad",)
    sources = (
        Folder(files={"test": "xquad/xquad.{code}.json"}, reader=SquadJson()),
        Hub(id="google/xquad", revision=REVISION, config="xquad.{code}", splits={"test": "validation"}),
    )
    provenance = Provenance(
        source="XQuAD, as released and on the hub",
        revision=REVISION,
        licence="CC-BY-SA-4.0",
        licence_url="https://github.com/google-deepmind/xquad",
        citation="Artetxe, Ruder and Yogatama (2020), On the Cross-lingual Transferability of Monolingual "
        "Representations, arXiv:1910.11856; as part of XTREME, arXiv:2003.11080, and XTREME-R, arXiv:2104.07412",
        translated="by professional translators from English, paragraph and questions together",
        redistributable=True,
        test_labels="public in the original release and on the hub, blanked in XTREME's folder, which is passed over",
        issues="Romanian came later and XTREME's download script leaves it out; one answer for every question",
    )

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        for row in in_paragraphs(super().rows(language, split, library)):
            yield row.having({"title": str(int(row["paragraph"]) // PER_ARTICLE)})

    def blank(self, row: Row) -> bool:
        return held_back(row["answers"])

    def parse(self, row: Row) -> Example:
        return question(row, row.text("id"), row["paragraph"], quotes(row["answers"]))
