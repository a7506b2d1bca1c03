"""Pools of candidates that are datasets of their own: read, run and kept slice by slice, since they may be huge."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from crosswind.evaluate.collisions import Texts, prints
from crosswind.evaluate.predict import Pool, outputs
from crosswind.formats.base import Feature
from crosswind.formats.retrieve import Lookup, pool
from crosswind.formats.subwords import tokens_of
from crosswind.models.model import Model

SLICE = 4096  # candidates that are read, cut into sub-words and run together


def encoded(
    model: Model, slices: Iterable[Sequence[Lookup]], tokenizer: Any, max_length: int, max_tokens: int, folder: Path
) -> Pool:
    """The candidates of a dataset that is nothing but a pool, slice by slice.

    The vectors lie in a file of `folder` without a name, which is gone with the last use of them.
    """
    names: dict[str, None] = {}
    printed = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for examples in slices:
            texts = pool(examples)
            if repeated := names.keys() & texts.keys():
                raise ValueError(f"{min(repeated)!r} is the name of two candidates of a pool; give each its own")
            names |= dict.fromkeys(texts)
            printed.append(prints(texts.values()))
            rows, _ = tokens_of(tokenizer, list(texts.values()), None, max_length)
            features = [Feature(0, (row,)) for row in rows]
            found = outputs(model, features, tokenizer.pad_token_id, max_tokens, {})
            np.concatenate(found).tofile(file)
        vectors = np.memmap(file, np.float32, mode="r", shape=(len(names), model.encoder.width))
    return Pool(list(names), vectors, Texts(list(names), np.concatenate(printed)))
