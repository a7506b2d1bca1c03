"""Files of text, rewritten in their own form with changed text in it: one kind of file a module."""

from collections.abc import Mapping
from pathlib import Path

from crosswind.catalog import suggestion
from crosswind.documents.base import Change, Changed, Document, Portion, Selection
from crosswind.documents.conllu import Conllu
from crosswind.documents.delimited import Delimited
from crosswind.documents.json_lines import JsonLines
from crosswind.documents.lines import Lines
from crosswind.documents.squad import Squad

KINDS: Mapping[str, Document] = {
    "text": Lines(),
    "jsonl": JsonLines(),
    "csv": Delimited(",", "csv"),
    "tsv": Delimited("\t", "raw"),
    "conllu": Conllu(),
    "squad": Squad(),
}
ENDINGS = {"txt": "text", "json": "squad", "ndjson": "jsonl"}


def document_for(path: Path | None, kind: str | None = None) -> Document:
    """The kind of a file by name or by its ending; standard input is plain text unless something else is said."""
    if kind is not None and kind not in KINDS:
        raise ValueError(f"{kind!r} is not a kind of file{suggestion(kind, KINDS)}")
    if kind is not None or path is None:
        return KINDS[kind or "text"]
    ending = path.suffix.removeprefix(".").lower()
    found = ENDINGS.get(ending, ending)
    if found not in KINDS:
        raise ValueError(
            f"{path} ends in {ending!r}, which says nothing about its kind; say it with --format, one of "
            f"{', '.join(KINDS)}"
        )
    return KINDS[found]


__all__ = ["KINDS", "Change", "Changed", "Document", "Portion", "Selection", "document_for"]
