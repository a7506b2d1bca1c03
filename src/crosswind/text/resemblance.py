"""Which texts are most alike, by the short runs of characters that they share, rare ones above all."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosswind.text.patterns import LETTER, pattern

BLOCK = 256  # queries that are compared with all texts at a time
BITS = 21  # of a code point
RUN, DENSE_RUN = 3, 2  # characters; where a character is a syllable or a word, two say as much as three letters
DENSE = pattern(r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]")
ENOUGH = 100  # texts by which the script of all is judged
DECIMALS = 9  # beyond them a sum of products hangs on the machine, and ties with it

Codes = NDArray[np.int64]


def most_alike(queries: Sequence[str], texts: Sequence[str], barred: Sequence[Codes], count: int) -> list[list[int]]:
    """For every query the numbers of the most similar texts, at most `count`, the most similar first.

    Similarity is the cosine of counts weighted by inverse document frequency. Texts that share nothing with a query and
    those that are `barred` for it are left out; of equally similar ones the earlier comes first.
    """
    if not texts:
        return [[] for _ in queries]
    query_QV, text_NV = weighted(queries, texts)
    found: list[list[int]] = []
    for first in range(0, len(queries), BLOCK):
        similarity_BN = (query_QV[first : first + BLOCK] @ text_NV.T).toarray().round(DECIMALS)
        for similarity_N, out in zip(similarity_BN, barred[first : first + BLOCK], strict=True):
            similarity_N[out] = 0.0
            found.append(best(similarity_N, count))
    return found


def best(similarity_N: NDArray[np.float64], count: int) -> list[int]:
    """The places of the largest positive numbers."""
    least = np.partition(similarity_N, -count)[-count] if count < len(similarity_N) else 0.0
    places = np.flatnonzero((similarity_N >= least) & (similarity_N > 0))
    order = np.argsort(-similarity_N[places], kind="stable")
    return [int(place) for place in places[order][:count]]


def weighted(queries: Sequence[str], texts: Sequence[str]) -> tuple[Any, Any]:
    """Queries and texts as sparse rows of length 1, one column for every run of a text."""
    length = DENSE_RUN if is_dense(texts[:ENOUGH]) else RUN
    parts = [runs(text, length) for text in texts]
    known, columns = np.unique(np.concatenate(parts), return_inverse=True)
    text_NV = counted(np.split(columns, np.cumsum([*map(len, parts)])[:-1]), len(known))
    query_QV = counted([places(runs(query, length), known) for query in queries], len(known))
    frequency_V = np.bincount(text_NV.indices, minlength=len(known))
    weight_V = np.log((1 + len(texts)) / (1 + frequency_V)) + 1
    return unit(query_QV, weight_V), unit(text_NV, weight_V)


def counted(rows: Sequence[Codes], width: int) -> Any:
    """Sparse rows that say how often each column stands in each of `rows`."""
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.concatenate([np.zeros(0, np.int64), *rows])
    counts = sparse().csr_array((np.ones(len(columns)), columns, ends), shape=(len(rows), width))
    counts.sum_duplicates()
    return counts


def unit(counts: Any, weight_V: NDArray[np.float64]) -> Any:
    """Sparse rows with weighted columns at length 1; empty ones stay empty."""
    rows = counts @ sparse().diags_array(weight_V)
    length = np.sqrt((rows * rows).sum(axis=1))
    return sparse().diags_array(1 / np.where(length > 0, length, 1)) @ rows


def sparse() -> Any:
    """scipy's sparse arrays, which are slow to import and of use to few perturbations."""
    import scipy.sparse

    return scipy.sparse


def is_dense(texts: Sequence[str]) -> bool:
    """Whether most letters are of a script in which one says much."""
    return 2 * sum(len(DENSE.findall(text)) for text in texts) > sum(len(LETTER.findall(text)) for text in texts)


def runs(text: str, length: int) -> Codes:
    """All characters that stand in a row as one number, in small letters, with a space at either end."""
    spaced = f" {' '.join(text.lower().split())} "
    codes = np.frombuffer(spaced.encode("utf-32-le"), np.uint32).astype(np.int64)
    count = max(0, len(codes) - length + 1)
    found = np.zeros(count, dtype=np.int64)
    for place in range(length):
        found = (found << BITS) | codes[place : place + count]
    return found


def places(wanted: Codes, known: Codes) -> Codes:
    """Where the wanted numbers stand among the sorted known ones; those that do not are left out."""
    found: Codes = np.searchsorted(known, wanted)
    inside = found < len(known)
    standing: Codes = found[inside][known[found[inside]] == wanted[inside]]
    return standing


def groups(names: Sequence[str], asked: Sequence[str]) -> Iterator[Codes]:
    """For every name that is asked the places at which it stands."""
    standing: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        standing.setdefault(name, []).append(place)
    return (np.array(standing.get(name, ()), dtype=np.int64) for name in asked)
