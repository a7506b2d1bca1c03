"""The language-model head that a checkpoint was pre-trained with, where it has kept one under its family's names.

An encoder is loaded without it. A head that is taken over starts masked language modelling where pre-training ended;
one that is drawn anew has to be learned first.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import torch
from safetensors import safe_open
from torch import Tensor
from transformers.utils.hub import cached_file

from crosswind.models.backbone import Encoder, Source
from crosswind.models.heads import MlmHead

# Where checkpoints of the families keep our tensors; of ModernBERT's there may be no biases, so a head begins with 0.
KEPT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "dense.weight": (
            "lm_head.dense.weight",
            "cls.predictions.transform.dense.weight",
            "lm_predictions.lm_head.dense.weight",
            "head.dense.weight",
        ),
        "dense.bias": (
            "lm_head.dense.bias",
            "cls.predictions.transform.dense.bias",
            "lm_predictions.lm_head.dense.bias",
            "head.dense.bias",
        ),
        "norm.weight": (
            "lm_head.layer_norm.weight",
            "cls.predictions.transform.LayerNorm.weight",
            "cls.predictions.transform.LayerNorm.gamma",
            "lm_predictions.lm_head.LayerNorm.weight",
            "head.norm.weight",
        ),
        "norm.bias": (
            "lm_head.layer_norm.bias",
            "cls.predictions.transform.LayerNorm.bias",
            "cls.predictions.transform.LayerNorm.beta",
            "lm_predictions.lm_head.LayerNorm.bias",
            "head.norm.bias",
        ),
        "bias": ("lm_head.bias", "cls.predictions.bias", "lm_predictions.lm_head.bias", "decoder.bias"),
    }
)
WEIGHTS = ("dense.weight", "norm.weight")  # without which nothing is taken over
FILE = "model.safetensors"
NORM_EPS = MappingProxyType({"modernbert": "norm_eps"})  # others call it layer_norm_eps


def adopt(head: MlmHead, encoder: Encoder, source: Source) -> None:
    """Give a fresh head the weights that the checkpoint has for it, if it has them; the head tells its origin."""
    found = kept(source)
    own = dict(head.named_parameters())
    if any(name not in found or found[name].shape != own[name].shape for name in WEIGHTS):
        return
    with torch.no_grad():
        for name, tensor in own.items():
            if name in found and found[name].shape == tensor.shape:
                tensor.copy_(found[name])
    head.norm.eps = float(getattr(encoder.config, NORM_EPS.get(encoder.config.model_type, "layer_norm_eps")))
    head.origin = "of the checkpoint"


def kept(source: Source) -> Mapping[str, Tensor]:
    """Our tensors that a checkpoint of one file has; of larger ones, which come in several, none is looked for."""
    where = {name: value for name, value in source.options.items() if name in {"revision", "local_files_only"}}
    path = cached_file(source.name, FILE, _raise_exceptions_for_missing_entries=False, **where)
    if path is None or not Path(path).is_file():
        return {}
    with safe_open(path, framework="pt") as file:
        there = set(file.keys())
        names = {ours: next((name for name in theirs if name in there), None) for ours, theirs in KEPT.items()}
        return {ours: file.get_tensor(name).float() for ours, name in names.items() if name is not None}
