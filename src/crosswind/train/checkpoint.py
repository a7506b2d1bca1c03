"""A training stage's state on disk: one safetensors file, replaced whole; from it the loop goes on to equal weights."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

FILE = "checkpoint.safetensors"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage has come. `best` is the highest dev score so far and the update that reached it.

    Where several tasks take turns, `turns` and `tokens_of` say how many updates and tokens were whose.
    """

    update: int = 0
    seconds: float = 0.0
    tokens: int = 0
    best_score: float | None = None
    best_update: int = 0
    turns: Mapping[str, int] = field(default_factory=dict)
    tokens_of: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    progress: Progress
    weights: Mapping[str, Tensor]
    best: Mapping[str, Tensor]
    optimizer: Mapping[str, Tensor]
    generators: Mapping[str, Tensor]


GROUPS = ("weights", "best", "optimizer", "generators")


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Write the checkpoint beside the old one, then take its place."""
    tensors = {
        f"{group}:{name}": tensor.detach().cpu().contiguous().clone()
        for group in GROUPS
        for name, tensor in getattr(checkpoint, group).items()
    }
    partial = folder / f"{FILE}.partial"
    save_file(tensors, partial, metadata={"progress": json.dumps(asdict(checkpoint.progress))})
    partial.replace(folder / FILE)


def load(folder: Path) -> Checkpoint | None:
    """The checkpoint of a stage that was stopped, None where there is none."""
    path = folder / FILE
    if not path.exists():
        return None
    parts: dict[str, dict[str, Tensor]] = {group: {} for group in GROUPS}
    with safe_open(path, framework="pt") as file:
        progress = Progress(**json.loads(file.metadata()["progress"]))
        for key in file.keys():  # noqa: SIM118  (a safetensors handle is no mapping)
            group, _, name = key.partition(":")
            parts[group][name] = file.get_tensor(key)
    return Checkpoint(progress, **parts)


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The optimiser's moments and step counts, named by the position of their parameter."""
    state = optimizer.state_dict()["state"]
    return {f"{index}.{name}": torch.as_tensor(value) for index, own in state.items() for name, value in own.items()}


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Put back what `optimizer_tensors` took."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        index, _, name = key.partition(".")
        state.setdefault(int(index), {})[name] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def generator_states(device: torch.device) -> dict[str, Tensor]:
    """The states of the generators that dropout draws from."""
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def restore_generators(states: Mapping[str, Tensor], device: torch.device) -> None:
    """Put back what `generator_states` took."""
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
