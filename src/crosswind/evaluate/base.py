"""What a metric is: numbers of single examples that add up, and scores of the sums."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar


class Metric(ABC):
    """`main` names the score that stands for the task."""

    sums: ClassVar[tuple[str, ...]]
    main: ClassVar[str]

    @abstractmethod
    def measure(self, gold: object, answer: object, language: str, /) -> tuple[float, ...]:
        """One example's contribution to each of `sums`; `language` is that of the text that holds the answer."""

    def settled(
        self,
        measured: Sequence[tuple[float, ...]],
        clusters: Sequence[str],  # noqa: ARG002
    ) -> Sequence[tuple[float, ...]]:
        """The contributions of all examples, by cluster, where one depends on the others of its cluster."""
        return measured

    @abstractmethod
    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        """The scores that the totals amount to."""

    def totals(self, rows: Iterable[Sequence[float]]) -> dict[str, float]:
        """What the contributions of many examples add up to."""
        columns = list(zip(*rows, strict=True)) or [()] * len(self.sums)
        return {name: float(sum(column)) for name, column in zip(self.sums, columns, strict=True)}


def points(part: float, whole: float) -> float:
    """A share in points; 0 where there is nothing to share."""
    return 100.0 * part / whole if whole else 0.0


def f1_scores(totals: Mapping[str, float]) -> dict[str, float]:
    """F1, precision and recall of what was found and what there is to find."""
    return {
        "f1": points(2 * totals["hits"], totals["found"] + totals["golden"]),
        "precision": points(totals["hits"], totals["found"]),
        "recall": points(totals["hits"], totals["golden"]),
    }


def names(value: object) -> Sequence[str]:
    """Several tags, texts or ids."""
    assert isinstance(value, tuple | list), value
    return value
