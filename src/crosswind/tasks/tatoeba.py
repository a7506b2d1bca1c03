"""Which sentence is the translation? A thousand pairs with English for most of 41 languages; nothing is trained."""

from collections.abc import Iterator
from typing import Literal

from crosswind.formats import RETRIEVE, Example
from crosswind.formats.probe import Layer
from crosswind.formats.retrieve import Lookup
from crosswind.languages import LANGUAGES
from crosswind.sources.published import Folder, Hub, Library
from crosswind.sources.readers import Parallel
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance, Split
from crosswind.tasks.probed import Probed
from crosswind.tasks.published import XTREME, PublishedTask, varieties

REVISION = "ec5f1f46e9af79639a90684a7a70a956c4998f04"

CODES = (
    "af ar az bg bn de el es et eu fa fi fr he hi hu id it ja jv ka kk ko lt ml mr nl pl pt ro ru sw ta te th tl tr uk "
    "ur vi zh"
)
FILES = {code: LANGUAGES[code].iso639_3 for code in CODES.split()} | {"ar": "ara", "az": "aze", "et": "est"}
SIDES = ("tatoeba.{code}-eng.{code}", "tatoeba.{code}-eng.eng")


class Tatoeba(PublishedTask, Probed):
    """`query` says which side asks. Only foreign queries meet perturbations: others would put English to the test."""

    query: Literal["english", "foreign"] = "english"
    layer: Layer = "xtreme"

    format = RETRIEVE
    labels = ()
    metric = "first_hit"
    chance = 1 / 1_000
    role = "tatoeba"
    source = "en"
    languages = varieties(CODES, "parallel-found")
    sizes = {"test": 1_000}
    exact_sizes = {"test": {"jv": 205, "ka": 746, "kk": 575, "ml": 687, "sw": 390, "ta": 307, "te": 234, "th": 548}}
    recipe = XTREME
    sources = (
        *(
            Folder(
                files={"test": (f"{folder}/{SIDES[0]}", f"{folder}/{SIDES[1]}")},
                reader=Parallel(("foreign", "english")),
                codes=FILES,
            )
            for folder in ("tatoeba", "LASER/data/tatoeba/v1")
        ),
        Hub(
            id="google/xtreme",
            revision=REVISION,
            config="tatoeba.{code}",
            splits={"test": "validation"},
            columns={"foreign": "source_sentence", "english": "target_sentence"},
            codes=FILES,
        ),
    )
    provenance = Provenance(
        source="the Tatoeba test set of LASER, and its copy on the hub",
        revision=REVISION,
        licence="CC-BY-2.0",
        licence_url="https://tatoeba.org/eng/terms_of_use",
        citation="Artetxe and Schwenk (2019), Massively Multilingual Sentence Embeddings for Zero-Shot Cross-Lingual "
        "Transfer and Beyond, arXiv:1812.10464; as part of XTREME, arXiv:2003.11080, and XTREME-R, arXiv:2104.07412",
        translated="pairs that volunteers wrote and linked, in whichever direction",
        redistributable=True,
        test_labels="public in the original release; XTREME's folder has the English side sorted, which hides what "
        "belongs together, so it is not read",
        issues="every language has other English sentences, so languages are not comparable item by item; English "
        "queries come in the order of XTREME's folder, by code point; the hub lacks az, lt, pl, ro and uk",
    )

    @property
    def unperturbed(self) -> str:
        return 'its queries are English; query = "foreign" asks the other way' if self.query == "english" else ""

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        rows = super().rows(language, split, library)
        return iter(sorted(rows, key=english_side)) if self.query == "english" else rows

    def parse(self, row: Row) -> Example:
        uid = str(row.number)
        foreign, english = row.text("foreign").removesuffix("\n"), row.text("english").removesuffix("\n")
        query, candidate = (english, foreign) if self.query == "english" else (foreign, english)
        return Lookup(uid=uid, cluster=uid, query=query, candidate=candidate, candidate_uid=uid, gold=(uid,))


def english_side(row: Row) -> str:
    """What XTREME sorts by."""
    return str(row.cells.get("english", "")).strip()
