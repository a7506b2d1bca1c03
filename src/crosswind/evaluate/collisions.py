"""Queries that a change of text has turned into the text of a wrong candidate: no answer to them is right or wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosswind.formats import MINE, RETRIEVE
from crosswind.formats.base import Format
from crosswind.formats.mine import OTHER
from crosswind.formats.retrieve import pool

Prints = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Texts:
    """The candidates of a pool by name, with a print of each one's text: a million texts would fill the memory."""

    names: Sequence[str] = ()
    prints_N: Prints = field(default_factory=lambda: np.zeros(0, np.uint64))

    def called(self, text: str) -> set[str]:
        """The candidates that have this very text."""
        return {self.names[int(place)] for place in np.flatnonzero(self.prints_N == fingerprint(text))}


def texts_of(candidates: Mapping[str, str]) -> Texts:
    """Candidates that are all in memory."""
    return Texts(list(candidates), prints(candidates.values()))


def prints(texts: Iterable[str]) -> Prints:
    """A print of every text."""
    return np.fromiter(map(fingerprint, texts), np.uint64)


def fingerprint(text: str) -> int:
    """64 bits of a text; that two of a million texts share them is a matter of one in 30 million."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def collisions(
    form: Format[Any], examples: Sequence[Any], clean: Sequence[Any], apart: Texts | None = None
) -> list[bool]:
    """For every example whether its query is a wrong candidate's text and was another one as it came.

    `apart` are the candidates of a pool that is a dataset of its own; where there is none the examples carry them.
    """
    none = [False] * len(examples)
    if form not in (RETRIEVE, MINE):
        return none
    queries = [query_of(form, example) for example in examples]
    changed = np.array([query_of(form, before) != query for query, before in zip(queries, clean, strict=True)])
    if not changed.any():
        return none
    candidates = apart or texts_of(carried(form, examples))
    met = changed & np.isin(prints(queries), candidates.prints_N)
    return [
        bool(hit) and not candidates.called(query) <= right(form, example)
        for hit, query, example in zip(met, queries, examples, strict=True)
    ]


def query_of(form: Format[Any], example: Any) -> str:
    """The text for which candidates are sought; empty on the other side of mining, where none are."""
    if form is RETRIEVE:
        return str(example.query)
    return "" if example.side == OTHER else str(example.text)


def carried(form: Format[Any], examples: Sequence[Any]) -> Mapping[str, str]:
    """The candidates that come with the examples: those of retrieval, or the other side of mining."""
    if form is RETRIEVE:
        return pool(examples)
    return {example.uid: example.text for example in examples if example.side == OTHER}


def right(form: Format[Any], example: Any) -> set[str]:
    """The names of an example's right candidates."""
    return {*example.gold} if form is RETRIEVE else {example.partner}
