"""The same item in two languages."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar

from crosswind.formats.base import Example, Format

E = TypeVar("E", bound=Example)


def matched(form: Format[Any], first: Sequence[E], second: Sequence[E]) -> tuple[list[tuple[E, E]], Counter[str]]:
    """The items that both have, in the order of the first, and how many of the first were left out and why.

    An item whose label is another one in the other language is no translation of itself any more.
    """
    others = {example.uid: example for example in second}
    found: list[tuple[E, E]] = []
    left: Counter[str] = Counter()
    for example in first:
        other = others.get(example.uid)
        if other is None:
            left["the other language lacks the item"] += 1
        elif not form.agree(example, other):
            left["its label differs in the other language"] += 1
        else:
            found.append((example, other))
    return found, left
