"""Writes src/crosswind/resources/hanzi.json: the common Chinese characters by their readings, commonest first.

Simplified characters are the 3,500 of the first level of the General Standard List; traditional ones are their
counterparts in Taiwan and Hong Kong. Readings are those of the dictionaries, ranked by how often the Modern Chinese
Frequency Dictionary met them. All of it is in the Unihan files of Unicode, which Debian packages:

    apt-get install unicode-data && python tools/hanzi.py
"""

import bz2
import datetime
import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "src/crosswind/resources/hanzi.json"
UNIHAN = Path("/usr/share/unicode")
COMMON = 3500  # the first level of the General Standard List
COMMON_BANDS = 3  # of the five of kFrequency
AMBIGUOUS = 0.2  # share of a second reading from which on a character cannot be read without its word
RARELY_USED = 6  # behind the five bands of kFrequency
TONES = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0300": 4}
NEUTRAL = 5
PROPERTIES = (
    *("kTGH", "kTGHZ2013", "kXHC1983", "kMandarin", "kHanyuPinlu"),
    *("kFrequency", "kGradeLevel", "kBigFive", "kHKGlyph", "kTraditionalVariant", "kSimplifiedVariant"),
)
SYLLABLE = re.compile("[a-z]*[aeiouv][a-z]*")


def main() -> None:
    """Read, rank, and write the table with its provenance."""
    body = tables()
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    meta = {
        "source": f"Unihan: {', '.join(PROPERTIES)}",
        "source_version": f"Unicode {version()}, Debian unicode-data",
        "licence": "Unicode-3.0",
        "generator": "tools/hanzi.py",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "sha256": digest,
    }
    TARGET.write_text(json.dumps({"meta": meta, "body": body}, indent=1) + "\n", "ascii")
    print(f"{TARGET}: {len(body['Hans']['tonal'])} syllables with tones, {digest[:12]}")


@dataclass(frozen=True)
class Reading:
    """A character with its commonest reading; `ambiguous` says that another one is not rare."""

    character: str
    syllable: str
    tone: int
    count: int
    ambiguous: bool


def tables() -> dict[str, Any]:
    """The body of the table: simplified and traditional characters."""
    return {"Hans": by_syllable(simplified()), "Hant": by_syllable(traditional())}


def by_syllable(readings: list[Reading]) -> dict[str, Any]:
    """Characters by syllable with and without tone, commonest first, and those that need their word to be read."""
    tonal: dict[str, str] = {}
    toneless: dict[str, str] = {}
    for found in sorted(readings, key=rank):
        for syllables, syllable in ((tonal, f"{found.syllable}{found.tone}"), (toneless, found.syllable)):
            syllables[syllable] = syllables.get(syllable, "") + found.character
    ambiguous = "".join(sorted(found.character for found in readings if found.ambiguous))
    return {"tonal": dict(sorted(tonal.items())), "toneless": dict(sorted(toneless.items())), "polyphones": ambiguous}


def rank(found: Reading) -> tuple[int, int, str]:
    """By frequency; a simplified character lends its own to all its counterparts, which kFrequency then tells apart."""
    return (
        -found.count,
        int(unihan("DictionaryLikeData")["kFrequency"].get(found.character, RARELY_USED)),
        found.character,
    )


def simplified() -> list[Reading]:
    """The characters of the first level of the General Standard List."""
    dictionary = unihan("Readings")["kTGHZ2013"]
    found = [
        reading(character, attested(dictionary[character]), customary(character)[0], counted(character))
        for character in standard()
    ]
    return [one for one in found if one]


def traditional() -> list[Reading]:
    """Their counterparts, and what else is common in traditional text, as far as Taiwan or Hong Kong has it."""
    dictionary = unihan("Readings")["kXHC1983"]
    known = unihan("OtherMappings")["kBigFive"].keys() | unihan("DictionaryLikeData")["kHKGlyph"].keys()
    found: dict[str, Reading] = {}
    for variant, character in (*counterparts(), *((one, one) for one in common_in_traditional_text())):
        usual = customary(variant)[-1]
        counts = counted(variant)
        if not counts and usual in counted(character):  # else another word is mostly meant by the simplified one
            counts = counted(character)
        allowed = attested(dictionary.get(variant, "")) | set(customary(variant))
        one = reading(variant, allowed, usual, counts) if variant in known else None
        if one and one.count >= getattr(found.get(variant), "count", 0):
            found[variant] = one
    return list(found.values())


def counterparts() -> Iterator[tuple[str, str]]:
    """Traditional characters, each with a common simplified one that it is written as, which may be the same."""
    variants, simpler = unihan("Variants")["kTraditionalVariant"], unihan("Variants")["kSimplifiedVariant"]
    common = set(standard())
    for character in standard():
        for variant in characters(variants.get(character, "")) or [character]:
            yield variant, character
    for variant, entry in simpler.items():
        yield from ((variant, character) for character in characters(entry) if character in common)


def common_in_traditional_text() -> list[str]:
    """The characters in the first bands of kFrequency or taught in primary schools, but no forms simplified since."""
    changed = {one for one, entry in unihan("Variants")["kTraditionalVariant"].items() if one not in characters(entry)}
    bands, grades = (unihan("DictionaryLikeData")[name] for name in ("kFrequency", "kGradeLevel"))
    common = {one for one, band in bands.items() if int(band) <= COMMON_BANDS} | grades.keys()
    return sorted(common - changed)


def standard() -> list[str]:
    """The common simplified characters."""
    return [one for one, place in unihan("OtherMappings")["kTGH"].items() if int(place.partition(":")[2]) <= COMMON]


def reading(character: str, allowed: set[str], usual: str, counts: Mapping[str, int]) -> Reading | None:
    """The commonest allowed reading of a character, the usual one where none was counted; None if it has no vowel."""
    ranked = sorted(allowed - {""}, key=lambda one: (-counts.get(one, 0), one != usual, one))
    if not ranked or not SYLLABLE.fullmatch(spelled(ranked[0])[0]):
        return None
    syllable, tone = spelled(ranked[0])
    return Reading(character, syllable, tone, counts.get(ranked[0], 0), is_ambiguous(syllable, allowed, counts))


def customary(character: str) -> list[str]:
    """The usual reading of a character; if there are two, the one in mainland China before that in Taiwan."""
    return unihan("Readings")["kMandarin"].get(character, "").split() or [""]


def is_ambiguous(syllable: str, allowed: set[str], counts: Mapping[str, int]) -> bool:
    """Whether readings with other letters, tones aside, make up a good part; all count alike where none was met."""
    shares = Counter[str]()
    for one in allowed:
        shares[spelled(one)[0]] += counts.get(one, 0) if counts else 1
    return shares.total() - shares[syllable] > AMBIGUOUS * shares.total()


def spelled(pinyin: str) -> tuple[str, int]:
    """A syllable as it is typed (v for u with dots) and its tone, 5 for none."""
    signs = unicodedata.normalize("NFD", pinyin).replace("u\u0308", "v")
    tone = next((TONES[sign] for sign in signs if sign in TONES), NEUTRAL)
    # The dots may stand behind the tone.
    letters = "".join(sign for sign in signs if sign not in TONES).replace("u\u0308", "v")
    return letters, tone


def counted(character: str) -> dict[str, int]:
    """How often each reading of a character was met."""
    entry = unihan("Readings")["kHanyuPinlu"].get(character, "")
    return {found[1]: int(found[2]) for found in re.finditer(r"(\S+?)\((\d+)\)", entry)}


def attested(entry: str) -> set[str]:
    """The readings in an entry such as `467.160:zhāo 467.180,467.190:zháo`."""
    return {one.rpartition(":")[2] for one in entry.split()}


def characters(entry: str) -> list[str]:
    """The characters in an entry such as `U+767C U+9AEE`."""
    return [chr(int(one.removeprefix("U+"), 16)) for one in entry.split()]


@cache
def unihan(name: str) -> dict[str, dict[str, str]]:
    """The properties in one of the Unihan files, by property and character."""
    found: dict[str, dict[str, str]] = {}
    for line in text_of(name).splitlines():
        if line.startswith("U+"):
            code, field, value = line.split("\t")
            found.setdefault(field, {})[chr(int(code.removeprefix("U+"), 16))] = value
    return found


def version() -> str:
    """The version that the file names in its head."""
    found = re.search(r"Unicode version: (\S+)", text_of("Readings"))
    assert found, "the head of Unihan_Readings names no version"
    return found[1]


def text_of(name: str) -> str:
    """The text of a Unihan file."""
    return bz2.decompress((UNIHAN / f"Unihan_{name}.txt.bz2").read_bytes()).decode()


if __name__ == "__main__":
    main()
