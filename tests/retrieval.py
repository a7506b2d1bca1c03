"""Tasks in miniature for studies that tests run: a few sentences in three languages, nothing to download."""

from collections.abc import Iterator
from types import MappingProxyType

from crosswind.formats import CLASSIFY, MINE, RETRIEVE, Example
from crosswind.formats.classify import Classification
from crosswind.formats.mine import OTHER, OWN, Sentence
from crosswind.formats.retrieve import Candidate, Lookup, entry
from crosswind.recipe import Recipe
from crosswind.sources.published import Library
from crosswind.sources.rows import Row
from crosswind.tasks.base import POOL, Provenance, Split, Task, Variety
from crosswind.tasks.probed import Probed
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
    provenance = Provenance(
        "tests", "none", "Apache-2.0", "https://www.apache.org", "none", "not at all", True, "public", "none"
    )

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        first = {"train": 0, "dev": 100, "test": 200}[split]
        for i in range(self.sizes[split]):
            yield Row({"language": language, "number": first + i, "split": split}, f"row {i}", "tests", i)


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


class Together(Probed, Small):
    """Find what begins like this, in any language; every query brings its candidates along."""

    format = RETRIEVE
    metric = "map20"
    role = "lareqa"
    sizes = MappingProxyType({"test": NUM_TEST})

    def parse(self, row: Row) -> Example:
        number, language = row["number"], row["language"]
        candidates = [Candidate(f"{code}-{number}", sentence(code, number)) for code in SCRIPTS]
        return Lookup(
            uid=str(number),
            cluster=str(number),
            query=beginning(language, number),
            candidate=candidates[0].text,
            candidate_uid=candidates[0].uid,
            gold=tuple(each.uid for each in candidates),
            others=tuple(candidates[1:]),
        )


class Apart(Probed, Small):
    """The same search; all candidates stand in a pool of their own."""

    format = RETRIEVE
    metric = "map20"
    role = "lareqa"
    sizes = MappingProxyType({"test": NUM_TEST})
    pool_size = NUM_TEST * len(SCRIPTS)

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        if language != POOL:
            yield from super().rows(language, split, library)
            return
        for i in range(self.pool_size):
            number, place = divmod(i, len(SCRIPTS))
            yield Row({"code": list(SCRIPTS)[place], "number": 200 + number}, f"candidate {i}", "tests", i)

    def parse(self, row: Row) -> Example:
        number = row["number"]
        if "code" in row:
            return entry(f"{row['code']}-{number}", sentence(row["code"], number))
        return Lookup(
            uid=str(number),
            cluster=str(number),
            query=beginning(row["language"], number),
            candidate="",
            candidate_uid="",
            gold=tuple(f"{code}-{number}" for code in SCRIPTS),
        )


class Mining(Probed, Small):
    """Every second sentence has a translation into English, where as many others stand."""

    format = MINE
    metric = "pairs_f1"
    role = "bucc"
    sizes = MappingProxyType({"dev": 16, "test": 16})

    def parse(self, row: Row) -> Example:
        number, is_other = divmod(row["number"], 2)
        is_pair = number % 2 == 0
        text = sentence("en" if is_other else row["language"], number + (0 if is_pair or not is_other else 1000))
        side, partner = (OTHER, "") if is_other else (OWN, f"{number}-{OTHER}" if is_pair else "")
        return Sentence(uid=f"{number}-{side}", cluster=str(number), text=text, side=side, partner=partner)


class MiningBlind(Probed, Small):
    """What cannot be: mining without a set to choose the threshold on."""

    format = MINE
    metric = "pairs_f1"
    role = "bucc"
    sizes = MappingProxyType({"test": NUM_TEST})

    def parse(self, row: Row) -> Example:
        raise NotImplementedError


class Homonyms(Probed, Small):
    """Queries in capitals; in small letters every second one is what another query looks for."""

    format = RETRIEVE
    metric = "first_hit"
    role = "tatoeba"
    sizes = MappingProxyType({"test": NUM_TEST})

    def parse(self, row: Row) -> Example:
        number = row["number"]
        other = number + 1 if number % 2 else number
        name = f"c{number}"
        return Lookup(
            uid=str(number),
            cluster=str(number),
            query=f"LAMP {'abcdefghijk'[number % 10]}",
            candidate=f"lamp {'abcdefghijk'[other % 10]}" if number % 2 else f"shade {number}",
            candidate_uid=name,
            gold=(name,),
        )


def beginning(language: str, number: int) -> str:
    return " ".join(sentence(language, number).split()[:3])


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
HOMONYMS = "tests.retrieval:Homonyms"
TOGETHER, APART, MINING = "tests.retrieval:Together", "tests.retrieval:Apart", "tests.retrieval:Mining"
