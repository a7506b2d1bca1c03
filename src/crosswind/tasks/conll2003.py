"""Names of people, places, organisations and the rest in English newswire."""

from collections.abc import Iterator, Sequence

from crosswind.formats import TAG, Example
from crosswind.formats.tag import Tagging
from crosswind.sources.published import UNCONFIRMED, Folder, Hub, Library
from crosswind.sources.rows import Left, Row
from crosswind.sources.word_lines import Columns
from crosswind.tasks.base import Provenance, Split
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, varieties

LABELS = ("O", "B-LOC", "I-LOC", "B-MISC", "I-MISC", "B-ORG", "I-ORG", "B-PER", "I-PER")
BOUNDARY = "-DOCSTART-"


class Conll2003(PublishedTask):
    format = TAG
    labels = LABELS
    metric = "entity_f1"
    chance = 0.0
    role = "ner"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 14_041, "dev": 3_250, "test": 3_453}
    recipe = INTERMEDIATE
    shares = ("xglue-ner",)
    sources = (
        Folder(
            files={"train": "conll2003/eng.train", "dev": "conll2003/eng.testa", "test": "conll2003/eng.testb"},
            reader=Columns(("tokens", "parts of speech", "chunks", "tags")),
        ),
        Hub(
            id="eriktks/conll2003",
            revision=UNCONFIRMED,
            config="conll2003",
            splits={"train": "train", "dev": "validation", "test": "test"},
            columns={"tags": "ner_tags"},
        ),
    )
    provenance = Provenance(
        source="CoNLL 2003's shared task, English, as released (the folder's name is ours) and on the hub",
        revision=UNCONFIRMED,
        licence="custom: annotation free, text under the Reuters Corpus agreement",
        licence_url="https://www.clips.uantwerpen.be/conll2003/ner/",
        citation="Tjong Kim Sang and De Meulder (2003), Introduction to the CoNLL-2003 Shared Task: "
        "Language-Independent Named Entity Recognition, arXiv:cs/0306050",
        translated="not translated",
        redistributable=False,
        test_labels="public",
        issues="the release begins an entity with B- only where another of its kind goes before, the hub always: both "
        "become the latter; lines between documents are left out and counted",
    )

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        """Sentences are counted without the lines between documents, since the hub lacks those."""
        number = 0
        for row in super().rows(language, split, library):
            yield row.having(number=number)
            number += row.cells.get("tokens") != [BOUNDARY]

    def parse(self, row: Row) -> Example:
        tokens = row.words("tokens")
        if tokens == (BOUNDARY,):
            raise Left("a line between documents")
        uid = str(row.number)
        return Tagging(uid=uid, cluster=uid, tokens=tokens, tags=tuple(begun(row.words("tags"))))


def begun(tags: Sequence[str]) -> Iterator[str]:
    """Tags in which every entity begins with B-."""
    before = ""
    for tag in tags:
        prefix, _, kind = tag.partition("-")
        yield f"B-{kind}" if prefix == "I" and kind != before else tag
        before = kind
