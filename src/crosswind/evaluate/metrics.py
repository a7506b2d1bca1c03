"""Metrics as pure functions of one example's gold and answer.

An example contributes numbers that add up over examples (`measure`); a score is a function of the totals (`scores`), in
points from 0 to 100. So any regrouping or resampling of examples gives its exact score without looking at text again.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from crosswind.evaluate.base import Metric, f1_scores, names, points
from crosswind.evaluate.checklist import CasesPassed
from crosswind.evaluate.masked import HiddenWords
from crosswind.evaluate.tagging import EntityF1, RunF1, TagAccuracy
from crosswind.text.answers import mlqa_normal, squad_normal, token_f1


class Accuracy(Metric):
    sums = ("right", "n")
    main = "accuracy"

    def measure(self, gold: object, answer: object, _language: str, /) -> tuple[float, ...]:
        return (float(gold == answer), 1.0)

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"accuracy": points(totals["right"], totals["n"])}


class AccuracyF1(Metric):
    """Accuracy, and F1 of the label "1" beside it, as GLUE reports its paraphrase tasks."""

    sums = ("right", "hits", "found", "golden", "n")
    main = "accuracy"

    def measure(self, gold: object, answer: object, _language: str, /) -> tuple[float, ...]:
        golden, found = gold == POSITIVE, answer == POSITIVE
        return (float(gold == answer), float(golden and found), float(found), float(golden), 1.0)

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"accuracy": points(totals["right"], totals["n"]), "f1": f1_scores(totals)["f1"]}


class PairsF1(Metric):
    """F1 of a set of sentence pairs; gold and answer are one sentence's partner, or "" for none."""

    sums = ("hits", "found", "golden")
    main = "f1"

    def measure(self, gold: object, answer: object, _language: str, /) -> tuple[float, ...]:
        return (float(bool(gold) and gold == answer), float(bool(answer)), float(bool(gold)))

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return f1_scores(totals)


class SquadMatch(Metric):
    """Exact match and token F1 after SQuAD's normalisation, each the best over the gold answers."""

    sums = ("exact", "overlap", "n")
    main = "f1"

    def measure(self, gold: object, answer: object, _language: str, /) -> tuple[float, ...]:
        return best_match(gold, answer, squad_normal)

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"f1": points(totals["overlap"], totals["n"]), "em": points(totals["exact"], totals["n"])}


class MlqaMatch(Metric):
    """Exact match and token F1 after MLQA's normalisation for the context's language, each the best over the golds."""

    sums = ("exact", "overlap", "n")
    main = "f1"

    def measure(self, gold: object, answer: object, language: str, /) -> tuple[float, ...]:
        return best_match(gold, answer, partial(mlqa_normal, language=language))

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"f1": points(totals["overlap"], totals["n"]), "em": points(totals["exact"], totals["n"])}


class MeanAveragePrecision(Metric):
    """Average precision of the first 20 of a ranking, divided by how many right answers there could be in them."""

    sums = ("precision", "n")
    main = "map"

    def measure(self, gold: object, answer: object, _language: str, /) -> tuple[float, ...]:
        golden = set(names(gold))
        missing, total = set(golden), 0.0
        for rank, name in enumerate(names(answer)[:RANKED], 1):
            if name in missing:
                missing.remove(name)
                total += (len(golden) - len(missing)) / rank
        return (total / max(1, min(len(golden), RANKED)), 1.0)

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"map": points(totals["precision"], totals["n"])}


class MeanReciprocalRank(Metric):
    """One over the rank of the first right answer of a ranking; 0 where the first 20 hold none."""

    sums = ("reciprocal", "n")
    main = "mrr"

    def measure(self, gold: object, answer: object, _language: str, /) -> tuple[float, ...]:
        golden = names(gold)
        ranks = (rank for rank, name in enumerate(names(answer)[:RANKED], 1) if name in golden)
        return (1 / next(ranks, float("inf")), 1.0)

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"mrr": points(totals["reciprocal"], totals["n"])}


class FirstHit(Metric):
    """Share of queries whose first candidate is right."""

    sums = ("right", "n")
    main = "accuracy"

    def measure(self, gold: object, answer: object, _language: str, /) -> tuple[float, ...]:
        return (float(bool(answer) and names(answer)[0] in names(gold)), 1.0)

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"accuracy": points(totals["right"], totals["n"])}


RANKED = 20
POSITIVE = "1"

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "accuracy": Accuracy(),
        "accuracy_f1": AccuracyF1(),
        "tag_accuracy": TagAccuracy(),
        "entity_f1": EntityF1(),
        "run_f1": RunF1(),
        "pairs_f1": PairsF1(),
        "squad": SquadMatch(),
        "mlqa": MlqaMatch(),
        "map20": MeanAveragePrecision(),
        "rr20": MeanReciprocalRank(),
        "first_hit": FirstHit(),
        "cases_passed": CasesPassed(),
        "hidden_words": HiddenWords(),
    }
)


def best_match(gold: object, answer: object, normal: Callable[[str], str]) -> tuple[float, float, float]:
    """Exact match, overlap and 1, the first two the best over the gold texts.

    Without any gold text "" alone is right, for both. None is a question that got no answer, and never right.
    """
    if answer is None:
        return (0.0, 0.0, 1.0)
    golden, found = [normal(each) for each in names(gold)], normal(str(answer))
    if not golden:
        return (float(not found), float(not found), 1.0)
    return (max(float(found == each) for each in golden), max(token_f1(each, found) for each in golden), 1.0)
