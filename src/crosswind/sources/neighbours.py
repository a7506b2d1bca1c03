"""Words and their neighbours as somebody keeps them: lines of a table, or one JSON object."""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from crosswind.sources.rows import Unreadable

Entry = tuple[str, Iterable[str]]
EXPECTED = "expected a word, a tab, and its neighbours with a tab between them"


def neighbours(path: Path) -> Mapping[str, tuple[str, ...]]:
    """The neighbours of every word in the order of the file, in normal form C, each once and never the word itself.

    Rows of the same word are one. A row without neighbours is a word that has none; whatever else is wrong is refused
    with its place, since a row that is dropped would change how often its word is kept.
    """
    if path.suffix not in READERS:
        raise Unreadable(f"{path}: is no table of neighbours; {' and '.join(READERS)} are read")
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for word, others in READERS[path.suffix](path):
        own = found[normal(word)]
        own |= dict.fromkeys(each for each in map(normal, others) if each != normal(word))
    if not any(found.values()):
        raise Unreadable(f"{path}: no word has a neighbour; {EXPECTED}")
    return {word: tuple(own) for word, own in found.items()}


def normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def table(path: Path) -> Iterator[Entry]:
    """Lines of a word, a tab and its neighbours, parted by tabs; empty lines say nothing."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path}: is not UTF-8 text: {error.reason} at byte {error.start}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        word, tab, rest = line.partition("\t")
        others = [each.strip() for each in rest.split("\t")] if rest.strip() else []
        if not tab or not word.strip() or not all(others):
            what = "has no tab" if not tab else "has an empty cell"
            raise Unreadable(f"{path}:{number}: {what}; {EXPECTED}")
        yield word.strip(), others


def json_object(path: Path) -> Iterator[Entry]:
    """One object that has a list of neighbours for every word."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:  # of the text or of the JSON in it
        raise Unreadable(f"{path}: is no JSON in UTF-8: {error}") from error
    if not isinstance(found, dict):
        raise Unreadable(f'{path}: holds {type(found).__name__}; expected an object, as {{"word": ["neighbour"]}}')
    for word, others in found.items():
        if not isinstance(others, list) or not all(isinstance(each, str) and each.strip() for each in (word, *others)):
            raise Unreadable(f"{path}: {word!r} has {others!r}; expected a list of words that are not empty")
        yield word, others


READERS: Mapping[str, Callable[[Path], Iterator[Entry]]] = MappingProxyType({".tsv": table, ".json": json_object})
