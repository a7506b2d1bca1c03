"""Inference whose hypotheses people wrote until a model was wrong, in three rounds against ever stronger ones."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from crosswind.formats import CLASSIFY, Example
from crosswind.sources.published import Folder, Hub, Library
from crosswind.sources.readers import JsonLines
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance, Split
from crosswind.tasks.mnli import LABELS, inference
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, varieties

REVISION = "8e4813d81f46d313dac7892e1c28076917cfcdf9"

SIZES: Mapping[Split, Mapping[int, int]] = {
    "train": {1: 16_946, 2: 45_460, 3: 100_459},
    "dev": {1: 1_000, 2: 1_000, 3: 1_200},
    "test": {1: 1_000, 2: 1_000, 3: 1_200},
}


class Anli(PublishedTask):
    """The rounds that are named, one after the other."""

    rounds: Annotated[tuple[Literal[1, 2, 3], ...], Field(min_length=1)] = (1, 2, 3)

    format = CLASSIFY
    labels = LABELS
    metric = "accuracy"
    chance = 1 / 3
    role = "nli"
    source = "en"
    languages = varieties("en", "native")
    sizes = {split: sum(rounds.values()) for split, rounds in SIZES.items()}
    recipe = INTERMEDIATE
    sources = (
        Folder(
            files={split: f"anli_v1.0/R{{round}}/{split}.jsonl" for split in SIZES},
            reader=JsonLines(),
            columns={"premise": "context"},
        ),
        Hub(
            id="facebook/anli",
            revision=REVISION,
            config="plain_text",
            splits={split: f"{split}_r{{round}}" for split in SIZES},
        ),
    )
    provenance = Provenance(
        source="ANLI 1.0, as released and on the hub",
        revision=REVISION,
        licence="CC-BY-NC-4.0",
        licence_url="https://github.com/facebookresearch/anli",
        citation="Nie et al. (2020), Adversarial NLI: A New Benchmark for Natural Language Understanding, "
        "arXiv:1910.14599",
        translated="not translated",
        redistributable=False,
        test_labels="public",
        issues="the release writes labels as e, n and c, the hub in another order: they are mapped by name; many "
        "hypotheses share a context",
    )

    def num_rows(self, language: str, split: Split) -> int:  # noqa: ARG002
        return sum(SIZES[split][number] for number in self.rounds)

    def spelled(self, language: str) -> Mapping[str, str]:  # noqa: ARG002
        return {"round": str(self.rounds[0])}

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        count = 0
        for number in self.rounds:
            one = self.model_copy(update={"rounds": (number,)})
            for row in PublishedTask.rows(one, language, split, library):
                yield row.having(number=count)
                count += 1

    def parse(self, row: Row) -> Example:
        return inference(row)
