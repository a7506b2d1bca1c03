"""A vote over texts with most of their words masked, and what it proves (RanMASK; Zeng et al. 2021).

Where answers hang on few words at a time, few changed words are seldom among them. `certify` further readings bound
how often the voted label is given, and from the bound follows how many words anybody may exchange without changing the
vote: see certificates.py. Where the authors' code keeps two words at least and its bound does not know of it, here one
is kept at least and the bound counts what was kept. A model must be trained on masked text for this: `mask` of an arm.
"""

from collections.abc import Mapping
from random import Random

from pydantic import Field

from crosswind.randomness import stream
from crosswind.text.masking import blanked
from crosswind.votes.base import Rewording, Text


class MaskedVote(Rewording):
    """Every reading sees other words of the text, all texts of an example together, and a mask for each other word."""

    rate: float = Field(0.7, gt=0, lt=1, description="share of the words that are masked; one at least is kept")
    certify: int = Field(0, ge=0, description="further readings that certify the vote; 5000 is usual, 0 certifies none")

    @property
    def readings(self) -> int:
        return self.draws + self.certify

    def read(self, text: Text, draw: int) -> Mapping[str, str]:
        assert text.mask, "voting.py has seen to it"
        dice = Random(stream(draw, f"mask {text.dataset} {text.language} {text.uid}"))
        return blanked(text.fields, text.language, text.cut, self.rate, dice, text.mask)
