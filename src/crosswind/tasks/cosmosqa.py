"""What lies behind a personal story? A question between its lines, and four answers."""

from crosswind.formats import CHOOSE, Example
from crosswind.formats.choose import Choice
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import Delimited
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, alike, labelled, place_of, varieties

REVISION = "ed50fe83db62b355759053b1cd5eef344ee371e0"


class Cosmosqa(PublishedTask):
    format = CHOOSE
    labels = ()
    metric = "accuracy"
    chance = 1 / 4
    role = "copa"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 25_262, "dev": 2_985}
    recipe = INTERMEDIATE
    sources = (
        Folder(
            files={"train": "cosmosqa/data/train.csv", "dev": "cosmosqa/data/valid.csv"},
            reader=Delimited(","),
        ),
        Hub(id="allenai/cosmos_qa", revision=REVISION, splits={"train": "train", "dev": "validation"}),
    )
    provenance = Provenance(
        source="Cosmos QA, from its repository and on the hub",
        revision=REVISION,
        licence="CC-BY-4.0",
        licence_url="https://wilburone.github.io/cosmos/",
        citation="Huang et al. (2019), Cosmos QA: Machine Reading Comprehension with Contextual Commonsense Reasoning, "
        "arXiv:1909.00277",
        translated="not translated",
        redistributable=True,
        test_labels="withheld",
        issues='one of four answers may be "None of the above choices."; the commit is of the hub\'s own conversion, '
        "because the set itself is a script",
    )

    def parse(self, row: Row) -> Example:
        context = row.text("context")
        return Choice(
            uid=str(row.number),
            cluster=alike(context),
            prompt=f"{context} {row.text('question')}",
            choices=tuple(row.text(f"answer{number}") for number in range(4)),
            answer=place_of("0123", labelled(row)),
        )
