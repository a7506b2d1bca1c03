"""Words out of order, but never far from their place: how much of a score does word order carry at all?

Sinha et al. (2021) found an order of words for almost every item of natural language inference under which models gave
the right label still. So what is measured is a sensitivity: nobody vouches for the label of shuffled text.
"""

from collections.abc import Sequence
from typing import ClassVar

from crosswind.perturbations.base import Family, Fixed, Levels, Rewrite, Rewritten
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.units import Option
from crosswind.text.edits import Edit, Span
from crosswind.text.item import Field, Item

WINDOWS = (2, 2, 3, 4, 5)  # words
LEVELS = Levels({"window": (1.0,) * len(WINDOWS)})


class ShuffleLocal(Fixed, Rewrite):
    """The words of every two to five in a row change places, the higher the level the more; no window stays as it was.

    What stands between words stays, and so do words that an answer or a link is a part of: other words move around
    them, and the answer is found again. Tagged words take their tags along; tokens without a letter keep their place.
    """

    family: ClassVar[Family] = "diagnostic"
    adds_joiners: ClassVar[bool] = True  # it only moves those that are there

    @property
    def levels(self) -> Levels:
        """Windows of 2, 2, 3, 4 and 5 words."""
        return LEVELS

    def option(self, item: Item, level: int, draw: Draw) -> Option | None:
        """All words in their new order as one change."""
        edits = []
        for name, text in self.targets(item):
            for place, other in enumerate(order(text, name, movable(text), level, draw)):
                (start, end), source = text.words[place], text.words[other]
                if text.text[start:end] != text.text[slice(*source)]:
                    edits.append((name, Edit(start, end, text.text[slice(*source)])))
        return Option("shuffle", tuple(edits)) if edits else None

    def rewrite(self, item: Item, labels: Sequence[str], level: int, draw: Draw) -> Rewritten:
        """The tokens in their new order, each with its label."""
        ((name, text),) = item.fields.items()
        words = set(text.words)
        places = [place for place, span in enumerate(text.keep) if span in words]
        moved = list(range(len(text.keep)))
        for place, other in zip(places, order(text, name, [True] * len(places), level, draw), strict=True):
            moved[place] = places[other]
        tokens = tuple(text.text[slice(*text.keep[place])] for place in moved)
        tags = tuple(labels[place] for place in moved) if labels else ()
        return Rewritten(item, tokens, tags, order=tuple(moved))


def movable(text: Field) -> list[bool]:
    """For every word whether it lies outside all spans that must stay."""
    return [not any(meets(word, span) for span in (*text.keep, *text.frozen)) for word in text.words]


def meets(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one[0] < other[1] and other[0] < one[1]


def order(text: Field, name: str, moves: Sequence[bool], level: int, draw: Draw) -> list[int]:
    """For every place the number of the word that stands there now."""
    found = list(range(len(moves)))
    size = WINDOWS[level - 1]
    for first in range(0, len(moves), size):
        places = [place for place in range(first, min(first + size, len(moves))) if moves[place]]
        now = sorted(places, key=lambda place: draw(text, name, "pick", "window", place))
        if now == places:
            now = [*places[1:], *places[:1]]
        for place, other in zip(places, now, strict=True):
            found[place] = other
    return found
