"""How much of a text an edit script leaves: chrF, and a distance in clusters."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from crosswind.text.clusters import clusters
from crosswind.text.edits import Edit, Span, splice

LONGEST = 6
ORDERS = range(1, LONGEST + 1)
BETA = 2
# How many n-grams of all orders there would be beyond an end of the text that is so many characters away.
NEAR = [sum(max(order - 1 - away, 0) for order in ORDERS) for away in range(LONGEST + 1)]


def chrf(changed: str, clean: str) -> float:
    """chrF of the changed text against the clean one, 0 to 100, white space counted."""
    return float(metric().sentence_score(changed, [clean]).score)


@cache
def metric() -> Any:
    """sacrebleu's chrF; its default would not see white space."""
    from sacrebleu.metrics.chrf import CHRF  # slow to import, and what the sampler asks is answered below

    return CHRF(char_order=LONGEST, word_order=0, beta=BETA, whitespace=True)


def chrf_after(clean: str, edits: Sequence[Edit]) -> float:
    """chrF of the text after sorted edits, from the n-grams that the edits meet; those elsewhere are in both texts."""
    changed = splice(clean, edits)
    before = [(start, end) for start, end, _ in edits]
    after = places_after(edits)
    highest = min(LONGEST, len(clean), len(changed))
    precision = recall = 0.0
    for order in range(1, highest + 1):
        gained = ngrams_met(changed, after, order)
        common = len(clean) - order + 1
        for ngram in ngrams_met(clean, before, order):
            if ngram in gained:
                gained.remove(ngram)
            else:
                common -= 1
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


def places_after(edits: Sequence[Edit]) -> list[Span]:
    """Where the new texts of sorted edits lie."""
    places = []
    shift = 0
    for start, end, new in edits:
        places.append((start + shift, start + shift + len(new)))
        shift += len(new) - (end - start)
    return places


def ngrams_met(text: str, places: Sequence[Span], order: int) -> list[str]:
    """The n-grams of a text that hold a character of the sorted places or span an empty one, each once."""
    met: list[str] = []
    free = 0  # the first n-gram that is not given yet
    for start, end in places:
        past = min(max(end, start), len(text) - order + 1)
        met += [text[first : first + order] for first in range(max(start - order + 1, free), past)]
        free = max(free, past)
    return met


def chrf_at_least(clean: str, edits: Sequence[Edit]) -> float:
    """A number that chrF of the edited text cannot fall below, from the places and sizes of the edits alone.

    An edit that replaces r characters meets at most r + n - 1 of the n-grams of the clean text, fewer near its ends.
    So of k edits that replace R characters, len(clean) - n + 1 - R - k (n - 1) n-grams are spared, of len(longer text)
    - n + 1 at most: a share of k + 1 - loss / (len(longer) + 1 - n), where the loss does not depend on n.
    """
    length, count = len(clean), len(edits)
    replaced = growth = spared = 0
    for start, end, new in edits:
        growth += len(new) - (end - start)
        if start < end and new.startswith(clean[start:end]):
            start = end  # what is only added to stays
        replaced += end - start
        if start < LONGEST:
            spared += NEAR[start]
        if length - end < LONGEST:
            spared += NEAR[length - end]
    longer = length + growth if growth > 0 else length
    if length < LONGEST or length + growth < LONGEST:
        return 0.0
    loss = (count + 1) * (longer + 1) - (length + 1 + count - replaced)
    return 100 * max(count + 1 - loss * mean_reciprocal(longer + 1) + spared / (LONGEST * longer), 0.0)


@cache
def mean_reciprocal(length: int) -> float:
    """The mean of 1 / (length - n) over the orders n."""
    return sum(1 / (length - order) for order in ORDERS) / len(ORDERS)
