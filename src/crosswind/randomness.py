"""Named streams of randomness, each a pure function of a study's seed and what the stream is for."""

import hashlib
from collections.abc import Iterable
from random import Random
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, name: str, *more: int) -> int:
    """A 63-bit seed for one generator: equal arguments, equal numbers, on any machine and in any process."""
    key = "\x1f".join(map(str, (seed, name, *more))).encode()
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big") >> 1


def some(items: Iterable[T], count: int, dice: Random) -> list[T]:
    """So many of some items in random order, every choice equally likely; all of them where there are not more.

    By the beginning of a Fisher-Yates shuffle, on the one kind of draw that Python promises never to change.
    """
    found = list(items)
    count = min(count, len(found))
    for place in range(count):
        other = place + int(dice.random() * (len(found) - place))
        found[place], found[other] = found[other], found[place]
    return found[:count]
