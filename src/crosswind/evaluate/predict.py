"""A model's raw outputs on features, each distinct row computed once."""

from collections.abc import MutableMapping, Sequence
from typing import Any

import numpy as np
import torch

from crosswind.formats import RETRIEVE
from crosswind.formats.base import Answer, Example, Feature, Tokens
from crosswind.models.batch import by_length, collate
from crosswind.models.model import Model
from crosswind.tasks.base import Task

Cache = MutableMapping[Tokens, Any]


def outputs(model: Model, features: Sequence[Feature], pad: int, max_tokens: int, cache: Cache) -> list[Any]:
    """One numpy array per feature: what its rows give, one behind the other.

    No head lets rows of a feature meet before its loss, so the cache holds rows: a text that many features share is run
    once. Rows that it knows are not run; it learns the others.
    """
    rows = dict.fromkeys(row for feature in features for row in feature.rows)
    waiting = [Feature(0, (row,)) for row in rows if row not in cache]
    model.eval()
    with torch.inference_mode():
        for indices in by_length(waiting, max_tokens):
            part = [waiting[index] for index in indices]
            batch = collate(part, pad)
            logits = model(batch.to(model.device)).float().cpu()
            for feature, output in zip(part, model.head.per_feature(logits, batch), strict=True):
                cache[feature.rows[0]] = output.numpy()
    return [joined([cache[row] for row in feature.rows]) for feature in features]


def joined(parts: Sequence[Any]) -> Any:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def answers(task: Task, examples: Sequence[Example], features: Sequence[Feature], found: Sequence[Any]) -> list[Answer]:
    """The answer to every example, decoded by the task's format."""
    if task.format is RETRIEVE:
        return ranked(examples, found)
    mine: list[list[int]] = [[] for _ in examples]
    for index, feature in enumerate(features):
        mine[feature.example].append(index)
    return [
        task.format.decode(example, task.labels, [features[i] for i in own], [found[i] for i in own])
        for example, own in zip(examples, mine, strict=True)
    ]


def ranked(examples: Sequence[Any], found: Sequence[Any]) -> list[Answer]:
    """Every query against the pool of all candidates, each candidate counted once."""
    pool = {
        candidate.uid: vector_D
        for example, rows_KD in zip(examples, found, strict=True)
        for candidate, vector_D in zip(example.candidates, rows_KD[1:], strict=True)
    }
    names, vectors_PD = list(pool), np.stack(list(pool.values()))
    return [
        RETRIEVE.decode(example, names, [], [vectors_PD @ rows_KD[0]])
        for example, rows_KD in zip(examples, found, strict=True)
    ]
