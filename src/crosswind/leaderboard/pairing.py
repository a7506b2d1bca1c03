"""Labels and predictions brought together: line by line, or by id."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from crosswind.leaderboard.files import Refused, told
from crosswind.quantities import counted_things

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Paired:
    """Gold and answer of every example; how many examples have no answer, how many answers belong to no example."""

    pairs: Sequence[tuple[Any, Any]]
    missing: int = 0
    extra: int = 0


def by_line(labels: Path, predictions: Path, read: Callable[[Path], list[Any]]) -> Paired:
    """Both files side by side; raises Refused unless they are equally long."""
    golden, found = both(lambda: read(labels), lambda: read(predictions))
    if len(golden) != len(found):
        advice = "One line stands for one example, in the order of the official file"
        counts = counted_things(len(found), "line"), f"{len(golden)} as in {labels}"
        raise Refused(told(predictions, max(1, len(found)), *counts, advice))
    return Paired(list(zip(golden, found, strict=True)))


def by_id(golden: Mapping[str, Any], found: Mapping[str, Any], nothing: object) -> Paired:
    """Every gold id with its answer or, without one, `nothing`."""
    pairs = [(gold, found.get(name, nothing)) for name, gold in golden.items()]
    return Paired(pairs, missing=len(golden.keys() - found.keys()), extra=len(found.keys() - golden.keys()))


def both(first: Callable[[], T], second: Callable[[], U]) -> tuple[T, U]:
    """What two readers give; raises Refused with the mistakes of both."""
    try:
        one = first()
    except Refused as refused:
        try:
            second()
        except Refused as other:
            raise Refused(*refused.told, *other.told) from None
        raise
    return one, second()
