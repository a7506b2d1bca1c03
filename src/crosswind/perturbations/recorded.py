"""Text that somebody else has perturbed, read from the user's files: real misspellings, or sets exported before.

A file holds test items of one language. Exported records (gauntlet/records.py) go by the ids of items. Rows of other
files seldom have ids, so that each goes to the clean item that it is most like; what is like none is left out and
counted. Labels are always those of the clean items.
"""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from crosswind.perturbations.base import Family, Levels
from crosswind.perturbations.own_files import OfFiles

LEVELS = Levels({"item": (1.0,)}, core=(1,))


class Recorded(OfFiles):
    """The items of `files`, one file a language, under a `title` that tells this recording from others.

    It has no severity. `licence` is printed with the results. `columns` names the columns that hold the texts of an
    item where they are not called as usual, `quote` is what stands around every text and is no part of it.
    """

    family: ClassVar[Family] = "recorded"
    holds: ClassVar[str] = "perturbed items"

    title: str = Field("untitled", pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$", description="what it is called in tables")
    licence: str = Field("", description="of the files, printed with the results")
    columns: Mapping[str, str] = Field(default_factory=dict, description="column that holds a text, by the text's name")
    quote: str = Field("", max_length=1, description="what stands around every text")

    @property
    def levels(self) -> Levels:
        """One."""
        return LEVELS

    @property
    def variant(self) -> str:
        """The title."""
        return self.title

    @property
    def unnamed(self) -> frozenset[str]:
        """The title says it all."""
        return frozenset({"contents", "licence", "columns", "quote", "title"})

    @property
    def acknowledgement(self) -> str:
        """The licence of the files."""
        return f"{self.label}: recorded text, licence {self.licence}" if self.licence else ""
