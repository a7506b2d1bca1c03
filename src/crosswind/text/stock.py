"""What lies beside an item for changes of its text to draw from: translated phrases, words, sentences, names.

It is gathered once for a dataset, from data alone or by the pre-trained encoder, before any model is trained. A change
that draws from it stays a pure function of the item.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from crosswind.text.edits import Span


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of a field's text and what may stand in its place in another language.

    `source` says how it is known: "aligned" in the item's own parallel version, "confirmed" by a dictionary and found
    there, or in a "dictionary" alone.
    """

    span: Span
    text: str
    language: str
    similarity: float
    source: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, and what it was taken from: nothing may be distracted by its own article."""

    text: str
    article: str


@dataclass(frozen=True, slots=True)
class Stock:
    """Everything beside an item: phrases by field, passages of its dataset, names of its language by type of entity.

    `words` are tables of what may stand for a word, by the language of what may: as a rule shared by all items.
    `near` are the passages most similar to its question, the most similar first. `answers` are the right answers to the
    question, which no distractor may hold. A name of several words has a space between them.
    """

    phrases: Mapping[str, tuple[Phrase, ...]] = field(default_factory=lambda: MappingProxyType({}))
    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=lambda: MappingProxyType({}))
    passages: tuple[Passage, ...] = ()
    near: tuple[Passage, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    article: str = ""
    answers: tuple[str, ...] = ()


NOTHING = Stock()
