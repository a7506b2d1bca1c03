"""How much of a text an edit script leaves, as chrF."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from crosswind.text.edits import Edit

ORDERS = range(1, 7)
BETA = 2


def chrf(changed: str, clean: str) -> float:
    """chrF of the changed text against the clean one, 0 to 100, white space counted."""
    return float(metric().sentence_score(changed, [clean]).score)


@cache
def metric() -> Any:
    """sacrebleu's chrF; its default would not see white space."""
    from sacrebleu.metrics.chrf import CHRF  # slow to import, and most texts need no more than the bound below

    return CHRF(char_order=max(ORDERS), word_order=0, beta=BETA, whitespace=True)


def chrf_at_least(clean: str, edits: Sequence[Edit]) -> float:
    """A number that chrF of the edited text cannot fall below, from the places of the sorted edits alone."""
    length = len(clean)
    edited_length = length + sum(len(edit.new) - (edit.end - edit.start) for edit in edits)
    orders = range(1, min(max(ORDERS), length, edited_length) + 1)
    if not orders:
        return 0.0
    # an n-gram that meets no edit is in both texts
    shared = [length - order + 1 - ngrams_met(edits, order, length) for order in orders]
    precision = sum(same / (edited_length - order + 1) for same, order in zip(shared, orders, strict=True))
    recall = sum(same / (length - order + 1) for same, order in zip(shared, orders, strict=True))
    if precision == 0:
        return 0.0
    factor = BETA**2
    return 100 * (1 + factor) * precision * recall / (factor * precision + recall) / len(orders)


def ngrams_met(edits: Sequence[Edit], order: int, length: int) -> int:
    """How many n-grams of the clean text hold a replaced character or span a place of insertion."""
    met = 0
    free = 0  # the first n-gram that is not counted yet
    for start, end, _ in edits:
        first = max(start - order + 1, free)
        past = min(max(end, start), length - order + 1)
        met += max(past - first, 0)
        free = max(free, past)
    return met
