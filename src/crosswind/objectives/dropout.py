"""Dropout in objectives that run the model several times on the same microbatch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from crosswind.objectives.base import Learner

Dropout = Literal["shared", "fresh", "off"]


@contextmanager
def passes(model: Learner, batch: Any, dropout: Dropout) -> Iterator[Callable[[], None]]:
    """Passes over one microbatch; what is yielded must be called before each but the first.

    `shared` gives all of them the masks of the first, `fresh` gives each its own, `off` none has any.
    """
    import torch

    device = batch.ids_RL.device
    on_host, on_device = torch.get_rng_state(), torch.cuda.get_rng_state(device) if device.type == "cuda" else None

    def again() -> None:
        if dropout == "shared":
            torch.set_rng_state(on_host)
            if on_device is not None:
                torch.cuda.set_rng_state(on_device, device)

    was_training = model.training
    if dropout == "off":
        model.train(False)
    try:
        yield again
    finally:
        if dropout == "off":
            model.train(was_training)
