"""Which edits a field can take: what they may not touch, and what the text must still be afterwards."""

import re
import unicodedata
from bisect import bisect_left, insort
from functools import lru_cache

from crosswind.text.edits import Edit, Span, conflict, inside, splice, straddles
from crosswind.text.item import Field
from crosswind.text.patterns import pattern

LETTER_OR_DIGIT = pattern(r"[\p{L}\p{N}]")
# A mark needs something to stand on; dotted circle, no-break space and joiners are the carriers that Unicode names.
ORPHAN = pattern(r"(?<![\p{L}\p{M}\p{Nd}\u00A0\u25CC\u200C\u200D])\p{M}")
UNASSIGNED = pattern(r"[\p{Cn}\p{Co}\p{Cs}]")
JOINER = pattern(r"[\u200C\u200D]")
SUSPECT = pattern("|".join(found.pattern for found in (ORPHAN, UNASSIGNED, JOINER)))
# Characters that may compose with what stands before them: marks and the conjoining vowels and finals of Hangul.
DEPENDENT = pattern(r"[\p{M}\u1160-\u11FF\uD7B0-\uD7FF]")


class Draft:
    """The edits that one field has taken so far, always sorted, free of conflict and legal."""

    def __init__(self, field: Field, adds_joiners: bool) -> None:
        self.field = field
        self.adds_joiners = adds_joiners
        self.edits: list[Edit] = []

    def add(self, edit: Edit) -> None:
        """Take an edit that is legal now."""
        insort(self.edits, edit)

    def remove(self, edit: Edit) -> None:
        """Give back the edit that was added last."""
        self.edits.remove(edit)

    def legal(self, edit: Edit) -> bool:
        """Whether the field can take this edit beside those it has."""
        assert self.field.text[edit.start : edit.end] != edit.new, f"{edit} replaces a text by itself"
        return self.is_free(edit) and self.spares_spans(edit) and self.leaves_text(edit)

    def is_free(self, edit: Edit) -> bool:
        """Whether no edit taken so far is in the way; in a sorted script only the two neighbours can be."""
        if not self.edits:
            return True
        place = bisect_left(self.edits, edit)
        return not any(conflict(edit, other) for other in self.edits[max(place - 1, 0) : place + 1])

    def spares_spans(self, edit: Edit) -> bool:
        """Whether frozen spans stay as they are, and keep spans stay whole and filled."""
        for start, end in self.field.frozen:
            if edit.start < end and start < edit.end:
                return False
        return not self.field.keep or all(self.spares_kept(edit, span) for span in self.field.keep)

    def spares_kept(self, edit: Edit, span: Span) -> bool:
        """Whether one keep span can still be projected, is still filled, and is solid if it has to be."""
        if not inside(edit, span):
            return not straddles(edit, span)
        before = self.field.text[slice(*span)]
        inner = (other for other in self.edits if inside(other, span))
        after = respliced(self.field.text, span, [*inner, edit])
        if not after or (LETTER_OR_DIGIT.search(before) and not LETTER_OR_DIGIT.search(after)):
            return False
        return not self.field.solid or spaces(after) <= spaces(before)

    def leaves_text(self, edit: Edit) -> bool:
        """Whether the text around the edit is still sound, judged against what it was before this edit."""
        text = self.field.text
        low, high, inner = self.window(edit)
        if inner:
            before = respliced(text, (low, high), inner)
            after = respliced(text, (low, high), [*inner, edit])
        else:
            before = text[low:high]
            after = text[low : edit.start] + edit.new + text[edit.end : high]
        return after.isascii() or is_sound(before, after, self.adds_joiners)

    def window(self, edit: Edit) -> tuple[int, int, list[Edit]]:
        """The clean range that decides what the edit does to the text, and the edits taken in it."""
        span = edit.start, edit.end
        while True:
            low, high = outward(self.field.text, *span)
            inner = [other for other in self.edits if other.end >= low and other.start <= high] if self.edits else []
            if not inner:
                return low, high, inner
            starts, ends = zip(*((one.start, one.end) for one in (edit, *inner)), strict=True)
            if span == (min(starts), max(ends)):
                return low, high, inner
            span = min(starts), max(ends)

    def is_sound(self) -> bool:
        """Whether the whole edited text is sound, which the windows are there to guarantee."""
        before = self.field.text
        after = splice(before, self.edits)
        return after.isascii() or is_sound(before, after, self.adds_joiners)


def is_sound(before: str, after: str, adds_joiners: bool) -> bool:
    """Whether `after` is NFC and has no more orphan marks, unassigned code points and new joiners than `before`."""
    if not unicodedata.is_normalized("NFC", after):
        return False
    if not SUSPECT.search(after):
        return True
    unwanted = (ORPHAN, UNASSIGNED) if adds_joiners else (ORPHAN, UNASSIGNED, JOINER)
    return all(count(bad, after) <= count(bad, before) for bad in unwanted)


def count(found: re.Pattern[str], text: str) -> int:
    """How often a pattern occurs."""
    return len(found.findall(text))


def spaces(text: str) -> int:
    """The number of white space characters."""
    return sum(map(str.isspace, text))


def respliced(text: str, span: Span, edits: list[Edit]) -> str:
    """The part of the text in `span` after the edits inside it, given in any order."""
    pieces: list[str] = []
    last, end = span
    for edit in sorted(edits):
        pieces += (text[last : edit.start], edit.new)
        last = edit.end
    return "".join(pieces) + text[last:end]


def outward(text: str, start: int, end: int) -> Span:
    """The range widened by what may compose with it: a whole cluster to the left, marks and one letter to the right."""
    while start > 0 and is_dependent(text[start - 1]):
        start -= 1
    while end < len(text) and is_dependent(text[end]):
        end += 1
    return max(start - 1, 0), min(end + 1, len(text))


@lru_cache(maxsize=2**14)
def is_dependent(character: str) -> bool:
    """Whether a character may compose with what stands before it."""
    return DEPENDENT.match(character) is not None
