"""The contract of a reader.

A reader is strict. What makes a whole file unreadable raises Unreadable; a row that is broken comes as a row with a
`problem`, so that it can be refused with its place or left out and counted.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from crosswind.sources.rows import Row


class Reader(ABC):
    """How one kind of file becomes rows. `num_paths` is how many files make up one split."""

    num_paths: ClassVar[int] = 1

    @abstractmethod
    def read(self, *paths: Path) -> Iterator[Row]:
        """The rows of the files that make up one split, in order."""
