"""Yes or no? Questions that people typed into a search engine, each with a paragraph that answers it."""

from crosswind.formats import CLASSIFY, Example
from crosswind.formats.classify import Classification
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import JsonLines
from crosswind.sources.rows import Row, one_of
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, alike, labelled, varieties

REVISION = "35b264d03638db9f4ce671b711558bf7ff0f80d5"

LABELS = ("no", "yes")
SPELLINGS = {"False": "no", "True": "yes"}


class Boolq(PublishedTask):
    format = CLASSIFY
    labels = LABELS
    metric = "accuracy"
    chance = 0.5
    role = "nli"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 9_427, "dev": 3_270}
    recipe = INTERMEDIATE
    sources = (
        Folder(files={"train": "boolq/train.jsonl", "dev": "boolq/dev.jsonl"}, reader=JsonLines()),
        Folder(
            files={"train": "BoolQ/train.jsonl", "dev": "BoolQ/val.jsonl"},
            reader=JsonLines(),
            columns={"answer": "label"},
        ),
        Hub(id="google/boolq", revision=REVISION, splits={"train": "train", "dev": "validation"}),
    )
    provenance = Provenance(
        source="BoolQ as released (the folder's name is ours), as part of SuperGLUE, and on the hub",
        revision=REVISION,
        licence="CC-BY-SA-3.0",
        licence_url="https://github.com/google-research-datasets/boolean-questions",
        citation="Clark et al. (2019), BoolQ: Exploring the Surprising Difficulty of Natural Yes/No Questions, "
        "arXiv:1905.10044",
        translated="not translated",
        redistributable=True,
        test_labels="withheld",
        issues="62 % of the answers are yes; SuperGLUE's copy may have its rows in another order, so its uids differ",
    )

    def parse(self, row: Row) -> Example:
        passage = row.text("passage")
        return Classification(
            uid=str(row.number),
            cluster=alike(passage),
            first=row.text("question"),
            second=passage,
            label=one_of(LABELS, labelled(row, "answer"), SPELLINGS),
        )
