"""Normal form C with a map of offsets, so that an answer's place survives normalisation."""

import unicodedata
from typing import NamedTuple

from crosswind.text.edits import Edit, Projection, Span, splice
from crosswind.text.patterns import CLUSTER


class Normalised(NamedTuple):
    """A text in NFC, and the edits that lead to it from the raw text, one for each cluster that changed."""

    text: str
    edits: tuple[Edit, ...]

    def span(self, span: Span) -> Span:
        """Where a raw span lies in the NFC text; an edge inside a changed cluster is widened to the whole cluster."""
        start, end = span
        for edit in self.edits:
            start = edit.start if edit.start < start < edit.end else start
            end = edit.end if edit.start < end < edit.end else end
        return Projection(self.edits).span((start, end))


def normalise(raw: str) -> Normalised:
    """The NFC of a raw text with its map; an empty map means that the text was NFC as it came."""
    if unicodedata.is_normalized("NFC", raw):
        return Normalised(raw, ())
    edits = []
    for match in CLUSTER.finditer(raw):
        composed = unicodedata.normalize("NFC", match.group())
        if composed != match.group():
            edits.append(Edit(match.start(), match.end(), composed))
    text = splice(raw, edits)
    assert text == unicodedata.normalize("NFC", raw), "normalisation reached over the border of a grapheme cluster"
    return Normalised(text, tuple(edits))
