"""Text files opened strictly: UTF-8 or a sentence that says where it is not; their lines."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crosswind.sources.rows import Unreadable


def strictly_open(path: Path, newline: str | None = None) -> Any:
    """A file as UTF-8 text, with or without a byte order mark; raises Unreadable for one that is empty or not there."""
    try:
        if path.stat().st_size == 0:
            raise Unreadable(f"{path}: is empty; expected at least one row")
        return path.open(encoding="utf-8-sig", newline=newline)
    except OSError as error:
        raise Unreadable(f"{path}: cannot be read: {error.strerror}") from error


def decoded(path: Path, lines: Iterator[Any]) -> Iterator[Any]:
    """Lines as they come; a byte that is no UTF-8 is said with its line."""
    while True:
        try:
            yield next(lines)
        except StopIteration:
            return
        except UnicodeDecodeError as error:
            raise Unreadable(not_utf8(path)) from error


def not_utf8(path: Path) -> str:
    """Where the first wrong byte of a file stands, and what may help."""
    raw = path.read_bytes()
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return f"{path}: is UTF-16 text; expected UTF-8, so save it again (iconv -f UTF-16 -t UTF-8)"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return (
            f"{path}:{line}: is not UTF-8: byte {raw[error.start]:#04x} ({error.reason}); find out the file's encoding "
            "and save it again (iconv -f ENCODING -t UTF-8)"
        )
    raise AssertionError(f"{path} was no UTF-8 a moment ago")


def load_json(path: Path) -> Any:
    with strictly_open(path) as file:
        try:
            return json.loads("".join(decoded(path, file)))
        except json.JSONDecodeError as error:
            raise Unreadable(f"{path}:{error.lineno}: is no JSON: {error.msg}") from error


def plain_lines(path: Path) -> Iterator[str]:
    """The lines of a text file without their ends, of whatever kind."""
    with strictly_open(path) as file:
        for text in decoded(path, file):
            yield text.removesuffix("\n")
