"""Reading comprehension from English exams in Chinese schools: an article, a question, four answers."""

from collections import Counter
from collections.abc import Iterator

from crosswind.formats import CHOOSE, Example
from crosswind.formats.choose import Choice
from crosswind.recipe import Recipe
from crosswind.sources.published import Hub, Library
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance, Split
from crosswind.tasks.published import INTERMEDIATE, PublishedTask, labelled, place_of, varieties

REVISION = "2fec9fd81f1dc971569a9b729c43f2f0e6436637"


class Race(PublishedTask):
    format = CHOOSE
    labels = ()
    metric = "accuracy"
    chance = 1 / 4
    role = "copa"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"train": 87_866, "dev": 4_887, "test": 4_934}
    recipe = INTERMEDIATE.override(Recipe(max_length=512))
    sources = (
        Hub(
            id="ehovy/race",
            revision=REVISION,
            config="all",
            splits={"train": "train", "dev": "validation", "test": "test"},
        ),
    )
    provenance = Provenance(
        source="RACE, middle and high schools together, on the hub; the release is a file an article and is not read",
        revision=REVISION,
        licence="custom: research only, not commercial",
        licence_url="https://www.cs.cmu.edu/~glai1/data/race/",
        citation="Lai et al. (2017), RACE: Large-scale ReAding Comprehension Dataset From Examinations, "
        "arXiv:1704.04683",
        translated="not translated",
        redistributable=False,
        test_labels="public",
        issues="articles are longer than most encoders read: the prompt is cut and the cuts are counted; in questions "
        "with a blank the blank stays where it is",
    )

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        """Rows with the number of the question among those on its article, since the hub names articles only."""
        seen: Counter[str] = Counter()
        for row in super().rows(language, split, library):
            article = str(row.cells.get("example_id"))
            seen[article] += 1
            yield row.having({"question number": seen[article]})

    def parse(self, row: Row) -> Example:
        article = row.text("example_id")
        return Choice(
            uid=f"{article}-{row['question number']}",
            cluster=article,
            prompt=f"{row.text('article')} {row.text('question')}",
            choices=row.words("options"),
            answer=place_of("ABCD", labelled(row, "answer")),
        )
