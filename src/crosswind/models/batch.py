"""Features as padded tensors.

Shapes: B features, R rows (B where every feature is one sequence, k times B for multiple choice), L positions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from crosswind.formats.base import UNSCORED, Feature

Marks = tuple[tuple[int, int], ...]  # a position, and the word that stands there


@dataclass(frozen=True, slots=True)
class View:
    """A feature read again with its text changed, to be compared with how it is.

    Where a format asks of positions, `own` and `its` say which words both readings have and where; None where answers
    are of whole texts. `terms` counts the answers that can be compared.
    """

    feature: Feature
    terms: int
    own: Marks | None = None
    its: Marks | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Right-padded rows, what they should give, and which features they belong to.

    `view` is the same features read again with their text changed. Of both readings `words_RL` numbers the words that
    are in both, UNSCORED elsewhere; `terms` counts the answers that can be compared, `skipped` the features without
    any. `task` names whose they are where several tasks take turns.
    """

    ids_RL: Tensor
    mask_RL: Tensor
    types_RL: Tensor
    targets: Tensor | None
    widths: tuple[int, ...]
    examples: tuple[int, ...]
    units: int
    view: "Batch | None" = None
    words_RL: Tensor | None = None
    terms: int = 0
    skipped: int = 0
    task: str = ""

    def to(self, device: torch.device) -> "Batch":
        moved = {
            name: value.to(device)
            for name in ("ids_RL", "mask_RL", "types_RL", "targets", "words_RL", "view")
            if (value := getattr(self, name)) is not None
        }
        return replace(self, **moved)


def collate(features: Sequence[Feature], pad: int, task: str = "") -> Batch:
    """Features as one batch on the CPU. `units` counts what the loss is a mean over."""
    rows = [row for feature in features for row in feature.rows]
    length = max(len(row) for row in rows)
    lengths_R1 = torch.tensor([[len(row)] for row in rows])
    return Batch(
        ids_RL=torch.tensor([(*row.ids, *(pad,) * (length - len(row))) for row in rows]),
        mask_RL=(torch.arange(length)[None] < lengths_R1).long(),
        types_RL=torch.tensor([(*row.types, *(0,) * (length - len(row))) for row in rows]),
        targets=pad_targets(features),
        widths=tuple(len(feature.rows) for feature in features),
        examples=tuple(feature.example for feature in features),
        units=sum(feature.units for feature in features),
        task=task,
    )


def collate_both(features: Sequence[Feature], views: Sequence[View], pad: int, task: str = "") -> Batch:
    """Features as one batch with their views beside them."""
    batch, other = collate(features, pad, task), collate([view.feature for view in views], pad, task)
    own, its = [view.own for view in views], [view.its for view in views]
    return replace(
        batch,
        words_RL=numbered(own, batch),
        terms=sum(view.terms for view in views),
        skipped=sum(view.terms == 0 for view in views),
        view=replace(other, words_RL=numbered(its, other)),
    )


def numbered(marks: Sequence[Marks | None], batch: Batch) -> Tensor | None:
    """The words at every position, UNSCORED where there is none; None for formats that ask of whole texts."""
    if None in marks:
        return None
    words_RL = torch.full_like(batch.ids_RL, UNSCORED)
    for row, own in enumerate(marks):
        for position, word in own or ():
            words_RL[row, position] = word
    return words_RL


def pad_targets(features: Sequence[Feature]) -> Tensor | None:
    """One number per feature, or one row of numbers, the shorter rows filled up with what no loss counts."""
    targets = [torch.tensor(feature.target) for feature in features if feature.target is not None]
    if not targets:
        return None
    if targets[0].dim() == 0:
        return torch.stack(targets)
    return pad_sequence(targets, batch_first=True, padding_value=UNSCORED)


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
