"""Rows whose text is changed anew in every epoch: in place of the text as it was written, or as views beside it.

There are as many rows as without a change, and they meet in the same batches. Text that changed may be cut into more
windows or fewer: with fewer, the last stands in more rows than one; with more, rows have other ones in every epoch, so
that all have their turn. A view is the window that has the most words in common with its row.
"""

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from crosswind.formats.base import Feature
from crosswind.models.batch import Marks, View
from crosswind.text.edits import Span
from crosswind.train.rows import Lesson, Rows


class Alignment(ABC):
    """Which words of a changed text are which of the text as it was, for formats that ask of positions."""

    @abstractmethod
    def own(self, feature: Feature) -> Marks:
        """Where words of the text as it was stand in a feature of it."""

    @abstractmethod
    def its(self, feature: Feature) -> Marks:
        """Where the same words, under the same numbers, stand in a feature of the changed text."""


@dataclass(frozen=True, slots=True)
class Tokens(Alignment):
    """Words that have tags: of each word of the changed text, which one it was; None where it was none."""

    order: Sequence[int | None]

    def own(self, feature: Feature) -> Marks:
        return tuple((position, word) for position, word in feature.places)

    def its(self, feature: Feature) -> Marks:
        places = ((position, self.order[word]) for position, word in feature.places)
        return tuple((position, word) for position, word in places if word is not None)


@dataclass(frozen=True, slots=True)
class Stretches(Alignment):
    """Words of a context: where they are in the text as it was, and where in the changed text."""

    before: Sequence[Span]
    after: Sequence[Span]

    def own(self, feature: Feature) -> Marks:
        return tuple(marks(feature, self.before))

    def its(self, feature: Feature) -> Marks:
        return tuple(marks(feature, self.after))


def marks(feature: Feature, spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """The sub-words of a window that lie in one of the spans, with the span's number."""
    starts = [start for start, _ in spans]
    for position, first, last in feature.places:
        word = bisect_right(starts, last - 1) - 1  # by its end: some tokenizers count the space before a word in
        if first < last and word >= 0 and last <= spans[word][1]:
            yield position, word


@dataclass(frozen=True, slots=True)
class Redrawn:
    """An example as an epoch has it: its features, and how many of its `words` were `drawn` to change and did.

    `alignment` says which words it has in common with the text as it was; None where answers are of whole texts.
    """

    features: Sequence[Feature]
    words: int
    drawn: int
    changed: int
    alignment: Alignment | None = None


Draw = Callable[[Sequence[int], int], Sequence[Redrawn]]
"""The examples of some numbers as an epoch has them."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A row: the number of its example, and which of the example's windows it is."""

    example: int
    window: int
    windows: int

    def turn(self, features: Sequence[Feature], epoch: int) -> Feature:
        """What stands there in an epoch."""
        if len(features) > self.windows:
            return features[(self.window + epoch * self.windows) % len(features)]
        return features[min(self.window, len(features) - 1)]


def seats(examples: Sequence[Sequence[Feature]]) -> list[Seat]:
    """The rows of all examples in order."""
    return [
        Seat(example, window, len(features))
        for example, features in enumerate(examples)
        for window in range(len(features))
    ]


class Augmented(Rows):
    """The rows of one task under a change, in whose place or beside which an epoch has others."""

    def __init__(self, examples: Sequence[Sequence[Feature]], draw: Draw):
        """`examples` are the features of each as it was written."""
        self.features = [feature for own in examples for feature in own]
        self.seats = seats(examples)
        self.draw = draw
        self.sizes = [feature.length for feature in self.features]

    @property
    def lengths(self) -> Sequence[int]:
        """As the text was written, so that batches are those of training without a change."""
        return self.sizes

    def drawn(self, places: Sequence[int], epoch: int) -> list[tuple[int, Redrawn]]:
        """Some rows with what an epoch has for their examples."""
        numbers = list(dict.fromkeys(self.seats[place].example for place in places))
        found = dict(zip(numbers, self.draw(numbers, epoch), strict=True))
        return [(place, found[self.seats[place].example]) for place in places]

    def owned(self, place: int, feature: Feature) -> Feature:
        """A feature under the number of a row's example."""
        return replace(feature, example=self.features[place].example)


class Anew(Augmented):
    """Changed text in the place of the text as it was."""

    def at(self, places: Sequence[int], epoch: int) -> list[Feature]:
        return self.lesson(places, epoch).features

    def lesson(self, places: Sequence[int], epoch: int) -> Lesson:
        found = self.drawn(places, epoch)
        own = [self.owned(place, self.seats[place].turn(each.features, epoch)) for place, each in found]
        return Lesson(own, told=told([each for _, each in found]))


class Beside(Augmented):
    """Changed text beside the text as it was."""

    def at(self, places: Sequence[int], epoch: int) -> list[Feature]:  # noqa: ARG002  the same in all
        return [self.features[place] for place in places]

    def lesson(self, places: Sequence[int], epoch: int) -> Lesson:
        found = self.drawn(places, epoch)
        views = [view_of(self.features[place], each) for place, each in found]
        own = [
            replace(view, feature=self.owned(place, view.feature)) for place, view in zip(places, views, strict=True)
        ]
        return Lesson(self.at(places, epoch), views=own, told=told([each for _, each in found]))


def view_of(feature: Feature, redrawn: Redrawn) -> View:
    """The view of a feature that has the most words in common with it, the first of several."""
    alignment = redrawn.alignment
    if alignment is None:
        return View(redrawn.features[0], feature.units)
    own = alignment.own(feature)
    words = {word for _, word in own}
    its = [alignment.its(other) for other in redrawn.features]
    both = [words & {word for _, word in found} for found in its]
    best = max(range(len(its)), key=lambda number: len(both[number]))
    terms = len(both[best]) if isinstance(alignment, Tokens) else int(bool(both[best]))
    return View(redrawn.features[best], terms, shared(own, both[best]), shared(its[best], both[best]))


def shared(found: Marks, words: set[int]) -> Marks:
    """The marks of some words."""
    return tuple((position, word) for position, word in found if word in words)


def told(own: Sequence[Redrawn]) -> Mapping[str, float]:
    """The share of an update's words that changed, and the share of those drawn that could not."""
    words, drawn, changed = (sum(getattr(each, name) for each in own) for name in ("words", "drawn", "changed"))
    return {"changed_words": changed / max(1, words), "unmatched": (drawn - changed) / max(1, drawn)}
