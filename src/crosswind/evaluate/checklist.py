"""MultiCheckList: a case passes when all its questions are answered right, after its own way of cleaning answers."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from crosswind.evaluate.base import Metric, names, points

# What is taken off, as expressions, because it need not be a whole word. The Arabic article is taken from anywhere, as
# in MLQA and for the same reason; some of these are no articles at all.
TAKEN_OFF: Mapping[str, str] = MappingProxyType(
    {
        "af": r"(’n)\b",
        "ar": "ال",
        "bn": r"\b(একটি|একজন)",
        "de": r"\b(ein|eine|einen)\b",
        "el": r"\b(Ο|ένα|μια)\b",
        "en": r"\b(a|an|the|in|at)\b",
        "es": r"\b(un|una|unos|unas|el|la|los|las)\b",
        "eu": r"\b(bat)\b",
        "fa": r"\b(یک)\b",
        "fr": r"\b(un|une|le|la|en)\b",
        "hi": r"\b(एक)",
        "hu": r"\b(egy)\b",
        "it": r"\b(un|una)\b",
        "ml": r"\b(ഒരു)",
        "mr": r"\b(एक)",
        "my": r"\b(တစ်ဦး)",
        "nl": r"\b(een)\b",
        "pa": r"\b(ਇੱਕ|ਇਕ)",
        "pt": r"\b(um|uma)\b",
        "ta": r"\b(ஒரு)",
        "tl": r"\b(Si)\b",
        "tr": r"\b(bir)\b",
        "vi": r"\b(một)\b",
        "wo": r"\b(dafa)\b",
        "yo": r"\b(kan)\b",
    }
)
EDGES: Mapping[str, str] = MappingProxyType(
    {"bn": "\u09f7", "hi": "\u09f7", "pa": "\u0964", "pl": "\u201e\u201d", "ur": "\u200f"}
)


class CasesPassed(Metric):
    """Share of cases whose questions all have the right answer; a case is a cluster of examples."""

    sums = ("passed", "n")
    main = "passed"

    def measure(self, gold: object, answer: object, language: str, /) -> tuple[float, ...]:
        right = answer is not None and cleaned(str(answer), language) in {cleaned(one, language) for one in names(gold)}
        return (float(right), 1.0)

    def settled(self, measured: Sequence[tuple[float, ...]], clusters: Sequence[str]) -> Sequence[tuple[float, ...]]:
        """Every question counts for its share of the case."""
        cases: dict[str, list[float]] = defaultdict(list)
        for (right, _), case in zip(measured, clusters, strict=True):
            cases[case].append(right)
        return [(min(cases[case]) / len(cases[case]), 1 / len(cases[case])) for case in clusters]

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"passed": points(totals["passed"], totals["n"])}


def cleaned(text: str, language: str) -> str:
    """An answer without the language's articles, and without marks and spaces around it; capitals count."""
    bare = re.sub(TAKEN_OFF[language], " ", text) if language in TAKEN_OFF else text
    return bare.strip(",. " + EDGES.get(language, ""))
