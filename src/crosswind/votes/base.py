"""The contract of a vote: how often an example is read, and when the readings are too divided to be an answer."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field

from crosswind.identity import Record
from crosswind.text.words import Segmenter


@dataclass(frozen=True, slots=True)
class Text:
    """The texts of one example as a vote reads them, and the names that its randomness hangs on.

    `mask` is the token that stands for a word that is not to be seen, None where the encoder has none.
    """

    dataset: str
    split: str
    language: str
    uid: str
    fields: Mapping[str, str]
    cut: Segmenter
    role: str = ""
    mask: str | None = None


class Voting(Record):
    """Frozen settings of a vote. Of equal examples, draws are equal whichever model is asked and in which batch."""

    draws: int = Field(100, ge=1, description="readings of every example, of which the most frequent answer is taken")
    alpha: float = Field(
        0.05, gt=0, lt=1, description="abstain where the two best would be as far apart by chance more often than this"
    )

    @property
    def needs_translations(self) -> bool:
        """Whether its radius is a multiple of the distance between translations."""
        return False

    @property
    def readings(self) -> int:
        """How often the model reads an example."""
        return self.draws


class Rewording(Voting):
    """A vote whose readings are of other texts."""

    @abstractmethod
    def read(self, text: Text, draw: int) -> Mapping[str, str]:
        """The texts of one reading."""
