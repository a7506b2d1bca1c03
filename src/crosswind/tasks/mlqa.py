"""Questions on paragraphs that Wikipedia has in several languages; question and paragraph may differ in language."""

from collections.abc import Iterator, Mapping
from typing import Literal

from crosswind.formats import SPAN, Example
from crosswind.sources.published import Folder, Hub, Library
from crosswind.sources.readers import SquadJson
from crosswind.sources.rows import Broken, Row
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

REVISION = "397ed406c1a7902140303e7faf60fff35b58d285"
FILES = {split: f"{split}/{split}-context-{{code}}-question-{{question}}.json" for split in ("dev", "test")}
PIVOT = "en"


class Mlqa(PublishedTask):
    """`question_language` is that of the paragraph where it is None. A dataset's language is that of its paragraphs."""

    question_language: Literal["ar", "de", "en", "es", "hi", "vi", "zh"] | None = None

    format = SPAN
    labels = ()
    metric = "mlqa"
    chance = 0.0
    role = "mlqa"
    source = "en"
    languages = varieties("ar de en es hi vi zh", "human-translated", en="native")
    sizes = {"dev": 507, "test": 5_253}
    exact_sizes = {
        "dev": {"ar": 517, "de": 512, "en": 1_148, "es": 500, "hi": 507, "vi": 511, "zh": 504},
        "test": {"ar": 5_335, "de": 4_517, "en": 11_590, "es": 5_253, "hi": 4_918, "vi": 5_495, "zh": 5_137},
    }
    recipe = READING
    trains_on = ("squad",)
    sources = (
        Folder(files={split: f"mlqa/MLQA_V1/{file}" for split, file in FILES.items()}, reader=SquadJson()),
        Folder(files={split: f"MLQA_V1/{file}" for split, file in FILES.items()}, reader=SquadJson()),
        Hub(
            id="facebook/mlqa",
            revision=REVISION,
            config="mlqa.{code}.{question}",
            splits={"dev": "validation", "test": "test"},
        ),
    )
    provenance = Provenance(
        source="MLQA 1.0, and its copies in XTREME's folder and on the hub",
        revision=REVISION,
        licence="CC-BY-SA-3.0",
        licence_url="https://github.com/facebookresearch/MLQA",
        citation="Lewis et al. (2020), MLQA: Evaluating Cross-lingual Extractive Question Answering, arXiv:1910.07475; "
        "as part of XTREME, arXiv:2003.11080, and XTREME-R, arXiv:2104.07412",
        translated="paragraphs were found in parallel; questions were translated by people from English",
        redistributable=True,
        test_labels="public in the original release and on the hub, blanked in XTREME's folder, which is passed over",
        issues="every question is asked in English and in one to six more languages, so sets overlap but are not the "
        "same; clusters are the English paragraphs, hence the English file must be there for any language; "
        "on the hub there is only a script, which is not run: take the original release, or a copy in parquet",
    )

    def spelled(self, language: str) -> Mapping[str, str]:
        return {"question": self.question_language or language}

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        english = self.model_copy(update={"question_language": None})
        pivots = [*in_paragraphs(super(Mlqa, english).rows(PIVOT, split, library))]
        parts = {row.cells.get("id"): {name: row.cells.get(name) for name in ("paragraph", "title")} for row in pivots}
        beside = sorted({row.source for row in pivots})
        for row in super().rows(language, split, library):
            yield row.having(parts.get(row.cells.get("id"), {"paragraph": None}), beside=beside)

    def blank(self, row: Row) -> bool:
        return held_back(row["answers"])

    def parse(self, row: Row) -> Example:
        if row["paragraph"] is None:
            raise Broken(
                f"has the id {row.text('id')!r}, which the English file lacks; expected a question asked there"
            )
        return question(row, row.text("id"), row["paragraph"], quotes(row["answers"]))
