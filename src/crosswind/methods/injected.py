"""Methods of the `peft` library inside an encoder: injected into its modules, drawn from a seed, known by their names.

The library keeps what it adds as modules around the encoder's own, so names of tensors that are wrapped move; what it
trains is found again by the name that it was injected under.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from crosswind.methods.base import Method, freeze_but, goes_on, open_with, opened
from crosswind.methods.targets import TARGETS, modules
from crosswind.models.backbone import Encoder, replace

NAME, DRAWN = "crosswind", "drawn"


@contextmanager
def library(seed: int) -> Iterator[None]:
    """Let the library draw from a seed, and leave the random numbers of all others alone.

    Of normalisations it wants to know how many features go in, finds out nothing, needs nothing, and warns.
    """
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Unsupported layer type")
        torch.manual_seed(seed)
        yield


def inject(encoder: Encoder, config: Any, method: Any) -> None:
    """Wrap the modules that a configuration names; all else freezes, and random numbers stay as they were."""
    from peft import inject_adapter_in_model

    with library(seed=0):
        try:
            inject_adapter_in_model(config, encoder.network, NAME)
        except (ValueError, RuntimeError, NotImplementedError) as error:
            raise ValueError(f"{method!r} does not fit this {encoder.config.model_type!r} encoder: {error}") from error


def redraw(encoder: nn.Module, config: Any, seed: int) -> None:
    """Give what was injected its first weights from a seed, by injecting it once more beside itself."""
    from peft import inject_adapter_in_model
    from peft.tuners.tuners_utils import BaseTunerLayer

    assert isinstance(encoder, Encoder)
    known = encoder.network.__dict__.pop("peft_config", None)  # else the library warns of a second one
    learns = {name for name, tensor in encoder.network.named_parameters() if tensor.requires_grad}
    with library(seed):
        inject_adapter_in_model(config, encoder.network, DRAWN)
    encoder.network.__dict__["peft_config"] = known
    tensors = dict(encoder.network.named_parameters())
    with torch.no_grad():
        for name, tensor in tensors.items():
            if DRAWN in name.split("."):
                tensors[name.replace(f".{DRAWN}", f".{NAME}")].copy_(tensor)
    for module in encoder.network.modules():
        if isinstance(module, BaseTunerLayer):
            module.set_adapter(NAME)
            module.delete_adapter(DRAWN)
    for name, tensor in encoder.network.named_parameters():
        tensor.requires_grad_(name in learns)


def fold(encoder: Encoder) -> None:
    """Make what was injected a part of the modules that it was wrapped around, which get their names back."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    wrapped = [(name, each) for name, each in encoder.network.named_modules() if isinstance(each, BaseTunerLayer)]
    for name, module in wrapped:
        try:
            module.merge(safe_merge=True)
        except (NotImplementedError, ValueError) as error:
            raise ValueError(
                f"what {opened(encoder)!r} has learned cannot become a part of the encoder's own weights: {error}; "
                "carry it on with equal settings"
            ) from error
        replace(encoder.network, name, module.get_base_layer())
    encoder.network.__dict__.pop("peft_config", None)


def injected_tensors(encoder: nn.Module) -> Iterator[tuple[str, nn.Parameter]]:
    """What the library trains, by name."""
    for name, tensor in encoder.named_parameters():
        if NAME in name.split("."):
            yield name, tensor


def names(encoder: nn.Module, targets: str, layers: tuple[int, ...]) -> str:
    """The pattern of the modules that are wrapped in an encoder."""
    assert isinstance(encoder, Encoder)
    family, depth = encoder.config.model_type, len(encoder.layers)
    if family not in TARGETS:
        raise ValueError(f"no targets are known in encoders of type {family!r} (supported: {', '.join(TARGETS)})")
    return modules(family, encoder.family.layers, targets, layers, depth)


def attach(encoder: nn.Module, method: Method, config: Any) -> None:
    """Inject a method, or go on with what an equal one has injected; all but that freezes."""
    assert isinstance(encoder, Encoder)
    if not goes_on(encoder, method):
        inject(encoder, config, method)
        open_with(encoder, method)
    freeze_but(encoder, method)


def family_of(encoder: nn.Module) -> str:
    """The family of an encoder."""
    assert isinstance(encoder, Encoder)
    return str(encoder.config.model_type)
