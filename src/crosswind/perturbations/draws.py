"""Randomness as a pure function of what is decided: no state, no order, no generator to pass on."""

from hashlib import blake2b

from crosswind.text.item import Field

SEPARATOR = "\x1f"


def uniform(*parts: str | int) -> float:
    """A number in [0, 1) that depends on the parts alone; raises ValueError where one holds U+001F."""
    return fraction(blake2b(key(*parts).encode(), digest_size=8).digest())


def rank(dataset: str, split: str, uid: str) -> float:
    """The place of an item in every subset: the n items of lowest rank, the same in all languages and perturbations."""
    return uniform("rank", dataset, split, uid)


class Draw:
    """The draws of one perturbation with one seed on one split; severity is never part of a key."""

    def __init__(self, suite: str, perturbation: str, seed: int, dataset: str, split: str) -> None:
        self.prefix = key(suite, perturbation, seed, dataset, split)
        self.started = blake2b(self.prefix.encode(), digest_size=8)  # copying it is cheaper than hashing the prefix

    def __call__(self, field: Field, name: str, purpose: str, kind: str, index: int, *more: str | int) -> float:
        """A number in [0, 1) for one decision about the unit `index` of its kind in the field called `name`.

        Purposes: "select" (is the unit edited), "option" (which option; `more` is its number), "pick" (what goes into
        an option).
        """
        hasher = self.started.copy()
        hasher.update(SEPARATOR.encode() + key(field.lang, field.owner, name, purpose, kind, index, *more).encode())
        return fraction(hasher.digest())


def key(*parts: str | int) -> str:
    """The parts as one text that no other parts have."""
    text = SEPARATOR.join(map(str, parts))
    if text.count(SEPARATOR) != len(parts) - 1:
        raise ValueError(
            f"{parts!r}: U+001F separates the parts of a key, so no part may hold it; remove it from the id"
        )
    return text


def fraction(digest: bytes) -> float:
    """Eight bytes as a number in [0, 1)."""
    # 53 bits are what a float holds; dividing all 64 could round up to 1.0
    return (int.from_bytes(digest, "big") >> 11) * 2.0**-53
