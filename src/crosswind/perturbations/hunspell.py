"""What hunspell dictionaries know about misspelling, from a folder of the user's own .aff files."""

import codecs
import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unicodedata import normalize

from pydantic import ValidationInfo

from crosswind.identity import Record
from crosswind.perturbations.spelling import Rule, Where
from crosswind.text.patterns import pattern

LATIN_1 = "ISO8859-1"  # what hunspell reads where a file names no encoding
CODECS = {"TIS620-2533": "tis-620", "ISCII-DEVANAGARI": ""}
WEIGHTS = {"REP": 1.0, "MAP": 0.5, "KEY": 0.1}
LANGUAGE = pattern(r"\p{L}+")
RELATED = pattern(r"\(([^)]+)\)|(.)")
ANCHORS: dict[tuple[bool, bool], Where] = {
    (False, False): "any",
    (True, False): "initial",
    (False, True): "final",
    (True, True): "whole",
}


class Hunspell(Record):
    """The rules of the dictionaries in a folder, each with its language; known by the digest of names and contents."""

    digest: str
    rules: tuple[tuple[str, Rule], ...]

    @property
    def payload(self) -> dict[str, Any]:
        """The digest stands for the rules."""
        whole = super().payload
        return {name: whole[name] for name in ("kind", "VERSION", "digest")}

    def __hash__(self) -> int:
        return hash(self.digest)

    def rules_of(self, lang: str) -> tuple[Rule, ...]:
        """The rules of one language."""
        return tuple(rule for code, rule in self.rules if code == lang)


def dictionaries(value: Any, info: ValidationInfo) -> Any:
    """A folder stands for the dictionaries in it; where it lies is forgotten, so that it can be no part of an id."""
    if not isinstance(value, str):
        return value
    folder = Path((info.context or {}).get("folder", "."), value).expanduser()
    paths = sorted(folder.glob("*.aff"))
    if not paths:
        raise ValueError(
            f"hunspell: {folder} holds no .aff files; expected a folder with those of hunspell dictionaries, each "
            "named after its language, as in de_DE.aff"
        )
    whole = hashlib.sha256()
    rules: dict[tuple[str, Rule], None] = {}
    for path in paths:
        raw = path.read_bytes()
        whole.update(f"{path.name} {hashlib.sha256(raw).hexdigest()}\n".encode())
        rules |= dict.fromkeys((language_of(path), rule) for rule in rules_in(raw, path))
    return Hunspell(digest=whole.hexdigest()[:40], rules=tuple(rules))


def language_of(path: Path) -> str:
    """The code that a file's name begins with."""
    found = LANGUAGE.match(path.stem)
    if found is None:
        raise ValueError(f"hunspell: {path} is not named after its language; expected a name such as de_DE.aff")
    return found.group().lower()


def rules_in(raw: bytes, path: Path) -> Iterator[Rule]:
    """The rules of one file: replacements that it would undo, letters it takes for each other, neighbouring keys."""
    for line in decoded(raw, path).splitlines():
        match line.split():
            case ["REP", wrong, right, *_]:
                yield from replacements(wrong, right)
            case ["MAP", letters, *_] if not letters.isdigit():
                related = [normalize("NFD", group or letter) for group, letter in RELATED.findall(letters)]
                yield from exchanges("MAP", itertools.permutations(related, 2))
            case ["KEY", rows, *_]:
                neighbours = (pair for row in rows.split("|") for pair in itertools.pairwise(normalize("NFC", row)))
                yield from exchanges("KEY", (way for pair in neighbours for way in itertools.permutations(pair, 2)))


def decoded(raw: bytes, path: Path) -> str:
    """The text of a file in the encoding that it names."""
    named = next((line.split()[1] for line in raw.splitlines() if line.startswith(b"SET ")), LATIN_1.encode()).decode()
    try:
        return raw.decode(codecs.lookup(CODECS.get(named, named.removeprefix("microsoft-"))).name).lstrip("\ufeff")
    except (LookupError, UnicodeDecodeError) as error:
        raise ValueError(f"hunspell: {path} cannot be read as {named!r}, which it says it is: {error}") from error


def replacements(wrong: str, right: str) -> Iterator[Rule]:
    """What a dictionary corrects, turned round; what it corrects to a space cannot be found inside a word."""
    where = ANCHORS[wrong.startswith("^"), wrong.endswith("$")]
    find, replace = (normalize("NFD", part.strip("^$").replace("_", " ")) for part in (right, wrong))
    if find and find != replace and " " not in find:
        yield Rule("rep", find, replace, where, weight=WEIGHTS["REP"])


def exchanges(op: str, pairs: Iterator[tuple[str, str]]) -> Iterator[Rule]:
    """One thing for another."""
    for one, other in pairs:
        find, replace = normalize("NFD", one), normalize("NFD", other)
        if find != replace:
            yield Rule(op.lower(), find, replace, weight=WEIGHTS[op])
