"""Plain text: every line is a text of its own, known by its number; empty lines stay empty."""

from collections.abc import Iterator

from crosswind.documents.base import Change, Document, Portion, Selection


class Lines(Document):
    """One text a line."""

    def rewritten(self, lines: Iterator[str], source: str, selection: Selection, change: Change) -> Iterator[str]:
        for number, line in enumerate(lines, 1):
            text = line.rstrip("\r\n")
            end = line[len(text) :]
            if text.strip():
                portion = Portion(str(number), f"{source}:{number}", selection.language, {"text": text})
                text = change(portion).texts["text"]
            yield text + end
