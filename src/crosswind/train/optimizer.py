"""AdamW, and how its learning rate rises and falls."""

import math

import torch

from crosswind.models.model import Model
from crosswind.recipe import Recipe

BETAS = (0.9, 0.999)


def make_optimizer(model: Model, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW without decay on biases and normalisation weights, which are the tensors of one dimension."""
    matrices = [tensor for _, tensor in model.learned() if tensor.dim() > 1]
    vectors = [tensor for _, tensor in model.learned() if tensor.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": recipe.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=BETAS, eps=1e-8, fused=True)


def rate(recipe: Recipe, update: int, total: int) -> float:
    """The share of the peak learning rate at which update number `update` (from 0) is made."""
    warm = round(recipe.warmup * total)
    if update < warm:
        return (update + 1) / (warm + 1)
    rest = (update - warm) / max(1, total - warm)
    match recipe.schedule:
        case "linear":
            return 1 - rest
        case "cosine":
            return (1 + math.cos(math.pi * rest)) / 2
        case "constant":
            return 1.0


def set_rate(optimizer: torch.optim.Optimizer, value: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = value
