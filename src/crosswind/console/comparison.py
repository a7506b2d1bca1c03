"""A text before and after its edits, one line above the other, for a terminal or for any other reader."""

from collections.abc import Iterator, Sequence
from typing import Any

from crosswind.text.edits import Edit
from crosswind.text.visible import stretches, visible

GONE, NEW = "[-{}-]", "{{+{}+}}"


def marked(text: str, edits: Sequence[Edit]) -> Iterator[str]:
    """Both versions as plain lines, with what was removed and what was put in between marks."""
    cut = list(stretches(text, edits))
    yield "- " + "".join(wrapped(each.before, GONE, each.is_changed) for each in cut)
    yield "+ " + "".join(wrapped(each.after, NEW, each.is_changed) for each in cut)


def wrapped(part: str, marks: str, is_changed: bool) -> str:
    return marks.format(visible(part)) if is_changed and part else visible(part)


def coloured(text: str, edits: Sequence[Edit]) -> Iterator[Any]:
    """Both versions as lines of `rich`, with what was removed in red and what was put in in green."""
    from rich.text import Text

    cut = list(stretches(text, edits))
    for sign, style, parts in (
        ("- ", "bold white on red", [each.before for each in cut]),
        ("+ ", "bold white on dark_green", [each.after for each in cut]),
    ):
        line = Text(sign, style="dim", end="\n")
        for part, each in zip(parts, cut, strict=True):
            line.append(visible(part), style if each.is_changed else "default")
        yield line
