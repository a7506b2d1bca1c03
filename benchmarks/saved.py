"""What forward passes keep for backward passes, in bytes: an exact measure of memory that no other process disturbs."""

import weakref
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor


@dataclass
class Saved:
    """The bytes that are kept at present, and the most that there were; a storage counts once however often it is kept.

    What is there anyway (`known`: the model's own tensors) does not count.
    """

    known: frozenset[int]
    now: int = 0
    peak: int = 0
    holders: Counter[int] = field(default_factory=Counter)

    def pack(self, tensor: Tensor) -> Any:
        """What autograd keeps in the tensor's place."""
        storage = tensor.untyped_storage()
        place, size = storage.data_ptr(), storage.nbytes()
        if place in self.known:
            return tensor
        self.holders[place] += 1
        if self.holders[place] == 1:
            self.now += size
            self.peak = max(self.peak, self.now)
        holder = Holder(tensor)
        weakref.finalize(holder, self.release, place, size)
        return holder

    def release(self, place: int, size: int) -> None:
        """A holder is gone; the bytes with the last one."""
        self.holders[place] -= 1
        if not self.holders[place]:
            self.now -= size


class Holder:
    """A tensor that is kept."""

    def __init__(self, tensor: Tensor):
        self.tensor = tensor


def unpack(kept: Any) -> Tensor:
    """The tensor back."""
    tensor: Tensor = kept.tensor if isinstance(kept, Holder) else kept
    return tensor


@contextmanager
def saved(known: Iterable[Tensor]) -> Iterator[Saved]:
    """Count what is kept from here on."""
    found = Saved(frozenset(tensor.untyped_storage().data_ptr() for tensor in known))
    with torch.autograd.graph.saved_tensors_hooks(found.pack, unpack):
        yield found
