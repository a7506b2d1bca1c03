"""Metrics as pure functions of one example's gold and answer.

An example contributes numbers that add up over examples (`measure`); a score is a function of the totals (`scores`), in
points from 0 to 100. So any regrouping or resampling of examples gives its exact score without looking at text again.
"""

import re
import string
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar


class Metric(ABC):
    """`main` names the score that stands for the task."""

    sums: ClassVar[tuple[str, ...]]
    main: ClassVar[str]

    @abstractmethod
    def measure(self, gold: object, answer: object) -> tuple[float, ...]:
        """One example's contribution to each of `sums`."""

    @abstractmethod
    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        """The scores that the totals amount to."""


class Accuracy(Metric):
    sums = ("right", "n")
    main = "accuracy"

    def measure(self, gold: object, answer: object) -> tuple[float, ...]:
        return (float(gold == answer), 1.0)

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"accuracy": points(totals["right"], totals["n"])}


class TagAccuracy(Metric):
    """Share of words with the right tag."""

    sums = ("right", "n")
    main = "accuracy"

    def measure(self, gold: object, answer: object) -> tuple[float, ...]:
        golden, found = aligned(gold, answer)
        return (float(sum(a == b for a, b in zip(golden, found, strict=True))), float(len(golden)))

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"accuracy": points(totals["right"], totals["n"])}


class EntityF1(Metric):
    """Micro F1 over (type, first word, last word); an I- tag that continues nothing opens an entity, as in seqeval."""

    sums = ("hits", "found", "golden")
    main = "f1"

    def measure(self, gold: object, answer: object) -> tuple[float, ...]:
        golden, found = (set(entities(side)) for side in aligned(gold, answer))
        return (float(len(golden & found)), float(len(found)), float(len(golden)))

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"f1": points(2 * totals["hits"], totals["found"] + totals["golden"])}


class SquadMatch(Metric):
    """Exact match and token F1 after SQuAD's normalisation, each the best over the gold answers."""

    sums = ("exact", "overlap", "n")
    main = "f1"

    def measure(self, gold: object, answer: object) -> tuple[float, ...]:
        found = squad_normal(str(answer))
        golden = [squad_normal(each) for each in tags(gold)] or [""]
        return (max(float(found == each) for each in golden), max(token_f1(each, found) for each in golden), 1.0)

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"f1": points(totals["overlap"], totals["n"]), "em": points(totals["exact"], totals["n"])}


class MeanAveragePrecision(Metric):
    """Average precision of the first 20 of a ranking, divided by how many right answers there could be in them."""

    sums = ("precision", "n")
    main = "map"

    def measure(self, gold: object, answer: object) -> tuple[float, ...]:
        golden = set(tags(gold))
        missing, total = set(golden), 0.0
        for rank, name in enumerate(tags(answer)[:RANKED], 1):
            if name in missing:
                missing.remove(name)
                total += (len(golden) - len(missing)) / rank
        return (total / max(1, min(len(golden), RANKED)), 1.0)

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"map": points(totals["precision"], totals["n"])}


class FirstHit(Metric):
    """Share of queries whose first candidate is right."""

    sums = ("right", "n")
    main = "accuracy"

    def measure(self, gold: object, answer: object) -> tuple[float, ...]:
        return (float(bool(answer) and tags(answer)[0] in tags(gold)), 1.0)

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"accuracy": points(totals["right"], totals["n"])}


RANKED = 20

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "accuracy": Accuracy(),
        "tag_accuracy": TagAccuracy(),
        "entity_f1": EntityF1(),
        "squad": SquadMatch(),
        "map20": MeanAveragePrecision(),
        "first_hit": FirstHit(),
    }
)


def points(part: float, whole: float) -> float:
    """A share in points; 0 where there is nothing to share."""
    return 100.0 * part / whole if whole else 0.0


def tags(value: object) -> Sequence[str]:
    assert isinstance(value, tuple | list), value
    return value


def aligned(gold: object, answer: object) -> tuple[Sequence[str], Sequence[str]]:
    """The tags of one sentence, gold and found; raises ValueError unless every word has both."""
    golden, found = tags(gold), tags(answer)
    if len(golden) != len(found):
        raise ValueError(f"a sentence of {len(golden)} gold tags got {len(found)}; expected one for every word")
    return golden, found


def entities(sequence: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The (type, first, last) of every chunk of a BIO sequence."""
    opened: tuple[str, int] | None = None
    for position, tag in enumerate([*sequence, "O"]):
        prefix, _, kind = tag.partition("-")
        if opened and (prefix != "I" or kind != opened[0]):
            yield (*opened, position - 1)
            opened = None
        if prefix in {"B", "I"} and opened is None:
            opened = (kind, position)


def squad_normal(text: str) -> str:
    """Lower case, no ASCII punctuation, no English articles, single spaces."""
    bare = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def token_f1(gold: str, found: str) -> float:
    """F1 of the two bags of whitespace tokens."""
    common = sum((Counter(gold.split()) & Counter(found.split())).values())
    return 2 * common / (len(gold.split()) + len(found.split())) if common else 0.0
