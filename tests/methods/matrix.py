"""Every objective with every method, format of task and encoder family: what the combinations are, and one of them run.

The levels are the catalogue's entries as they come, a few further settings whose code goes another way, the formats
that specimens exist for (a span or nothing is learned as a span, mining as retrieval) and the families.
"""

import copy
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Any, NamedTuple

import torch

from crosswind import catalog
from crosswind.methods.base import Method, Shape
from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.handover import set_aside
from crosswind.methods.language_adapter import LanguageAdapter
from crosswind.methods.languages import settle
from crosswind.methods.madx import Madx
from crosswind.models.backbone import Encoder, load_encoder, local
from crosswind.models.families import FAMILIES
from crosswind.models.heads import HEADS, num_scores
from crosswind.models.model import Model
from crosswind.objectives.base import Objective
from crosswind.train.loop import train
from crosswind.train.rows import plain
from tests.tiny import COMMON, WIDTH, Tiny
from tests.train.specimens import FORMS, NUM_LABELS, features, recipe, setting

DEPTH: int = COMMON["num_hidden_layers"]
MORE: Mapping[str, Sequence[tuple[str, Mapping[str, object]]]] = {
    "objectives": (
        ("fgm", {"where": "block", "direction": "random"}),
        ("smoothness", {"rule": "replace", "divergence": "kl"}),
    ),
    "methods": (
        ("bottleneck", {"placement": "houlsby", "reduction": 4}),
        ("madx", {"stack": "paper", "reduction": 4}),
        ("lora", {"targets": "all-linear", "variant": "dora"}),
        ("peft", {"name": "ln_tuning", "targets": "norms"}),
    ),
}
FUSED = (Bottleneck(reduction=8, init="bert"), Bottleneck(reduction=4, init="bert"))

SPOKEN, LANGUAGE = LanguageAdapter(init="bert"), "en"


class Cell(NamedTuple):
    """One combination."""

    objective: Objective
    method: Method
    form: str
    family: str


def levels(family: str) -> list[Any]:
    """What a family of the catalogue holds, by default and with further settings."""
    plain = [catalog.load(family, name)() for name in catalog.FAMILIES[family]]
    return plain + [catalog.load(family, name)(**settings) for name, settings in MORE[family]]


def cells() -> Iterator[Cell]:
    """All combinations, those that make no sense too."""
    for numbers in product(*map(range, map(len, axes()))):
        yield named(numbers)


@cache
def few() -> list[Cell]:
    """A part of those that make sense in which every two levels meet that meet in any, always the same.

    Each is the one that brings the most pairs that were not there yet.
    """
    sensible = [numbers for numbers in product(*map(range, map(len, axes()))) if not refusal(named(numbers))]
    left = {numbers: set(pairs(numbers)) for numbers in sensible}
    found: list[Cell] = []
    while any(left.values()):
        best = max(left, key=lambda numbers: len(left[numbers]))
        found.append(named(best))
        covered = left.pop(best)
        for each in left.values():
            each -= covered
    return found


@cache
def axes() -> tuple[Sequence[Any], ...]:
    return levels("objectives"), levels("methods"), sorted(FORMS), sorted(FAMILIES)


def named(numbers: Sequence[int]) -> Cell:
    return Cell(*(axis[number] for axis, number in zip(axes(), numbers, strict=True)))


def pairs(cell: Sequence[Hashable]) -> Iterator[Hashable]:
    """Every two levels that meet in a cell, by the axes that they are of."""
    return combinations(enumerate(cell), 2)


def refusal(cell: Cell) -> str:
    """Why a cell makes no sense, as planning says it; nothing where it does."""
    return "; ".join(cell.method.complaints(Shape(cell.family, WIDTH, DEPTH)))


@cache
def pristine(family: str, tiny_encoder: Tiny) -> Encoder:
    """An encoder to copy from; reading it from its folder is slower."""
    return load_encoder(local(tiny_encoder(family)), dropout=0.1)


def copied(family: str, tiny_encoder: Tiny) -> Encoder:
    """An encoder that nothing was done to."""
    return copy.deepcopy(pristine(family, tiny_encoder))


def ready(encoder: Encoder, method: Method) -> Encoder:
    """An encoder with what a method needs there before it begins.

    Fusion needs adapters that stand side by side, a task adapter a language that is spoken below it, others nothing.
    """
    for seed, earlier in enumerate(FUSED if method.learns == "fusion" else ()):
        earlier.attach(encoder)
        earlier.draw(encoder, seed)
        set_aside(encoder)
    if isinstance(method, Madx):
        SPOKEN.attach(encoder)
        SPOKEN.draw(encoder, 1)
        settle(encoder, LANGUAGE)
    return encoder


def attach(encoder: Encoder, method: Method) -> None:
    """Attach a method to an encoder that is ready for it."""
    method.attach(encoder)
    method.draw(encoder, 1)
    if isinstance(method, Madx):
        method.speak(encoder, LANGUAGE)


def run(cell: Cell, tiny_encoder: Tiny, folder: Path) -> None:
    """Train a cell for three updates: the loss stays a number (or the loop stops), what learns moves, and no more."""
    encoder = ready(copied(cell.family, tiny_encoder), cell.method)
    attach(encoder, cell.method)
    labels = num_scores(cell.form, NUM_LABELS, encoder)
    head = HEADS[cell.form](encoder.width, labels, 0.1, torch.Generator().manual_seed(1))
    model = Model(encoder, head, cell.method)
    before = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
    learned = {id(tensor) for _, tensor in model.learned()}
    progress = train(
        model, plain(features(cell.form, 4)), cell.objective, recipe(steps=3, batch=3), 1, 0, None, setting(folder)
    )
    assert progress.update == 3
    moved = {name for name, tensor in model.named_parameters() if not torch.equal(tensor, before[name])}
    assert all(torch.isfinite(tensor).all() for tensor in model.parameters())
    assert moved <= {name for name, tensor in model.named_parameters() if id(tensor) in learned}
    assert any(name.startswith("head.") for name in moved)
    assert any(name.startswith("encoder.") for name in moved) or not list(cell.method.trained(encoder))
