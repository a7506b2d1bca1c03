"""What radii are measured by: how long the vectors are that a model reads."""

from collections.abc import Sequence

import numpy as np
import torch

from crosswind.formats.base import Feature
from crosswind.models.batch import collate
from crosswind.models.model import Model, Where
from crosswind.train.rows import Course

NORM_SAMPLE = 10_000
ENTERING_SAMPLE = 500


def token_norm(model: Model, course: Course, where: Where = "word") -> float:
    """The median length of a word embedding over the tokens of at most 10,000 features from all over the data.

    Or of what the first layer reads, without dropout, which takes a pass: over the tokens of at most 500.
    """
    if where == "block":
        return entering_norm(model, course.sample(ENTERING_SAMPLE))
    found = [token for feature in course.sample(NORM_SAMPLE) for row in feature.rows for token in row.ids]
    tokens_V, counts_V = np.unique(found, return_counts=True)
    with torch.no_grad():
        norms_V = model.encoder.embed(torch.from_numpy(tokens_V).to(model.device)).norm(dim=-1).cpu().numpy()
    return float(np.median(np.repeat(norms_V, counts_V)))


def entering_norm(model: Model, sample: Sequence[Feature]) -> float:
    """The median length of what the first layer reads."""
    was_training = model.training
    model.eval()
    norms = []
    with torch.no_grad():
        for feature in sample:
            batch = collate([feature], 0).to(model.device)
            norms.append(model.embed(batch, "block").norm(dim=-1)[batch.mask_RL.bool()].cpu())
    model.train(was_training)
    return float(torch.cat(norms).median())
