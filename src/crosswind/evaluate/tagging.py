"""Metrics of one tag per word: right words, entities of BIO tags, runs of parts of speech."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from crosswind.evaluate.base import Metric, f1_scores, names, points
from crosswind.formats.tag import OUTSIDE, UPOS, entities


class TagAccuracy(Metric):
    """Share of words with the right tag."""

    sums = ("right", "n")
    main = "accuracy"

    def measure(self, gold: object, answer: object, _language: str, /) -> tuple[float, ...]:
        golden, found = aligned(gold, answer)
        return (float(sum(a == b for a, b in zip(golden, found, strict=True))), float(len(golden)))

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return {"accuracy": points(totals["right"], totals["n"])}


class EntityF1(Metric):
    """Micro F1 over (type, first word, last word); an I- tag that continues nothing opens an entity, as in seqeval."""

    sums = ("hits", "found", "golden")
    main = "f1"

    def measure(self, gold: object, answer: object, _language: str, /) -> tuple[float, ...]:
        golden, found = (set(entities(side)) for side in aligned(gold, answer))
        return (float(len(golden & found)), float(len(found)), float(len(golden)))

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        return f1_scores(totals)


class RunF1(Metric):
    """What XTREME calls F1 of parts of speech: micro F1 over runs of equal tags, with two honest scores beside it.

    `accuracy` is the share of words with the right tag; micro F1 over words would be the same number. `macro_f1` is the
    mean of the F1s of single tags over all tags that occur in gold or answers, so one that is only ever wrong counts 0.
    """

    sums = ("hits", "found", "golden", "right", "n", *(f"{count}_{tag}" for tag in UPOS for count in ("right", "seen")))
    main = "f1"

    def measure(self, gold: object, answer: object, _language: str, /) -> tuple[float, ...]:
        golden, found = aligned(gold, answer)
        if strange := set(golden).difference(UPOS) | set(found).difference(UPOS, {OUTSIDE}):
            raise ValueError(f"{min(strange)!r} is no part of speech; expected one of {' '.join(UPOS)}")
        right = Counter(one for one, other in zip(golden, found, strict=True) if one == other)
        seen = Counter(chain(golden, found))
        one, other = set(runs(golden)), set(runs(found))
        parts = (len(one & other), len(other), len(one), right.total(), len(golden))
        return tuple(map(float, (*parts, *(count[tag] for tag in UPOS for count in (right, seen)))))

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        single = [points(2 * totals[f"right_{tag}"], totals[f"seen_{tag}"]) for tag in UPOS if totals[f"seen_{tag}"]]
        accuracy, macro = points(totals["right"], totals["n"]), sum(single) / max(1, len(single))
        return f1_scores(totals) | {"accuracy": accuracy, "macro_f1": macro}


def aligned(gold: object, answer: object) -> tuple[Sequence[str], Sequence[str]]:
    """The tags of one sentence, gold and found; raises ValueError unless every word has both."""
    golden, found = names(gold), names(answer)
    if len(golden) != len(found):
        raise ValueError(f"a sentence of {len(golden)} gold tags got {len(found)}; expected one for every word")
    return golden, found


def runs(sequence: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The (tag, first, last) of every longest run of one part of speech, as XTREME's evaluator counts them.

    It gives bare tags to a reader of chunks, which takes a tag's first letter for the prefix and, there being no
    hyphen, the whole tag for the type. So a word continues the chunk before it where the types are the same, except
    that the letter S stands for a chunk of one word: SCONJ and SYM never join. A word tagged O is in no chunk.
    """
    first = 0
    for position, tag in enumerate(sequence):
        last = position + 1 == len(sequence) or sequence[position + 1] != tag
        if last or tag.startswith("S"):
            if tag != OUTSIDE:
                yield tag, first, position
            first = position + 1
