"""Which sentences of two sides are translations of each other, by margin score, one to one (Artetxe and Schwenk 2019).

The score of a pair is its cosine over the mean of both sentences' mean cosine to their nearest neighbours on the other
side. Shapes: N sentences of the own side, M of the other, P pairs, K neighbours, D width.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from crosswind.formats.mine import OTHER, OWN, Sentence
from crosswind.search import Neighbours, Vectors, nearest

NUM_NEIGHBOURS = 4
LOWEST_MEAN = 1e-6  # a neighbourhood so far away that its cosines say nothing; no score may divide by less


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs one to one, by falling score: where both sentences stand among the examples, and the score."""

    own_P: NDArray[np.int64]
    other_P: NDArray[np.int64]
    score_P: NDArray[np.float64]


def mine(examples: Sequence[Sentence], vectors: Sequence[Vectors], device: torch.device | str = "cpu") -> Pairs:
    """The pairs of a dataset from one unit vector per sentence; raises ValueError unless both sides have some."""
    places = {side: np.array([i for i, each in enumerate(examples) if each.side == side]) for side in (OWN, OTHER)}
    missing = [side for side, found in places.items() if not len(found)]
    if missing:
        raise ValueError(
            f"none of the {len(examples)} sentences is of the {missing[0]} side; mining needs both, so take more rows "
            "(limit) or set the sides in turn"
        )
    own_ND, other_MD = (np.stack([vectors[i] for i in places[side]]) for side in (OWN, OTHER))
    pairs = one_to_one(*scored(own_ND, other_MD, device))
    return Pairs(places[OWN][pairs.own_P], places[OTHER][pairs.other_P], pairs.score_P)


def scored(
    own_ND: Vectors, other_MD: Vectors, device: torch.device | str
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Every sentence of either side with its best partner: own, other and score of each pair."""
    forth = nearest(own_ND, other_MD, NUM_NEIGHBOURS, device)
    back = nearest(other_MD, own_ND, NUM_NEIGHBOURS, device)
    best_N, score_N = best_partners(forth, back.means)
    best_M, score_M = best_partners(back, forth.means)
    own = np.concatenate([np.arange(len(best_N)), best_M])
    other = np.concatenate([best_N, np.arange(len(best_M))])
    return own, other, np.concatenate([score_N, score_M])


def best_partners(near: Neighbours, means_M: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The neighbour with the best score for every sentence, and the score; `means_M` is of the neighbours' side."""
    means_NK = (near.means[:, None] + means_M[near.index_QK]).astype(np.float64) / 2
    score_NK: NDArray[np.float64] = near.similarity_QK / np.maximum(means_NK, LOWEST_MEAN)
    best_N1 = score_NK.argmax(1)[:, None]
    return np.take_along_axis(near.index_QK, best_N1, 1)[:, 0], np.take_along_axis(score_NK, best_N1, 1)[:, 0]


def one_to_one(own: NDArray[np.int64], other: NDArray[np.int64], score: NDArray[np.float64]) -> Pairs:
    """The best pairs in which no sentence stands twice; of equal scores the earlier sentences come first."""
    used_own, used_other, kept = set[int](), set[int](), list[int]()
    for index in np.lexsort((other, own, -score)).tolist():
        mine_, theirs = int(own[index]), int(other[index])
        if mine_ not in used_own and theirs not in used_other:
            used_own.add(mine_)
            used_other.add(theirs)
            kept.append(index)
    return Pairs(own[kept], other[kept], score[kept])


def threshold(examples: Sequence[Sentence], pairs: Pairs) -> float:
    """The score from which on pairs are mined: midway below the beginning of the list with the best F1.

    Nothing is mined where no pair is right. The shortest of equally good beginnings is taken.
    """
    uids = [example.uid for example in examples]
    right_P = np.array([examples[i].partner == uids[j] for i, j in zip(pairs.own_P, pairs.other_P, strict=True)])
    if not right_P.any():
        return math.inf
    num_golden = sum(bool(example.partner) for example in examples)
    f1_P = 2 * right_P.cumsum() / (np.arange(1, len(right_P) + 1) + num_golden)
    last = int(f1_P.argmax())
    return float(pairs.score_P[last : last + 2].mean())
