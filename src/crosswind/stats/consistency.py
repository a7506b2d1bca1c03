"""How alike a model ranks candidates in two languages, whether rightly or not (RankC; Qi, Fernández & Bisazza, 2023).

The overlap of the first j candidates is averaged over j with weights that fall by a factor of e each, so the top counts
most. Needs rankings of the same candidates; single answers are compared by items.agreement.
"""

from collections.abc import Hashable, Sequence

import numpy as np


def rank_consistency(one: Sequence[Sequence[Hashable]], other: Sequence[Sequence[Hashable]]) -> float:
    """The mean over items of how alike two rankings of each are, in points: 100 where all are the same.

    Raises ValueError where an item's rankings are not of equally many candidates, each once.
    """
    if len(one) != len(other) or not one:
        raise ValueError(f"{len(one)} rankings beside {len(other)}; give one for every item in both languages")
    return 100 * sum(map(likeness, one, other)) / len(one)


def likeness(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """How alike two rankings are, from 0 to 1."""
    count = len(one)
    if not count or count != len(other) or len(set(one)) != count or len(set(other)) != count:
        raise ValueError(f"rankings of {count} and {len(other)} candidates; expected as many, at least one, each once")
    weights = np.exp(-np.arange(count, dtype=float))
    return float((weights * overlaps(one, other)).sum() / weights.sum())


def overlaps(one: Sequence[Hashable], other: Sequence[Hashable]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """For every j the share of the first j that both have."""
    first, second = ({name: place for place, name in enumerate(names)} for names in (one, other))
    both_in = np.array([max(place, second.get(name, len(other))) for name, place in first.items()])
    seen = np.bincount(both_in[both_in < len(one)], minlength=len(one)).cumsum()
    return seen / np.arange(1, len(one) + 1)
