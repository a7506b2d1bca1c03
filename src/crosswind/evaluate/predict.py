"""A model's raw outputs on features, each distinct row computed once, and the answers that they amount to."""

import math
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from crosswind.evaluate import mining
from crosswind.evaluate.collisions import Texts
from crosswind.formats import MINE, RETRIEVE
from crosswind.formats.base import Answer, Example, Feature
from crosswind.formats.retrieve import NUM_RANKED, Lookup
from crosswind.formats.subwords import Tokens
from crosswind.models.batch import by_length, collate
from crosswind.models.model import Model
from crosswind.search import Vectors, nearest
from crosswind.tasks.base import Task

Cache = MutableMapping[Tokens, Any]


@dataclass(frozen=True, slots=True)
class Pool:
    """The names of all candidates and, in the same order, their vectors; `texts` of those that no example carries."""

    names: Sequence[str]
    vectors_ND: Vectors
    texts: Texts | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What answers depend on beside the examples' own outputs, and where searches run.

    `pool` is the pool that the examples do not carry themselves, `threshold` the score from which on pairs are mined.
    """

    pool: Pool | None = None
    threshold: float = -math.inf
    device: torch.device | str = "cpu"


ALONE = Beside()


def outputs(model: Model, features: Sequence[Feature], pad: int, max_tokens: int, cache: Cache) -> list[Any]:
    """One numpy array per feature: what its rows give, one behind the other.

    No head lets rows of a feature meet before its loss, so the cache holds rows: a text that many features share is run
    once. Rows that it knows are not run; it learns the others.
    """
    rows = dict.fromkeys(row for feature in features for row in feature.rows)
    waiting = [Feature(0, (row,), row.hidden or None) for row in rows if row not in cache]
    model.eval()
    with torch.inference_mode():
        for indices in by_length(waiting, max_tokens):
            part = [waiting[index] for index in indices]
            batch = collate(part, pad)
            there = batch.to(model.device)
            told = model.head.summary(model(there).float(), there).cpu()
            for feature, output in zip(part, model.head.per_feature(told, batch), strict=True):
                cache[feature.rows[0]] = output.numpy()
    return [joined([cache[row] for row in feature.rows]) for feature in features]


def joined(parts: Sequence[Any]) -> Any:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def answers(
    task: Task,
    examples: Sequence[Example],
    features: Sequence[Feature],
    found: Sequence[Any],
    beside: Beside = ALONE,
) -> list[Answer]:
    """The answer to every example, decoded by the task's format."""
    if task.format is RETRIEVE:
        return ranked(examples, found, beside)
    if task.format is MINE:
        return mined(examples, found, beside)
    mine: list[list[int]] = [[] for _ in examples]
    for index, feature in enumerate(features):
        mine[feature.example].append(index)
    return [
        task.format.decode(example, task.labels, [features[i] for i in own], [found[i] for i in own])
        for example, own in zip(examples, mine, strict=True)
    ]


def ranked(examples: Sequence[Any], found: Sequence[Any], beside: Beside) -> list[Answer]:
    """Every query against the pool of all candidates."""
    pool = carried(examples, found) if beside.pool is None else beside.pool
    best = nearest(np.stack([rows_KD[0] for rows_KD in found]), pool.vectors_ND, NUM_RANKED, beside.device)
    return [
        RETRIEVE.decode(example, [pool.names[i] for i in index_K], [], [similarity_K])
        for example, index_K, similarity_K in zip(examples, best.index_QK.tolist(), best.similarity_QK, strict=True)
    ]


def carried(examples: Sequence[Lookup], found: Sequence[Any]) -> Pool:
    """The candidates that the examples carry, each counted once; `found` has each query's vector before theirs."""
    vectors = {
        candidate.uid: vector_D
        for example, rows_KD in zip(examples, found, strict=True)
        for candidate, vector_D in zip(example.candidates, rows_KD[1:], strict=True)
    }
    return Pool(list(vectors), np.stack(list(vectors.values())))


def mined(examples: Sequence[Any], found: Sequence[Any], beside: Beside) -> list[Answer]:
    """The partner of every sentence of the own side whose pair passes the threshold."""
    pairs = mining.mine(examples, [rows_1D[0] for rows_1D in found], beside.device)
    passed = {
        int(own): (examples[other].uid, score)
        for own, other, score in zip(pairs.own_P, pairs.other_P, pairs.score_P, strict=True)
        if score >= beside.threshold
    }
    return [
        MINE.decode(example, [passed[i][0]], [], [passed[i][1] - beside.threshold])
        if i in passed
        else MINE.decode(example, [], [], [])
        for i, example in enumerate(examples)
    ]
