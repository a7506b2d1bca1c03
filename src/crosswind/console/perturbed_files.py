"""A file perturbed into another of its own kind: what `crosswind perturb` does.

The new file appears when it is whole and not before, so that Ctrl-C, a broken row or a full disk leave none behind.
"""

import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from crosswind.console.comparison import coloured, marked
from crosswind.documents import Changed, Document, Portion, Selection
from crosswind.languages import LANGUAGES
from crosswind.perturber import Noisy, Perturber
from crosswind.quantities import counted_things
from crosswind.text.edits import Span

LINE_SECONDS = 10.0
STANDARD_INPUT = "standard input"
SHOWN_FIELDS = frozenset({"text"})


@dataclass
class Workbench:
    """What changes portions one after the other, and counts what it did. `note` is told of every text."""

    perturber: Callable[[str], Perturber]  # for a language
    note: Callable[[Portion, str, Noisy], None]
    perturbers: dict[str, Perturber] = field(default_factory=dict)
    texts: int = 0
    changed: int = 0
    edits: int = 0

    def __call__(self, portion: Portion) -> Changed:
        """The portion with all its texts changed, each by noise of its own."""
        if not portion.language:
            raise ValueError(f"{portion.place}: in which language is it? Say --language CODE, or name a column with it")
        perturber = self.perturbers.setdefault(portion.language, self.perturber(portion.language))
        if portion.tokens:
            return Changed(tokens=self.one(perturber, portion, "tokens", portion.tokens).parts)
        texts: dict[str, str] = {}
        spans: dict[str, tuple[Span, ...]] = {}
        for name, text in portion.texts.items():
            kept = portion.spans.get(name, ())
            found = self.one(perturber, portion, name, (text, kept) if kept else text)
            texts[name] = found.text
            spans |= {name: found.spans} if name in portion.spans else {}
        return Changed(texts, spans)

    def one(self, perturber: Perturber, portion: Portion, name: str, source: Any) -> Noisy:
        try:
            found = perturber(source, f"{portion.uid}/{name}")
        except ValueError as error:
            raise ValueError(f"{portion.place}: {error}") from error
        self.texts += 1
        self.changed += bool(found.edits)
        self.edits += len(found.edits)
        self.note(portion, name, found)
        return found


def perturb_file(
    path: Path | None, kind: Document, selection: Selection, bench: Workbench, out: Path | None
) -> Iterator[str]:
    """Write the perturbed file; yield what to tell afterwards, which is nothing where it goes to standard output."""
    with reading(path) as (lines, source), writing(out) as target:
        for piece in kind.rewritten(lines, source, selection, bench):
            target.write(piece)
        if not bench.texts:
            raise ValueError(f"{source}: holds no text; expected at least one")
    if out is not None:
        yield (
            f"{out}: {counted_things(bench.changed, 'text')} of {bench.texts:,} changed, "
            f"{counted_things(bench.edits, 'edit')}"
        )


def show_file(path: Path | None, kind: Document, selection: Selection, bench: Workbench) -> None:
    """Run the changes without writing a file; `bench.note` shows them."""
    with reading(path) as (lines, source):
        for _ in kind.rewritten(lines, source, selection, bench):
            pass
    say(f"{counted_things(bench.changed, 'text')} of {bench.texts:,} changed, {counted_things(bench.edits, 'edit')}")


@contextmanager
def reading(path: Path | None) -> Iterator[tuple[Iterator[str], str]]:
    """The lines of a file or of standard input as UTF-8, line ends as they are, and what to call it; with progress."""
    if path is None:
        yield decoded(io.TextIOWrapper(sys.stdin.buffer, "utf-8", newline=""), STANDARD_INPUT), STANDARD_INPUT
        return
    with path.open(encoding="utf-8", newline="") as stream:
        yield watched(decoded(stream, str(path)), path), str(path)


def decoded(stream: TextIO, source: str) -> Iterator[str]:
    """The lines; a byte that is no UTF-8 is said with its line."""
    number = 0
    while True:
        try:
            line = next(stream)
        except StopIteration:
            return
        except UnicodeDecodeError as error:
            raise ValueError(
                f"{source}: is not UTF-8 somewhere behind line {number} ({error.reason}); find out its encoding and "
                "save it again (iconv -f ENCODING -t UTF-8)"
            ) from error
        number += 1
        yield line.removeprefix("\ufeff") if number == 1 else line


def watched(lines: Iterator[str], path: Path) -> Iterator[str]:
    """The lines, and on standard error now and then how far reading has come."""
    size, read, last = path.stat().st_size, 0, time.monotonic()
    for number, line in enumerate(lines, 1):
        yield line
        read += len(line.encode())
        if number % 1000 == 0 and time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            say(f"{path}: {number:,} lines, {read / max(1, size):.0%}")


@contextmanager
def writing(out: Path | None) -> Iterator[TextIO]:
    """A file that appears when it is whole, or standard output as UTF-8 whatever the terminal says."""
    if out is None:
        stream = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="")
        try:
            yield stream
            stream.flush()
        finally:
            stream.detach()
        return
    if not out.parent.is_dir():
        raise ValueError(f"{out}: there is no folder {out.parent}; make it first")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def script_line(portion: Portion, name: str, found: Noisy) -> str:
    """What was done to one text, as a line of JSON: edits on its normal form, so that anyone can put them in again."""
    own = found.stats
    record = {
        "id": portion.uid,
        "place": portion.place,
        "field": name,
        "edits": [list(edit) for edit in found.edits],
        "ops": list(found.ops),
        "stats": {
            "units": own.units,
            "edited": own.edited,
            "words": own.words,
            "chrf": own.chrf,
            "distance": own.distance,
        },
    }
    return json.dumps(record, ensure_ascii=True) + "\n"


def show(portion: Portion, name: str, found: Noisy) -> None:
    """A changed text before and after, in colour on a terminal and with marks anywhere else."""
    if not found.edits:
        return
    place = portion.place if name in SHOWN_FIELDS else f"{portion.place} {name}"
    heading = f"{place}  {', '.join(found.ops)}"
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR"):
        from rich.console import Console

        console = Console()
        console.print(heading, style="dim", markup=False, highlight=False)
        for line in coloured(found.clean, found.edits):
            console.print(line)
        return
    print(heading)  # noqa: T201
    for plain in marked(found.clean, found.edits):
        print(plain)  # noqa: T201


def noted(path: Path | None) -> Any:
    """What notes edit scripts in a file that appears when it is whole; nothing is noted without a file."""
    if path is None:
        return unnoted()
    return scripts_in(path)


@contextmanager
def unnoted() -> Iterator[Callable[[Portion, str, Noisy], None]]:
    def nothing(portion: Portion, name: str, found: Noisy) -> None:
        """Nothing is kept."""

    yield nothing


@contextmanager
def scripts_in(path: Path) -> Iterator[Callable[[Portion, str, Noisy], None]]:
    with writing(path) as stream:
        yield partial(note_in, stream)


def note_in(stream: TextIO, portion: Portion, name: str, found: Noisy) -> None:
    if found.edits:
        stream.write(script_line(portion, name, found))


def settings_of(pairs: tuple[str, ...]) -> Mapping[str, Any]:
    """`name=value` pairs as settings; values are JSON where they can be, else text. Raises ValueError for others."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise ValueError(f"--set {pair!r}: expected NAME=VALUE, such as to=upper")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def unknown_language(code: str) -> str:
    """What to tell of a language that no table knows; empty where one does."""
    if not code or code in LANGUAGES:
        return ""
    return f"{code!r} is not a language of the tables: what hangs on a language goes by scripts alone"
