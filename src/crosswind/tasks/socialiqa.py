"""What people think, want and do in everyday scenes: a question and three answers."""

from crosswind.formats import CHOOSE, Example
from crosswind.formats.choose import Choice
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import JsonLines
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, alike, labelled, place_of, varieties

REVISION = "537a2ec8ec565adc0b70b70752893e59e024df26"

LETTERS = "ABC"


class Socialiqa(PublishedTask):
    format = CHOOSE
    labels = ()
    metric = "accuracy"
    chance = 1 / 3
    role = "copa"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 33_410, "dev": 1_954}
    recipe = INTERMEDIATE
    sources = (
        Folder(
            files={"train": "siqa/socialIQa_v1.4_trn.jsonl", "dev": "siqa/socialIQa_v1.4_dev.jsonl"},
            reader=JsonLines(),
        ),
        Hub(
            id="allenai/social_i_qa",
            revision=REVISION,
            splits={"train": "train", "dev": "validation"},
            columns={"correct": "label"},
        ),
    )
    provenance = Provenance(
        source="SocialIQA 1.4 as XTREME-R downloads it, and on the hub",
        revision=REVISION,
        licence="unknown",
        licence_url="https://leaderboard.allenai.org/socialiqa",
        citation="Sap et al. (2019), SocialIQA: Commonsense Reasoning about Social Interactions, arXiv:1904.09728; as "
        "training data of XCOPA in XTREME-R, arXiv:2104.07412",
        translated="not translated",
        redistributable=False,
        test_labels="withheld by its makers, so the third file of XTREME's folder is not read",
        issues='the folder names answers by letter and the hub by number, in some copies with a line end ("1\\n"); '
        "the commit is of the hub's own conversion, because the set itself is a script",
    )

    def parse(self, row: Row) -> Example:
        context, label = row.text("context"), labelled(row, "correct")
        return Choice(
            uid=str(row.number),
            cluster=alike(context),
            prompt=f"{context} {row.text('question')}",
            choices=tuple(row.text(f"answer{letter}") for letter in LETTERS),
            answer=place_of("123" if label.isdigit() else LETTERS, label),
        )
