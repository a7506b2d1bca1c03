"""Questions that common sense answers: five concepts to choose from."""

from collections.abc import Mapping

from crosswind.formats import CHOOSE, Example
from crosswind.formats.choose import Choice
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import JsonLines
from crosswind.sources.rows import Broken, Row
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, labelled, place_of, varieties

REVISION = "94630fe30dad47192a8546eb75f094926d47e155"

LETTERS = "ABCDE"


class Commonsenseqa(PublishedTask):
    format = CHOOSE
    labels = ()
    metric = "accuracy"
    chance = 1 / 5
    role = "copa"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 9_741, "dev": 1_221}
    recipe = INTERMEDIATE
    sources = (
        Folder(
            files={"train": "commonsenseqa/train_rand_split.jsonl", "dev": "commonsenseqa/dev_rand_split.jsonl"},
            reader=JsonLines(),
        ),
        Hub(id="tau/commonsense_qa", revision=REVISION, splits={"train": "train", "dev": "validation"}),
    )
    provenance = Provenance(
        source="CommonsenseQA 1.11, random split, as released (the folder's name is ours) and on the hub",
        revision=REVISION,
        licence="MIT",
        licence_url="https://www.tau-nlp.org/commonsenseqa",
        citation="Talmor et al. (2019), CommonsenseQA: A Question Answering Challenge Targeting Commonsense Knowledge, "
        "arXiv:1811.00937",
        translated="not translated",
        redistributable=True,
        test_labels="withheld",
        issues="answers are named by letter, and choices are put in the order of their letters",
    )

    def parse(self, row: Row) -> Example:
        stem, texts = asked(row)
        if sorted(texts) != list(LETTERS):
            raise Broken(f"has choices {', '.join(texts) or 'none'}; expected {', '.join(LETTERS)}")
        uid = row.text("id")
        return Choice(
            uid=uid,
            cluster=uid,
            prompt=stem,
            choices=tuple(texts[letter] for letter in LETTERS),
            answer=place_of(LETTERS, labelled(row, "answerKey")),
        )


def asked(row: Row) -> tuple[str, Mapping[str, str]]:
    """The question and its choices by letter: the release has both in one cell, the hub in two."""
    whole = row["question"]
    if isinstance(whole, Mapping):
        return whole["stem"], {choice["label"]: choice["text"] for choice in whole["choices"]}
    choices = row["choices"]
    return row.text("question"), dict(zip(choices["label"], choices["text"], strict=True))
