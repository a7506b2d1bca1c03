"""Which of two events led to this one, or came of it? In English; XCOPA asks it in other languages."""

from crosswind.formats import CHOOSE, Example
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import JsonLines
from crosswind.sources.rows import Row, one_of
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, labelled, varieties
from crosswind.tasks.xcopa import Prompt, cause_or_effect

REVISION = "3de24cf8022e94f4ee4b9d55a6f539891524d646"

NAMES = ("choice1", "choice2")
SPELLINGS = {"0": "choice1", "1": "choice2"}


class Copa(PublishedTask):
    """`prompt` is XCOPA's."""

    prompt: Prompt = "xtreme"

    format = CHOOSE
    labels = ()
    metric = "accuracy"
    chance = 1 / 2
    role = "copa"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 400, "dev": 100}
    recipe = INTERMEDIATE
    sources = (
        Folder(files={"train": "xcopa/train-en.jsonl", "dev": "xcopa/val-en.jsonl"}, reader=JsonLines()),
        Folder(files={"train": "COPA/train.jsonl", "dev": "COPA/val.jsonl"}, reader=JsonLines()),
        Hub(id="aps/super_glue", revision=REVISION, config="copa", splits={"train": "train", "dev": "validation"}),
    )
    provenance = Provenance(
        source="COPA as part of SuperGLUE, from its download, in XTREME-R's folder and on the hub",
        revision=REVISION,
        licence="BSD-2-Clause",
        licence_url="https://people.ict.usc.edu/~gordon/copa.html",
        citation="Roemmele, Bejan and Gordon (2011), Choice of Plausible Alternatives: An Evaluation of Commonsense "
        "Causal Reasoning; as split by Wang et al. (2019), SuperGLUE, arXiv:1905.00537; as training data of XCOPA in "
        "XTREME-R, arXiv:2104.07412",
        translated="not translated",
        redistributable=True,
        test_labels="withheld in SuperGLUE, overwritten in XTREME-R's folder",
        issues="four hundred items are few: scores on the hundred of the development set move by whole points",
    )

    def parse(self, row: Row) -> Example:
        label = one_of(NAMES, labelled(row), SPELLINGS)
        return cause_or_effect(row.having({"label": NAMES.index(label)}), self.prompt)
