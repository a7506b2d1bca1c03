"""Which sentences, in any of eleven languages, answer the question? XQuAD's paragraphs as one pool of sentences."""

from collections.abc import Iterator
from itertools import groupby

from crosswind.formats import RETRIEVE, Example
from crosswind.formats.retrieve import Lookup, entry
from crosswind.recipe import Recipe
from crosswind.sources.published import Folder, Hub, Library
from crosswind.sources.readers import SquadJson
from crosswind.sources.rows import Broken, Left, Row
from crosswind.tasks.base import POOL, Provenance, Split
from crosswind.tasks.published import XTREME, PublishedTask, in_paragraphs, quotes, varieties
from crosswind.text.sentences import sentences

REVISION = "7b6d24c440a36b6815f21b70d25016731768db1f"

CODES = "ar de el en es hi ru th tr vi zh"
QUESTION = "question"


class Lareqa(PublishedTask):
    format = RETRIEVE
    labels = ()
    metric = "map20"
    chance = 0.0
    role = "lareqa"
    source = "en"
    languages = varieties(CODES, "human-translated", en="native")
    sizes = {"train": 87_599, "dev": 10_570, "test": 1_190}
    source_only = ("train", "dev")
    pool_size = 13_014
    recipe = XTREME.override(Recipe(epochs=3, batch=16, max_length=256))
    sources = (
        Folder(files={"test": "lareqa/xquad-r/{code}.json"}, reader=SquadJson()),
        Folder(files={"train": "squad/train-v1.1.json", "dev": "squad/dev-v1.1.json"}, reader=SquadJson()),
        Hub(
            id="rajpurkar/squad",
            revision=REVISION,
            config="plain_text",
            splits={"train": "train", "dev": "validation"},
        ),
    )
    provenance = Provenance(
        source="XQuAD-R of LAReQA, as released; SQuAD 1.1 for training",
        revision=REVISION,
        licence="CC-BY-SA-4.0",
        licence_url="https://github.com/google-research-datasets/lareqa",
        citation="Roy et al. (2020), LAReQA: Language-agnostic Answer Retrieval from a Multilingual Pool, "
        "arXiv:2004.05484; as part of XTREME-R, arXiv:2104.07412",
        translated="by professional translators from English, paragraph and questions together",
        redistributable=True,
        test_labels="public in the original release and in XTREME's folder",
        issues="the hub's copy lacks sentence breaks and cannot be read; training sentences are cut by our own rules "
        "(text/sentences.py), which are not the reference's; questions have 256 sub-words at most, where the reference "
        "gives them 96; a query needs the files of all eleven languages",
    )

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        if split != "test":
            yield from in_paragraphs(super().rows(language, split, library))
            return
        files = {code: [*super(Lareqa, self).rows(code, split, library)] for code in CODES.split()}
        if language == POOL:
            for code, rows in files.items():
                yield from candidates(code, rows)
            return
        gold: dict[str, list[str]] = {}
        for code, rows in files.items():
            for row in rows:
                gold.setdefault(str(row.cells.get("id")), []).extend(right_ones(row, code))
        beside = sorted({row.source for rows in files.values() for row in rows})
        for row in files[language]:
            yield row.having({"gold": gold[str(row.cells.get("id"))]}, beside=beside)

    def parse(self, row: Row) -> Example:
        if QUESTION not in row:
            return entry(row.text("uid"), row.text("text"))
        uid, query = row.text("id"), row.text(QUESTION)
        if "gold" not in row:
            breaks = [*sentences(row.text("context"))]
            place = answered_by(row, breaks)
            name = f"{row['paragraph']}_{place}"
            text = passage(row.text("context"), *breaks[place])
            return Lookup(
                uid=uid, cluster=row["paragraph"], query=query, candidate=text, candidate_uid=name, gold=(name,)
            )
        answered_by(row, row["sentence_breaks"])
        return Lookup(
            uid=uid,
            cluster=str(row["paragraph"]),
            query=query,
            candidate="",
            candidate_uid="",
            gold=tuple(row["gold"]),
        )


def candidates(code: str, rows: list[Row]) -> Iterator[Row]:
    """Every sentence of a language's paragraphs, once, as a row of the pool."""
    for _, questions in groupby(rows, lambda row: row.cells.get("paragraph")):
        row = next(questions)
        if not row.cells.get("sentence_breaks"):
            problem = "has no 'sentence_breaks'; expected where each sentence of its paragraph begins and ends"
            yield Row({}, row.place, row.source, row.number, problem)
            continue
        for number, (start, end) in enumerate(row["sentence_breaks"]):
            cells = {"uid": sentence_name(row, code, number), "text": passage(row.text("context"), start, end)}
            yield Row(cells, row.place, row.source, row.number)


def right_ones(row: Row, code: str) -> list[str]:
    """The names of the sentences that answer a question in one language; none where its row is no good."""
    try:
        breaks, context = row["sentence_breaks"], row.text("context")
        answer = slice(*breaks[answered_by(row, breaks)])
        return [
            sentence_name(row, code, number)
            for number, (start, end) in enumerate(breaks)
            if context[start:end] == context[answer]
        ]
    except (ValueError, TypeError, KeyError):
        return []


def sentence_name(row: Row, code: str, number: int) -> str:
    """A candidate's name as LAReQA's evaluation has it: paragraphs count from 1, sentences from 0."""
    return f"{code}_{row['paragraph'] + 1}_{number}"


def answered_by(row: Row, breaks: list[tuple[int, int]]) -> int:
    """The number of the sentence in which the first answer begins; raises Left where it is in none."""
    found = quotes(row["answers"])
    if not found:
        raise Broken(f"has no answer to {row.text(QUESTION)!r}; expected one with its answer_start")
    for number, (start, end) in enumerate(breaks):
        if start <= found[0].start < end:
            return number
    raise Left("its answer begins in no sentence")


def passage(context: str, start: int, end: int) -> str:
    """A sentence and the paragraph around it, joined without a space and without line ends, as the reference does."""
    return f"{context[start:end]}{context}".replace("\n", "")
