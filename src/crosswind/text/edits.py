"""Edit scripts: how one text becomes another, and where a span of the first lies in the second.

All offsets count code points of the clean text, and spans are half-open.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from crosswind.text.patterns import MARK

Span = tuple[int, int]


class Edit(NamedTuple):
    """Replace `text[start:end]` by `new`; `start == end` inserts, an empty `new` deletes, never both."""

    # A tuple and not a dataclass: perturbations make dozens for every one that is kept, and tuples sort by position.
    start: int
    end: int
    new: str


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text after the edits, which are sorted and pairwise free of conflict; raises ValueError if they are not."""
    check_script(text, edits)
    return splice(text, edits)


def splice(text: str, edits: Sequence[Edit]) -> str:
    """`apply` for edits that are known to be sorted and free of conflict."""
    pieces: list[str] = []
    last = 0
    for start, end, new in edits:
        pieces += (text[last:start], new)
        last = end
    pieces.append(text[last:])
    return "".join(pieces)


def check_script(text: str, edits: Sequence[Edit]) -> None:
    """Raises ValueError where the edits leave the text, stand out of order, conflict, or do nothing."""
    for edit in edits:
        if not 0 <= edit.start <= edit.end <= len(text) or text[edit.start : edit.end] == edit.new:
            raise ValueError(
                f"{edit} is no edit of a text of {len(text)} code points: "
                "expected 0 <= start <= end <= length, and a replacement that differs from what it replaces"
            )
    for first, second in pairwise(edits):
        if first > second or conflict(first, second):
            raise ValueError(f"{first} before {second}: expected sorted edits that do not touch the same place")


def straddles(edit: Edit, span: Span) -> bool:
    """Whether an edge of the span lies strictly inside the replaced range, so that it has no place in the new text."""
    return edit.start < span[0] < edit.end or edit.start < span[1] < edit.end


def inside(edit: Edit, span: Span) -> bool:
    """Whether the edit changes what is in the span; a pure insertion at either edge stays outside."""
    if edit.start == edit.end:
        return span[0] < edit.start < span[1]
    return span[0] <= edit.start and edit.end <= span[1]


def conflict(first: Edit, second: Edit) -> bool:
    """Whether two edits may not stand in one script; replacements may be adjacent, a pure insertion touches nothing."""
    if first.start == first.end or second.start == second.end:
        return first.start <= second.end and second.start <= first.end
    return first.start < second.end and second.start < first.end


def narrowed(start: int, old: str, new: str) -> Edit:
    """The edit that makes `new` of the `old` text at `start`, less the characters that both begin and end with."""
    head = shared_prefix(old, new)
    tail = shared_prefix(old[head:][::-1], new[head:][::-1])
    while tail and MARK.match(old[len(old) - tail]):
        tail -= 1  # a mark goes with its letter
    return Edit(start + head, start + len(old) - tail, new[head : len(new) - tail])


def shared_prefix(first: str, second: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))


class Projection:
    """The monotone map from clean boundaries to boundaries of the edited text; text inserted at an edge stays outside.

    Only boundaries that no edit straddles may be asked for.
    """

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.starts = [edit.start for edit in edits]
        self.ends = [edit.end for edit in edits]
        self.shifts = list(accumulate((len(edit.new) - (edit.end - edit.start) for edit in edits), initial=0))

    def left(self, boundary: int) -> int:
        """Where a span that begins at `boundary` begins now."""
        return boundary + self.shifts[bisect_right(self.ends, boundary)]

    def right(self, boundary: int) -> int:
        """Where a span that ends at `boundary` ends now."""
        before = bisect_right(self.ends, boundary)
        while before and self.starts[before - 1] == self.ends[before - 1] == boundary:
            before -= 1
        return boundary + self.shifts[before]

    def span(self, span: Span) -> Span:
        """Where a non-empty clean span lies now."""
        return self.left(span[0]), self.right(span[1])
