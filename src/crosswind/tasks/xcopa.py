"""Which of two sentences is the cause of a third, or its effect? In eleven languages, English not among them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from crosswind.formats import CHOOSE, Example
from crosswind.formats.choose import Choice
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import JsonLines
from crosswind.sources.rows import Row, one_of
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import XTREME, PublishedTask, varieties

REVISION = "042f78955ba48e6404616762fa6e05e839c3907a"

Prompt = Literal["xtreme", "jiant", "bare"]
ASKED: Mapping[Prompt, Mapping[str, str]] = MappingProxyType(
    {
        "xtreme": {"cause": "What was the cause?", "effect": "What was the effect?"},
        "jiant": {"cause": "What was the cause of this?", "effect": "What happened as a result?"},
        "bare": {"cause": "cause", "effect": "effect"},
    }
)
ANSWERS = ("0", "1")


class Xcopa(PublishedTask):
    """`prompt` is what follows the premise: a question in English, as two code bases have it, or its bare word.

    COPA is learned with the same.
    """

    prompt: Prompt = "xtreme"

    format = CHOOSE
    labels = ()
    metric = "accuracy"
    chance = 0.5
    role = "copa"
    source = "en"
    languages = varieties("et ht id it qu sw ta th tr vi zh", "human-translated-reannotated")
    sizes = {"dev": 100, "test": 500}
    recipe = XTREME
    trains_on = ("socialiqa", "copa")
    taught_with = ("prompt",)
    originals = {"en": "crosswind.tasks.copa_original:CopaOriginal"}
    sources = (
        Folder(files={"dev": "xcopa/val-{code}.jsonl"}, reader=JsonLines()),
        *(
            Folder(
                files={
                    "dev": f"{folder}/{{code}}/val.{{code}}.jsonl",
                    "test": f"{folder}/{{code}}/test.{{code}}.jsonl",
                },
                reader=JsonLines(),
            )
            for folder in ("xcopa", "xcopa/data")
        ),
        Hub(
            id="cambridgeltl/xcopa",
            revision=REVISION,
            config="{code}",
            splits={"dev": "validation", "test": "test"},
        ),
    )
    provenance = Provenance(
        source="XCOPA, as released and on the hub; its development set in XTREME's folder too",
        revision=REVISION,
        licence="CC-BY-4.0",
        licence_url="https://github.com/cambridgeltl/xcopa",
        citation="Ponti et al. (2020), XCOPA: A Multilingual Dataset for Causal Commonsense Reasoning, "
        "arXiv:2005.00333; as part of XTREME-R, arXiv:2104.07412",
        translated="by people from English COPA, and labelled anew in every language",
        redistributable=True,
        test_labels="public in the original release and on the hub; in XTREME's folder all are 0, so it is not read",
        issues="items that translators altered are marked `changed` (0 to 26 in a language); qu is Southern Quechua by "
        "a speaker of Eastern Apurimac",
    )

    def parse(self, row: Row) -> Example:
        return cause_or_effect(row, self.prompt)


def cause_or_effect(row: Row, prompt: Prompt) -> Choice:
    """A row of COPA or of a set in its form."""
    return premise_and_choices(row, prompt, int(one_of(ANSWERS, row["label"])))


def premise_and_choices(row: Row, prompt: Prompt, answer: int) -> Choice:
    """The texts of such a row, with an answer from elsewhere."""
    asked = ASKED[prompt][one_of(("cause", "effect"), row["question"])]
    uid = str(row["idx"])
    return Choice(
        uid=uid,
        cluster=uid,
        prompt=f"{row.text('premise')} {asked}",
        choices=(row.text("choice1"), row.text("choice2")),
        answer=answer,
    )
