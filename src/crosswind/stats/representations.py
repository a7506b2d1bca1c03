"""How alike a model sees sentences and their translations, before any task: measures of vectors of parallel items.

Cosines of any two sentences may be near 1 in some layers, so none is told without what unrelated sentences have. Of
random pairings all baselines are exact here and need no shuffling: a random partner is the nearest one of n with
probability 1/n, the mean cosine is that of all other pairs, and the debiased index is 0. Alignment is no transfer.
Letters: N items, D and E dimensions.
"""

from dataclasses import dataclass

import numpy as np

from crosswind.stats.estimates import Floats


@dataclass(frozen=True, slots=True)
class Alignment:
    """`retrieval` is how often the nearest neighbour is the translation, the mean of both directions, `by_chance` how
    often a random one would be, in points; `cosine` that of translations, `cosine_of_others` that of all other pairs;
    `kernel` the debiased linear index of `centred_kernel`."""

    retrieval: float
    by_chance: float
    cosine: float
    cosine_of_others: float
    kernel: float


def alignment(one_ND: Floats, other_ND: Floats) -> Alignment:
    """All measures of the vectors of items in one language and of the same items in another, in the same order."""
    count = refused_unlike(one_ND, other_ND)
    cosines_NN = unit(one_ND) @ unit(other_ND).T
    own = np.arange(count)
    hits = [(cosines_NN.argmax(axis) == own).mean() for axis in (0, 1)]
    same = float(np.diag(cosines_NN).mean())
    others = float((cosines_NN.sum() - np.trace(cosines_NN)) / (count * (count - 1)))
    return Alignment(50 * float(sum(hits)), 100 / count, same, others, centred_kernel(one_ND, other_ND))


def centred_kernel(one_ND: Floats, other_NE: Floats) -> float:
    """Centred kernel alignment (Kornblith et al., 2019) with the unbiased products of Song et al. (2012).

    1 where one is the other turned and scaled, 0 in expectation where they have nothing to do with each other, however
    few items and many dimensions; the plain index is far above 0 then.
    """
    refused_unlike(one_ND, other_NE)
    grams = [hollow(vectors @ vectors.T) for vectors in (one_ND, other_NE)]
    return together(*grams) / float(np.sqrt(together(grams[0], grams[0]) * together(grams[1], grams[1])))


def together(one_NN: Floats, other_NN: Floats) -> float:
    """The unbiased product of two centred tables of similarities with empty diagonals."""
    count = len(one_NN)
    sums = one_NN.sum(0), other_NN.sum(0)
    total = (one_NN * other_NN).sum() + sums[0].sum() * sums[1].sum() / ((count - 1) * (count - 2))
    return float(total - 2 * sums[0] @ sums[1] / (count - 2)) / (count * (count - 3))


def hollow(table_NN: Floats) -> Floats:
    np.fill_diagonal(table_NN, 0.0)
    return table_NN


def unit(vectors_ND: Floats) -> Floats:
    return np.asarray(vectors_ND / np.linalg.norm(vectors_ND, axis=1, keepdims=True))


def refused_unlike(one_ND: Floats, other_ND: Floats) -> int:
    """The number of items; raises ValueError where it differs or is too small to say anything."""
    if len(one_ND) != len(other_ND) or len(one_ND) < LEAST:
        raise ValueError(f"vectors of {len(one_ND)} and {len(other_ND)} items; give those of the same {LEAST} or more")
    return len(one_ND)


LEAST = 4
