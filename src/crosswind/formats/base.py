"""The contract of a task format.

A format turns examples into features (`encode`), a model's raw numbers into answers (`decode`), and an example into the
text item that perturbations edit and back (`item`, `restore`). It knows no model and no metric.
"""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from random import Random
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from crosswind.formats.subwords import Tokenizer, Tokens
from crosswind.text.edits import Projection
from crosswind.text.item import Field, Item, plain_field
from crosswind.text.stock import NOTHING, Stock
from crosswind.text.words import BUILTIN, Segmenter

UNSCORED = -100  # a target that no loss counts; torch's own default


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One labelled item. `cluster` names what is resampled together: one premise, one paragraph, one parallel item."""

    uid: str
    cluster: str


@dataclass(frozen=True, slots=True)
class Feature:
    """What the model sees of one example, or of one window of it.

    `target` is what the head learns: a label index; one for every position, UNSCORED where there is none; a start and
    an end. `units` counts the terms that the feature adds to the loss, which is their mean over a batch. `places` ties
    positions back to the example: (position, word) in tagging, (position, first character, last character) in spans,
    (position,) of every word that may be hidden in raw text.
    """

    example: int
    rows: tuple[Tokens, ...]
    target: int | tuple[int, ...] | None = None
    places: tuple[tuple[int, ...], ...] = ()
    units: int = 1

    @property
    def length(self) -> int:
        return max(len(row) for row in self.rows)

    @property
    def key(self) -> tuple[Tokens, ...]:
        """Equal keys are equal inputs: the model need not run twice on them."""
        return self.rows


@dataclass(frozen=True, slots=True)
class Encoding:
    """The features of a dataset, and the places of the examples that lost text because they were too long."""

    features: list[Feature] = field(default_factory=list)
    cut: frozenset[int] = frozenset()

    @property
    def truncated(self) -> int:
        """How many examples lost text."""
        return len(self.cut)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says about one example: comparable with the format's `gold`, and how sure it was.

    `ranking` are the numbers of all that it could have said, the likeliest first; empty where that is no short list,
    or where the value itself is one.
    """

    value: Any
    margin: float
    ranking: tuple[int, ...] = ()


class Changed(Protocol):
    """What a format needs of perturbed text: the new text of a field, and where its old boundaries went."""

    def text(self, field: str) -> str: ...

    def projection(self, field: str) -> Projection: ...


@dataclass(frozen=True, slots=True)
class Reworded:
    """Other texts in the place of an example's, for labels that have no place in the text."""

    texts: Mapping[str, str]

    def text(self, field: str) -> str:
        return self.texts[field]

    def projection(self, field: str) -> Projection:
        raise TypeError(f"a label for all of a text has no place in it that could be asked for ({field})")


class Rewritten(Protocol):
    """What a format needs of words that were changed together with their tags."""

    @property
    def tokens(self) -> tuple[str, ...]: ...

    @property
    def labels(self) -> tuple[str, ...]: ...


E = TypeVar("E", bound=Example)


class Format(ABC, Generic[E]):
    """One shape of task. Stateless; one instance of each lives in `crosswind.formats`."""

    name: ClassVar[str]
    layouts: ClassVar[tuple[tuple[str, ...], ...]]  # the names of the texts of an example, one for each kind of example
    example: type[E]

    @abstractmethod
    def fields(self, example: E) -> Mapping[str, str]:
        """The texts of an example by field name, in order."""

    @abstractmethod
    def with_fields(self, example: E, texts: Mapping[str, str], perturbed: Changed) -> E:
        """The example with its texts replaced and its labels projected onto them."""

    @abstractmethod
    def encode(self, examples: Sequence[E], labels: Sequence[str], tokenizer: Tokenizer, max_length: int) -> Encoding:
        """Features of all examples, in order; an example may have several."""

    @abstractmethod
    def decode(self, example: E, labels: Sequence[str], features: Sequence[Feature], outputs: Sequence[Any]) -> Answer:
        """The answer to one example from the model's outputs on its features (numpy arrays, one per feature)."""

    @abstractmethod
    def gold(self, example: E) -> Any:
        """What `Answer.value` is compared with."""

    def check(self, example: E, labels: Sequence[str]) -> None:
        """Raise ValueError where an example cannot be learned from or scored; a format that says nothing takes any."""

    def normalised(self, example: E) -> E:
        """The example with all its text in normal form C."""
        texts = (own.name for own in fields(example) if own.name not in {"uid", "cluster"})
        return replace(example, **{name: in_nfc(getattr(example, name)) for name in texts})

    def knows(self, field: str) -> bool:
        """Whether there are examples with a text of that name."""
        return any(field in layout for layout in self.layouts)

    def is_whole(self, fields: Sequence[str]) -> bool:
        """Whether names are those of all texts of an example, and not of a part of another kind of example."""
        own = set(fields)
        return own in map(set, self.layouts) and not any(own < set(layout) for layout in self.layouts)

    def agree(self, example: E, other: E) -> bool:
        """Whether two versions of one item have the same answer: then parts of both make an item with that answer."""
        return bool(self.gold(example) == self.gold(other))

    def paired(self, example: E, other: E) -> E:  # noqa: ARG002
        """The item with its second part as `other` has it; raises ValueError where there are no two parts."""
        raise ValueError(f"example {example.uid!r} has no second part that could be in another language")

    @abstractmethod
    def relabel(self, examples: Sequence[E], draws: Random) -> list[E]:
        """The examples under labels that say nothing about their text, as frequent as before: a control."""

    def spell(self, value: Any) -> str:
        """A gold or answer value as one string, for outcome tables."""
        return value if isinstance(value, str) else " ".join(value)

    def field(self, example: E, name: str, text: str, language: str, cut: Segmenter) -> Field:  # noqa: ARG002
        """One text as a perturbation sees it."""
        return plain_field(text, language, example.uid, segmenter=cut)

    def item(
        self,
        example: E,
        dataset: str,
        split: str,
        language: str,
        stock: Stock = NOTHING,
        cut: Segmenter = BUILTIN,
        role: str = "",
    ) -> Item:
        """The example as a perturbation sees it: its texts, without its label."""
        texts = self.fields(example)
        fields = {name: self.field(example, name, text, language, cut) for name, text in texts.items()}
        return Item(dataset=dataset, split=split, uid=example.uid, fields=fields, stock=stock, role=role)

    def read_together(self, examples: Sequence[E]) -> Sequence[E]:
        """The examples as their texts must be seen where several share one: with the labels of all on it."""
        return examples

    def restore(self, example: E, perturbed: Changed) -> E:
        """The example with the perturbed texts."""
        return self.with_fields(example, {name: perturbed.text(name) for name in self.fields(example)}, perturbed)

    def word_labels(self, example: E) -> tuple[str, ...] | None:  # noqa: ARG002
        """The labels of single words, which move with them; None where only whole texts have labels."""
        return None

    def rewritten(self, example: E, changed: Rewritten) -> E:  # noqa: ARG002
        """The example with other words and their labels; only for formats whose words have some."""
        raise TypeError(f"no word of a {self.name} example has a label that could move with it")


def flagged(flags: Iterable[bool]) -> frozenset[int]:
    """Where flags are set."""
    return frozenset(place for place, flag in enumerate(flags) if flag)


def in_nfc(value: Any) -> Any:
    """A field's value with every text in it in normal form C; records that are inside keep their names."""
    match value:
        case str():
            return value if unicodedata.is_normalized("NFC", value) else unicodedata.normalize("NFC", value)
        case tuple():
            return tuple(map(in_nfc, value))
    return value


def shuffle(items: list[Any], draws: Random) -> None:
    """Fisher and Yates, on the one kind of draw that Python promises never to change."""
    for last in range(len(items) - 1, 0, -1):
        other = int(draws.random() * (last + 1))
        items[last], items[other] = items[other], items[last]


def margin(scores: Sequence[float]) -> float:
    """Distance between the best and the second-best score; 0 where there is no choice."""
    ordered = sorted(scores, reverse=True)
    return float(ordered[0] - ordered[1]) if len(ordered) > 1 else 0.0


def ranked(scores: Sequence[float]) -> tuple[int, ...]:
    """The places of scores from the highest to the lowest; of equal ones the first is first, as in argmax."""
    return tuple(sorted(range(len(scores)), key=lambda place: -scores[place]))


def label_index(labels: Sequence[str], label: str, uid: str) -> int:
    """The position of a label; raises ValueError naming the example when the task does not know it."""
    if label not in labels:
        raise ValueError(f"example {uid!r} has label {label!r}; the task knows {', '.join(labels)}")
    return labels.index(label)
