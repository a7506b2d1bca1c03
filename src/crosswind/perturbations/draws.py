"""Randomness as a pure function of what is decided: no state, no order, no generator to pass on."""

from hashlib import blake2b
from struct import Struct

from crosswind.text.item import Field

SEPARATOR = "\x1f"
PER_BLOCK = 8  # one digest of 64 bytes is that many numbers, and most decisions come in runs
NUMBERS = Struct(f">{PER_BLOCK}Q")

Block = tuple[float, ...]


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
        self.latest: tuple[tuple[str | int, ...], Block] = ((), ())

    def __call__(self, field: Field, name: str, purpose: str, kind: str, index: int, *more: str | int) -> float:
        """A number in [0, 1) for one decision about the unit `index` of its kind in the field called `name`.

        Purposes: "select" (is the unit edited), "option" (which option; `more` counts the attempts), "pick" (what goes
        into an option). Numbers that are wanted together should differ in the last part.
        """
        parts = (name, purpose, kind, index, *more)
        last = parts[-1]
        if isinstance(last, str):
            return self.block(field, *parts)[0]
        return self.block(field, *parts[:-1], last // PER_BLOCK)[last % PER_BLOCK]

    def block(self, field: Field, *parts: str | int) -> Block:
        """Eight numbers at once; the latest block is kept, since the next question is mostly about the same."""
        wanted = (field.lang, field.owner, *parts)
        known, numbers = self.latest
        if wanted != known:
            hasher = self.started.copy()
            hasher.update(key(*wanted).encode())
            numbers = tuple(map(fraction, NUMBERS.unpack(hasher.digest())))
            self.latest = wanted, numbers
        return numbers


def key(*parts: str | int) -> str:
    """The parts as one text that no other parts have."""
    text = SEPARATOR.join(map(str, parts))
    if text.count(SEPARATOR) != len(parts) - 1:
        raise ValueError(
            f"{parts!r}: U+001F separates the parts of a key, so no part may hold it; remove it from the id"
        )
    return text


def fraction(number: int) -> float:
    """64 bits as a number in [0, 1)."""
    # 53 bits are what a float holds; dividing all 64 could round up to 1.0
    return (number >> 11) * 2.0**-53
