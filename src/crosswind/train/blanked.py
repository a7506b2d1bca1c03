"""Training text of which other words are masked in every epoch, as a vote over masked texts will ask about it.

Without it a model has never seen text with most of its words missing, and such a vote says nothing (RanMASK; Zeng et
al. 2021). Words are masked as there: one mask for a word, however many pieces it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from crosswind.formats.base import Example, Feature, Format, Reworded
from crosswind.formats.subwords import Tokenizer
from crosswind.randomness import stream
from crosswind.text.masking import blanked
from crosswind.text.words import Segmenter
from crosswind.train.rows import Rows


@dataclass(frozen=True, slots=True)
class Reader:
    """What makes features of examples: their format, the labels, the tokenizer, the length; and what cuts words."""

    form: Format[Any]
    labels: Sequence[str]
    tokenizer: Tokenizer
    max_length: int
    cut: Segmenter
    mask: str


@dataclass(frozen=True, slots=True)
class Blanked(Rows):
    """Rows of which a share of the words is masked, drawn anew in every epoch by the epoch and the row alone.

    `features` are those of the whole text, one for each example; `languages` say how each example is cut into words.
    """

    examples: Sequence[Example]
    languages: Sequence[str]
    features: Sequence[Feature]
    reader: Reader
    rate: float
    seed: int

    @property
    def lengths(self) -> Sequence[int]:
        return [feature.length for feature in self.features]

    def at(self, places: Sequence[int], epoch: int) -> list[Feature]:
        reader = self.reader
        hidden = [self.hidden(place, epoch) for place in places]
        found = reader.form.encode(hidden, reader.labels, reader.tokenizer, reader.max_length).features
        assert len(found) == len(places), "an example of these formats is one feature"
        return [replace(own, example=self.features[place].example) for place, own in zip(places, found, strict=True)]

    def hidden(self, place: int, epoch: int) -> Example:
        """One example with words masked."""
        example, reader = self.examples[place], self.reader
        dice = Random(stream(self.seed, "mask", epoch, place))
        texts = blanked(reader.form.fields(example), self.languages[place], reader.cut, self.rate, dice, reader.mask)
        changed: Example = reader.form.with_fields(example, texts, Reworded(texts))
        return changed
