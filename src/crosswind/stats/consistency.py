"""How alike a model ranks candidates in two languages, whether rightly or not (RankC; Qi, Fernández & Bisazza, 2023).

The overlap of the first j candidates is averaged over j with weights that fall by a factor of e each, so the top counts
most. Needs rankings of the same candidates; single answers are compared by items.agreement.
"""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from crosswind.stats.estimates import Floats

Places = NDArray[np.intp]


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
    places = {name: place for place, name in enumerate(other)}
    value = worth(count)
    return float(sum(value[max(place, places.get(name, count))] for place, name in enumerate(one)))


def likenesses(one_NK: Places, other_NK: Places) -> Floats:
    """The same of many pairs of rankings of K candidates, numbered."""
    count = one_NK.shape[1]
    same_NKK = one_NK[:, :, None] == other_NK[:, None, :]
    place_NK = np.where(same_NKK.any(2), same_NKK.argmax(2), count)
    return np.asarray(worth(count)[np.maximum(place_NK, np.arange(count))].sum(1))


def worth(count: int) -> Floats:
    """What a candidate adds that both rankings have among their first j, for every j; 0 where one does not have it."""
    weights = np.exp(-np.arange(count, dtype=float))
    shares = weights / weights.sum() / np.arange(1, count + 1)
    return np.append(shares[::-1].cumsum()[::-1], 0.0)
