"""Chains of trainings that learn nothing sensible, on tiny encoders, to test what comes over from one to the next."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from crosswind.machine import Resources
from crosswind.methods.base import Method
from crosswind.methods.carry import Carry
from crosswind.models.batch import collate
from crosswind.models.model import Model
from crosswind.objectives.erm import Erm
from crosswind.recipe import Recipe
from crosswind.stages import Base, Dataset, Train
from crosswind.store import WEIGHTS, Store
from crosswind.tasks.pocket_nli import PocketNli
from crosswind.tasks.pocket_paws import PocketPaws
from crosswind.workshop import Workshop, begin_model
from tests.train.specimens import PAD, features

BASE = Base(model="local", revision="0" * 40)
BATCH = collate(features("classify", 6), PAD)
Link = Method | tuple[Carry, Method]


def workshop_on(folder: Path, place: Path) -> Workshop:
    """A workshop with a store of its own, where the encoder in `folder` is the base."""
    store = Store(place / "store")
    store.prepare()
    return Workshop(store, Resources(device="cpu", folders={BASE.revision: str(folder)}))


def stage(start: Train | Base, method: Method, seed: int = 1, **settings: Any) -> Train:
    task = PocketPaws() if isinstance(start, Base) else PocketNli()
    data = (Dataset(task=task, language=task.source, split="train", limit=4),)
    recipe = Recipe(max_length=32)
    return Train(start=start, data=data, method=method, objective=Erm(), recipe=recipe, seed=seed, **settings)


def learn(workshop: Workshop, training: Train) -> Model:
    """A training that is a random move of all that learns."""
    model = begin_model(workshop, training)
    generator = torch.Generator().manual_seed(10 * training.seed + training.depth)
    with torch.no_grad():
        for _, tensor in model.learned():
            tensor.add_(0.2 * torch.randn(tensor.shape, generator=generator))
    work = workshop.store.work(training)
    model.save(work / WEIGHTS)
    workshop.store.publish(training, work, (WEIGHTS,), {"units": 4, "wall_seconds": 0.1}, {"device": "toy"})
    return model


def finish(workshop: Workshop, *links: Link) -> tuple[Train, Model]:
    """A chain of trainings, each by a method that may take over otherwise than by going on; the last, and its model."""
    last: Train | Base = BASE
    assert links
    for link in links:
        carry, method = link if isinstance(link, tuple) else ("continue", link)
        last = stage(last, method, carry=carry)
        model = learn(workshop, last)
    assert isinstance(last, Train)
    return last, model


def tensors(model: Model) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.encoder.named_parameters()}


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def logits(model: Model) -> Tensor:
    with torch.no_grad():
        found: Tensor = model.eval()(BATCH)
    return found
