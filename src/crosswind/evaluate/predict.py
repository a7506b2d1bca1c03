"""A model's raw outputs on features, each distinct input computed once."""

from collections.abc import MutableMapping, Sequence
from typing import Any

import numpy as np
import torch

from crosswind.formats import RETRIEVE
from crosswind.formats.base import Answer, Example, Feature, Tokens
from crosswind.models.batch import by_length, collate
from crosswind.models.model import Model
from crosswind.tasks.base import Task

Cache = MutableMapping[tuple[Tokens, ...], Any]


def outputs(model: Model, features: Sequence[Feature], pad: int, max_tokens: int, cache: Cache) -> list[Any]:
    """One numpy array per feature. Features whose ids the cache knows are not run; the cache learns the others."""
    fresh = {feature.key: feature for feature in features if feature.key not in cache}
    waiting = list(fresh.values())
    model.eval()
    with torch.inference_mode():
        for indices in by_length(waiting, max_tokens):
            part = [waiting[index] for index in indices]
            batch = collate(part, pad)
            logits = model(batch.to(model.device)).float().cpu()
            for feature, output in zip(part, model.head.per_feature(logits, batch), strict=True):
                cache[feature.key] = output.numpy()
    return [cache[feature.key] for feature in features]


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
    pool = dict(zip((example.candidate_uid for example in examples), (pair[1] for pair in found), strict=True))
    names, vectors_PD = list(pool), np.stack(list(pool.values()))
    return [
        RETRIEVE.decode(example, names, [], [vectors_PD @ pair[0]])
        for example, pair in zip(examples, found, strict=True)
    ]
