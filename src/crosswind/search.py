"""Exact nearest neighbours by inner product, block by block: a pool may be far larger than memory.

A product in single precision is fast and its rounding depends on where in a block a vector stands. So products only say
which candidates may be among the best; those few are computed again in double precision. Similarities are the true
inner products rounded to single precision, whatever the device and the size of the blocks, and equal vectors tie.

Shapes: Q queries, N vectors of the pool, D their width, K neighbours, B vectors of one block in R runs of W, T queries
of one tile, H pairs that may be among the best.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Vectors = NDArray[np.floating[Any]]

BLOCK = 16384  # vectors of the pool that are looked at together
TILE = 1024  # queries that meet a block together: a tile of products is 64 MiB
RUN = 64  # neighbouring vectors of a block whose largest product is looked at first
PAIRS = 2048  # pairs that are computed again together: few enough for a processor's cache
ROUNDING = 2.0**-24  # the largest relative error of one operation in single precision


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest of a pool for every query, best first; of equally near ones the earlier comes first.

    There are as many columns as were asked for, or as the pool has vectors if those are fewer.
    """

    similarity_QK: NDArray[np.float32]
    index_QK: NDArray[np.int64]

    @property
    def means(self) -> NDArray[np.float32]:
        """The mean similarity of every query to its neighbours, which margins compare with."""
        means_Q: NDArray[np.float32] = self.similarity_QK.mean(1)
        return means_Q


def nearest(
    queries_QD: Vectors, pool: Vectors | Iterable[Vectors], num_neighbours: int, device: torch.device | str = "cpu"
) -> Neighbours:
    """The `num_neighbours` nearest vectors of a pool for every query, by inner product.

    The pool is an array, which may be mapped from a file, or blocks of rows in order, each read once. At no time is
    more in memory than the queries, one block, one tile of products and the answers.
    """
    if num_neighbours < 1:
        raise ValueError(f"{num_neighbours} neighbours were asked for; expected at least 1")
    found = [Best(tensor_of(part, device), num_neighbours) for part in parts(queries_QD, TILE)]
    for block_BD in blocks(pool):
        check_widths(queries_QD, block_BD)
        block = tensor_of(block_BD, device)
        longest = block.norm(dim=1).max()
        for best in found:
            best.look_at(block, longest)
    if not found:
        empty = np.empty((0, 0))
        return Neighbours(empty.astype(np.float32), empty.astype(np.int64))
    return Neighbours(
        torch.cat([best.similarity_TK for best in found]).cpu().numpy(),
        torch.cat([best.index_TK for best in found]).cpu().numpy(),
    )


class Best:
    """The nearest vectors to one tile of queries among those seen so far."""

    def __init__(self, queries_TD: Tensor, num_neighbours: int):
        self.queries_TD, self.num_neighbours = queries_TD, num_neighbours
        self.lengths_T = queries_TD.norm(dim=1)
        self.seen = 0
        self.similarity_TK = queries_TD.new_empty((len(queries_TD), 0))
        self.index_TK = torch.empty_like(self.similarity_TK, dtype=torch.int64)

    def look_at(self, block_BD: Tensor, longest: Tensor) -> None:
        """Let the vectors of one more block compete, the longest of which has this length."""
        slack_T = (block_BD.shape[1] + 2) * ROUNDING * longest * self.lengths_T
        rows_H, columns_H = self.candidates(self.queries_TD @ block_BD.T, slack_T)
        exact_H = exact_products(self.queries_TD, block_BD, rows_H, columns_H)
        counts_T = torch.bincount(rows_H, minlength=len(self.queries_TD))
        # Kept ones first, then candidates in the order of the pool: a stable sort lets the earlier of equals win.
        first, width = self.similarity_TK.shape[1], int(counts_T.max())
        slots_H = torch.arange(len(rows_H), device=rows_H.device) - (counts_T.cumsum(0) - counts_T)[rows_H] + first
        similarity = self.similarity_TK.new_full((len(self.queries_TD), first + width), -torch.inf)
        index = self.index_TK.new_zeros(similarity.shape)
        similarity[:, :first], index[:, :first] = self.similarity_TK, self.index_TK
        similarity[rows_H, slots_H], index[rows_H, slots_H] = exact_H, columns_H + self.seen
        self.seen += len(block_BD)
        ordered, order = similarity.sort(dim=1, descending=True, stable=True)
        kept = min(self.num_neighbours, self.seen)
        self.similarity_TK, self.index_TK = ordered[:, :kept], index.gather(1, order[:, :kept])

    def candidates(self, products_TB: Tensor, slack_T: Tensor) -> tuple[Tensor, Tensor]:
        """The (query, vector) pairs that may be among the best, by query and then in the order of the block.

        No product is further than `slack_T` from what it would be without rounding. Nearly all runs of vectors hold no
        such pair, and the largest product of a run says so.
        """
        whole = functional.pad(products_TB, (0, -products_TB.shape[1] % RUN), value=-torch.inf)
        runs_TRW = whole.view(len(whole), -1, RUN)
        tops_TR = runs_TRW.amax(2)
        # As many runs reach the last of the largest tops as there are neighbours, so the last neighbour reaches it too;
        # both sides of the comparison may be rounded.
        enough_TR = tops_TR if tops_TR.shape[1] >= self.num_neighbours else products_TB
        wanted = min(self.num_neighbours, enough_TR.shape[1])
        floor_T = enough_TR.topk(wanted, dim=1, sorted=False).values.amin(1) - 2 * slack_T
        if self.similarity_TK.shape[1] == self.num_neighbours:
            floor_T = torch.maximum(floor_T, self.similarity_TK[:, -1] - slack_T)
        rows, runs = (tops_TR >= floor_T[:, None]).nonzero(as_tuple=True)
        pairs, places_H = (runs_TRW[rows, runs] >= floor_T[rows, None]).nonzero(as_tuple=True)
        return rows[pairs], runs[pairs] * RUN + places_H


def exact_products(queries_TD: Tensor, block_BD: Tensor, rows_H: Tensor, columns_H: Tensor) -> Tensor:
    """Inner products of single pairs in double precision, rounded to single."""
    found_H = queries_TD.new_empty(len(rows_H))
    for first in range(0, len(rows_H), PAIRS):
        rows, columns = rows_H[first : first + PAIRS], columns_H[first : first + PAIRS]
        found_H[first : first + PAIRS] = (queries_TD[rows].double() * block_BD[columns].double()).sum(1)
    return found_H


def blocks(pool: Vectors | Iterable[Vectors]) -> Iterator[Vectors]:
    """The rows of a pool in order, never more than BLOCK together."""
    for each in [pool] if isinstance(pool, np.ndarray) else pool:
        yield from parts(each, BLOCK)


def parts(vectors: Vectors, size: int) -> Iterator[Vectors]:
    """An array in parts of at most `size` rows; none where it has no rows."""
    return (vectors[first : first + size] for first in range(0, len(vectors), size))


def tensor_of(vectors: Vectors, device: torch.device | str) -> Tensor:
    """A copy in single precision: what a file maps may be read-only or half as precise."""
    return torch.from_numpy(np.array(vectors, dtype=np.float32)).to(device)


def check_widths(queries_QD: Vectors, block_BD: Vectors) -> None:
    if block_BD.shape[1] != queries_QD.shape[1]:
        raise ValueError(
            f"the pool has vectors of {block_BD.shape[1]} numbers, the queries of {queries_QD.shape[1]}; both must "
            "come from one encoder"
        )
