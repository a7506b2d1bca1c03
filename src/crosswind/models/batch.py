"""Features as padded tensors.

Shapes: B features, R rows (B where every feature is one sequence, k times B for multiple choice), L positions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from crosswind.formats.base import Feature
from crosswind.formats.tag import UNSCORED


@dataclass(frozen=True, slots=True)
class Batch:
    """Right-padded rows, what they should give, and which features they belong to."""

    ids_RL: Tensor
    mask_RL: Tensor
    types_RL: Tensor
    targets: Tensor | None
    widths: tuple[int, ...]
    examples: tuple[int, ...]
    units: int

    def to(self, device: torch.device) -> "Batch":
        moved = {name: getattr(self, name).to(device) for name in ("ids_RL", "mask_RL", "types_RL")}
        return replace(self, **moved, targets=None if self.targets is None else self.targets.to(device))


def collate(features: Sequence[Feature], pad: int) -> Batch:
    """Features as one batch. `units` counts what the loss is a mean over: labelled words in tagging, features elsewhere."""
    rows = [row for feature in features for row in feature.rows]
    length = max(len(row) for row in rows)
    lengths_R1 = torch.tensor([[len(row)] for row in rows])
    targets, units = pad_targets(features, length)
    return Batch(
        ids_RL=torch.tensor([(*row.ids, *(pad,) * (length - len(row))) for row in rows]),
        mask_RL=(torch.arange(length)[None] < lengths_R1).long(),
        types_RL=torch.tensor([(*row.types, *(0,) * (length - len(row))) for row in rows]),
        targets=targets,
        widths=tuple(len(feature.rows) for feature in features),
        examples=tuple(feature.example for feature in features),
        units=units,
    )


def pad_targets(features: Sequence[Feature], length: int) -> tuple[Tensor | None, int]:
    """Targets as one tensor, and how many units they are."""
    first = features[0].target
    if first is None:
        return None, len(features)
    if not features[0].places or (len(first) == 2 and len(features[0].places[0]) == 3):
        return torch.tensor([feature.target for feature in features]), len(features)
    targets = torch.tensor([(*feature.target, *(UNSCORED,) * (length - feature.length)) for feature in features])
    return targets, sum(len(feature.places) for feature in features)


def by_length(features: Sequence[Feature], max_tokens: int) -> Iterator[list[int]]:
    """Indices of all features in batches of similar length, each at most `max_tokens` padded sub-words."""
    order = sorted(range(len(features)), key=lambda index: (features[index].length, index))
    batch: list[int] = []
    rows = 0
    for index in order:
        width = len(features[index].rows)
        if batch and (rows + width) * features[index].length > max_tokens:
            yield batch
            batch, rows = [], 0
        batch.append(index)
        rows += width
    if batch:
        yield batch
