"""How much of a text an edit script leaves: chrF, and a distance in clusters."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from crosswind.text.clusters import clusters
from crosswind.text.edits import Edit, Span, splice

ORDERS = range(1, 7)
BETA = 2


def chrf(changed: str, clean: str) -> float:
    """chrF of the changed text against the clean one, 0 to 100, white space counted."""
    return float(metric().sentence_score(changed, [clean]).score)


@cache
def metric() -> Any:
    """sacrebleu's chrF; its default would not see white space."""
    from sacrebleu.metrics.chrf import CHRF  # slow to import, and what the sampler asks is answered below

    return CHRF(char_order=max(ORDERS), word_order=0, beta=BETA, whitespace=True)


def chrf_after(clean: str, edits: Sequence[Edit]) -> float:
    """chrF of the text after sorted edits, from the n-grams that the edits meet; those elsewhere are in both texts."""
    changed = splice(clean, edits)
    highest = min(max(ORDERS), len(clean), len(changed))
    precision = recall = 0.0
    for order in range(1, highest + 1):
        lost = Counter(ngrams_met(clean, [(start, end) for start, end, _ in edits], order))
        lost.subtract(ngrams_met(changed, places_after(edits), order))
        common = len(clean) - order + 1 - sum(count for count in lost.values() if count > 0)
        precision += common / (len(changed) - order + 1)
        recall += common / (len(clean) - order + 1)
    return f_score(precision, recall) / highest if precision else 0.0


def distance(clean: str, edits: Iterable[Edit]) -> int:
    """Grapheme clusters taken out or put in, whichever are more, edit by edit."""
    return sum(max(len(clusters(clean[edit.start : edit.end])), len(clusters(edit.new))) for edit in edits)


def f_score(precision: float, recall: float) -> float:
    """The F of two positive sums, 0 to 100 times their number."""
    factor = BETA**2
    return 100 * (1 + factor) * precision * recall / (factor * precision + recall)


def places_after(edits: Sequence[Edit]) -> Iterator[Span]:
    """Where the new texts of sorted edits lie."""
    shift = 0
    for start, end, new in edits:
        yield start + shift, start + shift + len(new)
        shift += len(new) - (end - start)


def ngrams_met(text: str, places: Iterable[Span], order: int) -> Iterator[str]:
    """The n-grams of a text that hold a character of the sorted places or span an empty one, each once."""
    free = 0  # the first n-gram that is not given yet
    for start, end in places:
        past = min(max(end, start), len(text) - order + 1)
        for first in range(max(start - order + 1, free), past):
            yield text[first : first + order]
        free = max(free, past)


def chrf_at_least(clean: str, edits: Sequence[Edit]) -> float:
    """A number that chrF of the edited text cannot fall below, from the sizes of the edits alone.

    An edit that replaces r characters meets at most r + n - 1 of the n-grams of the clean text. With k edits and R
    characters replaced, of the longer text's m - n + 1 n-grams at least len(clean) - n + 1 - R - k (n - 1) are common:
    a share of k + 1 - G / (m + 1 - n), where G does not depend on n, so that the mean over n needs one sum.
    """
    replaced = sum(end - start for start, end, _ in edits)
    grown = sum(len(new) for _, _, new in edits) - replaced
    longer = len(clean) + max(grown, 0)
    if len(clean) + min(grown, 0) < max(ORDERS):
        return 0.0
    count = len(edits)
    gone = (count + 1) * (longer + 1) - (len(clean) + 1 + count - replaced)
    return 100 * max(count + 1 - gone * mean_reciprocal(longer + 1), 0.0)


@cache
def mean_reciprocal(length: int) -> float:
    """The mean of 1 / (length - n) over the orders n."""
    return sum(1 / (length - order) for order in ORDERS) / len(ORDERS)
