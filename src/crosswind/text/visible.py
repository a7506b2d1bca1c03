"""Text as people can check it: characters that leave no ink stand as their code points, changes stand in marks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crosswind.text.clusters import clusters
from crosswind.text.edits import Edit, splice
from crosswind.text.patterns import pattern

# Format characters, controls, fillers and variation selectors, and all spaces that look like U+0020 without being it.
INKLESS = pattern(r"(?! )[\p{Cf}\p{Cc}\p{Zs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]")


def visible(text: str) -> str:
    """The text with every inkless character as `<U+2060>`."""
    return INKLESS.sub(lambda match: f"<U+{ord(match.group()):04X}>", text)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text before and after its edits; the same twice where nothing was edited."""

    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def stretches(text: str, edits: Sequence[Edit]) -> Iterator[Stretch]:
    """The text cut into what was edited and what was not; at edges of clusters, so that no mark stands alone."""
    last = 0
    for start, end, inner in widened(text, edits):
        if last < start:
            yield Stretch(text[last:start], text[last:start])
        own = [Edit(edit.start - start, edit.end - start, edit.new) for edit in inner]
        yield Stretch(text[start:end], splice(text[start:end], own))
        last = end
    if last < len(text):
        yield Stretch(text[last:], text[last:])


def widened(text: str, edits: Sequence[Edit]) -> list[tuple[int, int, list[Edit]]]:
    """The ranges of the edits widened to whole clusters, those that then touch the same cluster as one."""
    found: list[tuple[int, int, list[Edit]]] = []
    spans = iter(clusters(text))
    span = next(spans, (0, 0))
    for edit in edits:
        while span[1] <= edit.start and span[1] < len(text):
            span = next(spans)
        start = span[0] if span[0] < edit.start < span[1] else edit.start
        while span[1] < edit.end:
            span = next(spans)
        end = span[1] if span[0] < edit.end < span[1] else edit.end
        if found and start < found[-1][1]:
            first, _, inner = found.pop()
            found.append((first, max(end, edit.end), [*inner, edit]))
        else:
            found.append((start, end, [edit]))
    return found
