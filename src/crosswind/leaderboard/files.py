"""Files read strictly, and how their mistakes are told: where, what was found, what was expected, what to do."""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from crosswind.quantities import counted_things

SHOWN = 60  # characters of a line that is quoted


class Refused(ValueError):
    """A file, or two that belong together, cannot be scored; `told` has one message for each kind of mistake."""

    def __init__(self, *told: str) -> None:
        super().__init__("\n".join(told))
        self.told = told


def told(path: Path, line: int, found: str, expected: str, advice: str, more: int = 0) -> str:
    """A mistake in words; `more` is how many others like it the file has."""
    others = f" ({counted_things(more, 'more mistake')} like this one)" if more else ""
    return f"{path}:{line}: found {found}; expected {expected}. {advice}{others}"


def quoted(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def load_text(path: Path) -> str:
    """The whole file; raises Refused unless it is UTF-8 without a byte-order mark."""
    data = path.read_bytes()
    if data.startswith(codecs.BOM_UTF8):
        advice = "Save it again without the mark, or cut it off with `tail -c +4`"
        raise Refused(told(path, 1, "a byte-order mark", "UTF-8 without one", advice))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{data[error.start]:02x}"
        raise Refused(told(path, line, found, "UTF-8", "Convert the file, for example with `iconv -t UTF-8`")) from None


def load_plain(path: Path) -> str:
    """The whole file; raises Refused unless every line ends with a line feed alone (the last one may go without)."""
    text = load_text(path)
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        advice = "Take them out, for example with `tr -d '\\r'`"
        raise Refused(told(path, line, "a carriage return", "line feeds alone", advice, text.count("\r") - 1))
    return text


def lines_of(text: str) -> list[str]:
    """The lines of a text, of which the last may end with a line feed."""
    return text.removesuffix("\n").split("\n") if text else []


def refuse_lines(path: Path, lines: Sequence[str], good: Iterable[object], expected: str, columns: int = 1) -> None:
    """Raises Refused with every kind of line that is not `good`: empty ones, other `columns`, anything else."""
    bad: dict[str, list[int]] = {}
    for number, (line, is_good) in enumerate(zip(lines, good, strict=True), 1):
        if not is_good:
            count = line.count("\t") + 1
            kind = "an empty line" if not line else f"{counted_things(count, 'column')}, " if count != columns else ""
            bad.setdefault(kind, []).append(number)
    if bad:
        advice = "Keep the order of the official file, with nothing else on a line and without a header"
        shown = {kind: f"{kind}{quoted(lines[at[0] - 1])}" if lines[at[0] - 1] else kind for kind, at in bad.items()}
        raise Refused(*(told(path, at[0], shown[kind], expected, advice, len(at) - 1) for kind, at in bad.items()))


def json_or_none(text: str) -> Any:
    """What a text says in JSON; None where it is no JSON."""
    try:
        return json.loads(text)
    except ValueError:  # also where a number has more digits than Python reads
        return None


def load_object(path: Path) -> dict[str, Any]:
    """The JSON object that a file holds; raises Refused unless it is one, without a key twice in any object."""
    text = load_text(path)
    twice: list[str] = []

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            twice.extend(repeated(name for name, _ in pairs))
        return made

    try:
        found = json.loads(text, object_pairs_hook=table)
    except json.JSONDecodeError as error:
        advice = "Write it with a JSON library rather than by hand"
        raise Refused(told(path, error.lineno, f"no JSON ({error.msg})", "one JSON object", advice)) from None
    if not isinstance(found, dict):
        raise Refused(told(path, 1, quoted(found), "one JSON object", "Write an object from ids to answers"))
    if twice:
        line, advice = line_of(text, twice[0], 2), "Decide on one of its values"
        raise Refused(told(path, line, f"the key {twice[0]!r} again", "every key once", advice, len(twice) - 1))
    return found


def repeated(names: Iterable[str]) -> list[str]:
    """The names that come more than once."""
    return [name for name, count in Counter(names).items() if count > 1]


def line_of(text: str, name: str, time: int = 1) -> int:
    """The line of a JSON text in which a name stands for the first or a later time, as a key or as an "id"; else 1."""
    spelled = "|".join(re.escape(json.dumps(name, ensure_ascii=ascii_only)) for ascii_only in (True, False))
    places = [match.start() for match in re.finditer(rf'({spelled})\s*:|"id"\s*:\s*({spelled})', text)]
    return text.count("\n", 0, places[time - 1]) + 1 if len(places) >= time else 1


def refuse_keys(path: Path, found: Mapping[str, Any], bad: Sequence[str], expected: str, advice: str) -> None:
    """Raises Refused with the first of the `bad` keys, if there is any."""
    if bad:
        line = line_of(load_text(path), bad[0])
        raise Refused(told(path, line, f"{quoted(found[bad[0]])} for {bad[0]!r}", expected, advice, len(bad) - 1))
