"""Methods of the `peft` library inside an encoder: injected into its modules, drawn from a seed, known by their names.

The library keeps what it adds as modules around the encoder's own, so names of tensors that are wrapped move; what it
trains is found again by the name that it was injected under.
"""

import warnings
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from crosswind.methods.base import Method, added
from crosswind.methods.targets import TARGETS, modules
from crosswind.models.backbone import Encoder

NAME, DRAWN = "crosswind", "drawn"
MARK = "injected"  # the attribute of an encoder that says by which method it was injected


def inject(encoder: Encoder, config: Any, method: Any) -> None:
    """Wrap the modules that a configuration names; all else freezes, and random numbers stay as they were."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        try:
            inject_quietly(config, encoder.network, NAME)
        except (ValueError, RuntimeError, NotImplementedError) as error:
            raise ValueError(f"{method!r} does not fit this {encoder.config.model_type!r} encoder: {error}") from error
    encoder.__dict__[MARK] = method


def inject_quietly(config: Any, network: nn.Module, name: str) -> None:
    """The library's own injection, without its warning that normalisations have no size that it knows."""
    from peft import inject_adapter_in_model

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Unsupported layer type", UserWarning)
        inject_adapter_in_model(config, network, name)


def redraw(encoder: nn.Module, config: Any, seed: int) -> None:
    """Give what was injected its first weights from a seed, by injecting it once more beside itself."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    assert isinstance(encoder, Encoder)
    known = encoder.network.__dict__.pop("peft_config", None)  # else the library warns of a second one
    learns = {name for name, tensor in encoder.network.named_parameters() if tensor.requires_grad}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        inject_quietly(config, encoder.network, DRAWN)
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
    there = encoder.__dict__.get(MARK)
    if added(encoder) is not None or (there is not None and there != method):
        raise ValueError(
            f"{method!r} found what an earlier stage has added, {there or added(encoder)!r}; expected equal settings, "
            "as it goes on from there. Give the stages of a chain equal settings, or train the earlier one with method "
            "'full'"
        )
    if there is None:
        inject(encoder, config, method)
    encoder.requires_grad_(False)
    for _, tensor in injected_tensors(encoder):
        tensor.requires_grad_(True)


def family_of(encoder: nn.Module) -> str:
    """The family of an encoder."""
    assert isinstance(encoder, Encoder)
    return str(encoder.config.model_type)
