"""Tasks in miniature for studies that tests run: a few sentences in three languages, nothing to download."""

from collections.abc import Iterator
from types import MappingProxyType

from crosswind.formats import CLASSIFY, RETRIEVE, Example
from crosswind.formats.classify import Classification
from crosswind.formats.retrieve import Candidate, Lookup
from crosswind.recipe import Recipe
from crosswind.tasks.base import Provenance, Row, Split, Task, Variety
from tests.text.sentences import SENTENCES

SCRIPTS = {"en": "Latn", "tr": "Latn", "ru": "Cyrl"}
NUM_TEST = 8


def sentence(language: str, number: int) -> str:
    """The same for the same number, other words first for another one."""
    words = SENTENCES[language].split()
    first = number % len(words)
    return " ".join((*words[first:], *words[:first], str(number)))


class Small(Task):
    """A task whose rows are numbers in a language."""

    labels = ()
    chance = 0.0
    source = "en"
    languages = MappingProxyType({code: Variety(code, script, "constructed") for code, script in SCRIPTS.items()})
    recipe = Recipe(steps=2, batch=4, max_length=48, learning_rate=1e-2, selection="last")
    provenance = Provenance("tests", "none", "Apache-2.0", "https://www.apache.org", "none", "not at all")

    def rows(self, language: str, split: Split) -> Iterator[Row]:
        first = {"train": 0, "dev": 100, "test": 200}[split]
        return ({"language": language, "number": first + i, "split": split} for i in range(self.sizes[split]))


class Parity(Small):
    """Something to train on before: is the number odd?"""

    format = CLASSIFY
    labels = ("even", "odd")
    metric = "accuracy"
    role = "nli"
    sizes = MappingProxyType({"train": 16, "dev": 4, "test": NUM_TEST})

    def parse(self, row: Row) -> Example:
        uid = str(row["number"])
        text = sentence(row["language"], row["number"])
        return Classification(uid=uid, cluster=uid, first=text, label=self.labels[row["number"] % 2])


class Bitext(Small):
    """Find the English sentence: there is no training set."""

    format = RETRIEVE
    metric = "first_hit"
    role = "tatoeba"
    sizes = MappingProxyType({"test": NUM_TEST})

    def parse(self, row: Row) -> Example:
        uid, name = str(row["number"]), f"en-{row['number']}"
        return Lookup(
            uid=uid,
            cluster=uid,
            query=sentence(row["language"], row["number"]),
            candidate=sentence("en", row["number"]),
            candidate_uid=name,
            gold=(name,),
        )


class Anywhere(Small):
    """Find the sentence in every language of one pool; training knows one candidate per query."""

    format = RETRIEVE
    metric = "map20"
    role = "lareqa"
    sizes = MappingProxyType({"train": 16, "dev": 4, "test": NUM_TEST})

    def parse(self, row: Row) -> Example:
        number, language = row["number"], row["language"]
        elsewhere = [code for code in SCRIPTS if code != language] if row["split"] == "test" else []
        others = tuple(Candidate(f"{code}-{number}", sentence(code, number)) for code in elsewhere)
        name = f"{language}-{number}"
        return Lookup(
            uid=str(number),
            cluster=str(number),
            query=" ".join(sentence(language, number).split()[:3]),
            candidate=sentence(language, number),
            candidate_uid=name,
            gold=(name, *(other.uid for other in others)),
            others=others,
        )


class Unlearnt(Small):
    """What cannot be: classification without a training set."""

    format = CLASSIFY
    metric = "accuracy"
    role = "nli"
    sizes = MappingProxyType({"test": NUM_TEST})

    def parse(self, row: Row) -> Example:
        raise NotImplementedError


PARITY, BITEXT = "tests.retrieval:Parity", "tests.retrieval:Bitext"
ANYWHERE, UNLEARNT = "tests.retrieval:Anywhere", "tests.retrieval:Unlearnt"
