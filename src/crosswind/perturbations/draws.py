"""Randomness as a pure function of what is decided: no state, no order, no generator to pass on."""

import math
from hashlib import blake2b
from struct import Struct

from crosswind.text.item import Field
from crosswind.text.memo import Memo

SEPARATOR = "\x1f"
PER_BLOCK = 8  # one digest of 64 bytes is that many numbers, and most decisions come in runs
PRECISION = 53  # bits that a float holds
DROPPED = 64 - PRECISION
STEP = 2.0**-PRECISION
NUMBERS = Struct(f">{PER_BLOCK}Q")

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
        self.started = blake2b((key(suite, perturbation, seed, dataset, split) + SEPARATOR).encode())
        self.latest = self.begin("", "", "")

    def __call__(self, field: Field, name: str, purpose: str, kind: str, index: int, *more: str | int) -> float:
        """A number in [0, 1) for one decision about the unit `index` of its kind in the field called `name`.

        Purposes: "select" (is the unit edited), "option" (which option; `more` counts the attempts), "pick" (what goes
        into an option). Numbers that are wanted together should differ in the last part.
        """
        draws = self.of(field.lang, field.owner, name)
        last = more[-1] if more else index
        if isinstance(last, str):
            return fraction(draws.block(purpose, kind, index, *more)[0])
        before = (index, *more[:-1]) if more else ()
        return fraction(draws.block(purpose, kind, *before, last // PER_BLOCK)[last % PER_BLOCK])

    def of(self, lang: str, owner: str, name: str) -> "FieldDraw":
        """The draws of one field; the latest are kept, since the next question is mostly about the same."""
        if (lang, owner, name) != self.latest.field:
            self.latest = self.begin(lang, owner, name)
        return self.latest

    def begin(self, lang: str, owner: str, name: str) -> "FieldDraw":
        """The draws of one field, begun."""
        return FieldDraw(self.started, (lang, owner, name))


class FieldDraw:
    """The draws of one field."""

    __slots__ = ("field", "latest", "numbers", "prefix", "started")

    def __init__(self, started: blake2b, field: tuple[str, str, str]) -> None:
        self.started = started
        self.field = field
        self.prefix = SEPARATOR.join((*field, ""))
        if self.prefix.count(SEPARATOR) != len(field):
            key(*field)  # which refuses it
        self.latest = ""
        self.numbers: Block = ()

    def below(self, limit: int, kind: str, count: int) -> list[tuple[float, int]]:
        """The first `count` units whose number for "select" is below a limit: those numbers and indices.

        The limit is one of `bits_of`, so that the many units above it are spared the conversion.
        """
        found: list[tuple[float, int]] = []
        for first in range(0, count, PER_BLOCK):
            block = self.block("select", kind, first // PER_BLOCK)
            found += [(fraction(bits), index) for index, bits in enumerate(block, first) if bits < limit]
        while found and found[-1][1] >= count:
            found.pop()  # the last block is longer than the rest of the units
        return found

    def block(self, *parts: str | int) -> Block:
        """Eight numbers at once, from purpose to block; the latest are kept, as they are often asked for again."""
        end = ENDINGS[parts]
        if end is not self.latest:
            hasher = self.started.copy()  # copying what is hashed already is cheaper than hashing it again
            hasher.update((self.prefix + end).encode())
            self.numbers = NUMBERS.unpack(hasher.digest())
            self.latest = end
        return self.numbers


def key(*parts: str | int) -> str:
    """The parts as one text that no other parts have."""
    text = SEPARATOR.join(map(str, parts))
    if text.count(SEPARATOR) != len(parts) - 1:
        raise ValueError(
            f"{parts!r}: U+001F separates the parts of a key, so no part may hold it; remove it from the id"
        )
    return text


# The ends of keys, which fields have in common.
ENDINGS: Memo[tuple[str | int, ...], str] = Memo(lambda parts: key(*parts), 2**14)


def bits_of(share: float) -> int:
    """The 64 bits that are below others as the share is below their fractions."""
    return math.ceil(share * 2.0**PRECISION) << DROPPED


def fraction(number: int) -> float:
    """64 bits as a number in [0, 1)."""
    # dividing all 64 could round up to 1.0
    return (number >> DROPPED) * STEP
