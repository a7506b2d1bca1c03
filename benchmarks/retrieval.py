"""Exact search beside the bare matrix product that it cannot do without: time, memory, equal answers."""

import argparse
import resource
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import torch
from numpy.typing import NDArray

import harness
from crosswind import search
from harness import Run, in_turn, median, ratio, timed

WIDTH = 768
CHECKED = 20  # queries whose answers are compared with those of a full sort

Array = NDArray[np.float32]


def unit_vectors(count: int, generator: np.random.Generator) -> Array:
    """Vectors of length one, made in place: the pool is the largest thing in memory and there is one of it."""
    found = np.empty((count, WIDTH), np.float32)
    for part in search.parts(found, search.BLOCK):
        generator.standard_normal(part.shape, np.float32, out=part)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return found


def bare_product(queries: Array, pool: Array, device: str) -> None:
    """All inner products in the search's own blocks and tiles, each forgotten at once."""
    tiles = [search.tensor_of(tile, device) for tile in search.parts(queries, search.TILE)]
    for part in search.blocks(pool):
        block = search.tensor_of(part, device)
        for tile in tiles:
            torch.mm(tile, block.T)
    if device != "cpu":
        torch.cuda.synchronize()


def peak() -> int:
    """The most bytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def agreement(queries: Array, pool: Array, index: NDArray[np.int64]) -> int:
    """How many of the first queries have the answers of a full sort of all their products."""
    products = queries[:CHECKED] @ pool.T
    expected = np.argsort(-products, axis=1, kind="stable")[:, : index.shape[1]]
    return int((expected == index[:CHECKED]).all(1).sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="candidates; a million take 3 GB of memory")
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--neighbours", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    generator = np.random.default_rng(1)
    queries, pool = unit_vectors(options.queries, generator), unit_vectors(options.size, generator)
    found: list[search.Neighbours] = []
    grown: dict[str, int] = {}

    def side(name: str, work: Callable[[], object]) -> Callable[[int], Run]:
        def once(_: int) -> Run:
            before = peak()
            run, answer = timed(work)
            grown[name] = max(grown.get(name, 0), peak() - before)
            found.extend([answer] if isinstance(answer, search.Neighbours) else [])
            return run

        return once

    bare_product(queries[: search.TILE], pool[: search.BLOCK], options.device)  # what is loaded on first use
    runs = in_turn(
        {
            "search": side("search", lambda: search.nearest(queries, pool, options.neighbours, options.device)),
            "product": side("product", lambda: bare_product(queries, pool, options.device)),
        },
        options.rounds,
    )
    header = ("queries", "candidates", "search s", "bare product s", "slower by (wall)", "(CPU)", "peak grew by MB")
    row = (
        *(f"{options.queries:,}", f"{options.size:,}"),
        *(median(runs["search"], "wall"), median(runs["product"], "wall")),
        *(ratio(runs["search"], runs["product"]), ratio(runs["search"], runs["product"], "cpu")),
        grown["search"] / 2**20,
    )
    same = agreement(queries, pool, found[0].index_QK)
    told = (
        f"The {options.neighbours} nearest by inner product, vectors of {WIDTH} numbers in memory, "
        f"{options.threads} threads, device {options.device}, rounds in turn: {options.rounds}. The bare product "
        f"has the same blocks and keeps nothing. Of the first {CHECKED} queries {same} have the answers of a full sort "
        "of all their products, which is in single precision and so may err where two are all but equal."
    )
    raw = {name: [asdict(run) for run in own] for name, own in runs.items()} | {"grown": grown, "same": same}
    harness.write(f"retrieval-{options.size}", "Exact search", [told, harness.table(header, [row])], raw)


if __name__ == "__main__":
    main()
