"""Named streams of randomness, each a pure function of a study's seed and what the stream is for."""

import hashlib


def stream(seed: int, name: str, *more: int) -> int:
    """A 63-bit seed for one generator: equal arguments, equal numbers, on any machine and in any process."""
    key = "\x1f".join(map(str, (seed, name, *more))).encode()
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big") >> 1
