"""Randomness as a pure function of what is decided: no state, no order, no generator to pass on."""

import math
from hashlib import blake2b
from struct import Struct

from crosswind.text.item import Field

SEPARATOR = "\x1f"
PER_BLOCK = 8  # one digest of 64 bytes is that many numbers, and most decisions come in runs
PRECISION = 53  # bits that a float holds
DROPPED = 64 - PRECISION
STEP = 2.0**-PRECISION
NUMBERS = Struct(f">{PER_BLOCK}Q")

# Filling in a template is what Python does fastest of all ways to join strings and numbers.
TEMPLATES = [SEPARATOR.join(["%s"] * length) for length in range(32)]

Block = tuple[int, ...]  # of 64 bits each


def uniform(*parts: str | int) -> float:
    """A number in [0, 1) that depends on the parts alone; raises ValueError where one holds U+001F."""
    return fraction(int.from_bytes(blake2b(key(*parts).encode(), digest_size=8).digest(), "big"))


def rank(dataset: str, split: str, uid: str) -> float:
    """The place of an item in every subset: the n items of lowest rank, the same in all languages and perturbations."""
    return uniform("rank", dataset, split, uid)


class Draw:
    """The draws of one perturbation with one seed on one split; severity is never part of a key.

    A key that ends in a number n stands for number n % 8 of the block n // 8, whose digest is that of the key with
    n // 8 in place of n: `printf 'suite\\x1f...\\x1f0' | b2sum` shows the first eight numbers, 16 hex digits each.
    """

    def __init__(self, suite: str, perturbation: str, seed: int, dataset: str, split: str) -> None:
        self.prefix = key(suite, perturbation, seed, dataset, split)
        self.started = blake2b((self.prefix + SEPARATOR).encode())  # copying it is cheaper than hashing the prefix
        self.latest: tuple[str | int, ...] = ()
        self.numbers: Block = ()

    def __call__(self, field: Field, name: str, purpose: str, kind: str, index: int, *more: str | int) -> float:
        """A number in [0, 1) for one decision about the unit `index` of its kind in the field called `name`.

        Purposes: "select" (is the unit edited), "option" (which option; `more` counts the attempts), "pick" (what goes
        into an option). Numbers that are wanted together should differ in the last part.
        """
        last = more[-1] if more else index
        if isinstance(last, str):
            return fraction(self.block(field, name, purpose, kind, index, *more)[0])
        before = (index, *more[:-1]) if more else ()
        return fraction(self.block(field, name, purpose, kind, *before, last // PER_BLOCK)[last % PER_BLOCK])

    def below(self, limit: int, field: Field, name: str, kind: str, count: int) -> list[tuple[int, float]]:
        """Those of the first `count` units whose number for "select" is below a limit, each with its number.

        The limit is one of `bits_of`, so that the many units above it are spared the conversion.
        """
        found = []
        for first in range(0, count, PER_BLOCK):
            for place, bits in enumerate(self.block(field, name, "select", kind, first // PER_BLOCK), first):
                if bits < limit and place < count:
                    found.append((place, fraction(bits)))
        return found

    def block(self, field: Field, *parts: str | int) -> Block:
        """Eight numbers at once; the latest block is kept, since the next question is mostly about the same."""
        wanted = (field.lang, field.owner, *parts)
        if wanted != self.latest:
            hasher = self.started.copy()
            hasher.update(key(*wanted).encode())
            self.numbers = NUMBERS.unpack(hasher.digest())
            self.latest = wanted
        return self.numbers


def key(*parts: str | int) -> str:
    """The parts as one text that no other parts have."""
    text = TEMPLATES[len(parts)] % parts
    if text.count(SEPARATOR) != len(parts) - 1:
        raise ValueError(
            f"{parts!r}: U+001F separates the parts of a key, so no part may hold it; remove it from the id"
        )
    return text


def bits_of(share: float) -> int:
    """The 64 bits that are below others as the share is below their fractions."""
    return math.ceil(share * 2.0**PRECISION) << DROPPED


def fraction(number: int) -> float:
    """64 bits as a number in [0, 1)."""
    # dividing all 64 could round up to 1.0
    return (number >> DROPPED) * STEP
