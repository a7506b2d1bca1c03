"""What votes come to: the most frequent answer, and whether it is one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """The most frequent answer, how often it and the next one were given, and how likely that is by chance.

    `abstains` where it is likelier than allowed.
    """

    label: str
    first: int
    second: int
    p_value: float
    abstains: bool


def verdict(votes: Counter[str], labels: Sequence[str], alpha: float) -> Verdict:
    """What votes come to; of equally frequent answers the first of `labels`, which then abstains.

    The two-sided binomial test of Hung and Fithian (2019): were the two best equally likely, how often would they be
    as far apart.
    """
    from scipy.special import bdtr

    order = sorted(votes, key=lambda label: (-votes[label], labels.index(label)))
    first, second = votes[order[0]], votes[order[1]] if len(order) > 1 else 0
    p_value = min(1.0, 2 * float(bdtr(second, first + second, 0.5)))
    return Verdict(order[0], first, second, p_value, p_value > alpha)
