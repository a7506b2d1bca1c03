"""Writes src/crosswind/resources/script_unigrams.json: the forty commonest grapheme clusters of every script.

Counted in the names that CLDR gives to languages, territories, currencies, units, months and days, in every language of
the table and in Khmer and Lao. Run it with Babel installed; crosswind itself does not need it:

    pip install babel==2.18.0 && python tools/script_unigrams.py
"""

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import babel
import regex
from babel.core import get_cldr_version

from crosswind.languages import LANGUAGES
from crosswind.text.clusters import OTHER_SCRIPT, clusters, script
from crosswind.text.normal import normalise

TARGET = Path(__file__).parents[1] / "src/crosswind/resources/script_unigrams.json"
COMMON = 40
PARTS = ("languages", "scripts", "territories", "currencies", "unit_display_names", "months", "days")
KANA_DISTANCE = 0x60
LAST_WITH_COUNTERPART = "ン"
LETTERS = regex.compile(r"\p{L}[\p{L}\p{M}]*")


def main() -> None:
    """Count, and write the table with its provenance."""
    body = {name: ranked(shares) for name, shares in sorted(by_script(counts_by_language()).items())}
    body["Hira"] = filled(body["Hira"], body["Kana"])
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    meta = {
        "source": "CLDR display names, through Babel; Hiragana filled up from Katakana",
        "source_version": f"CLDR {get_cldr_version()}, Babel {babel.__version__}",
        "licence": "Unicode-3.0",
        "generator": "tools/script_unigrams.py",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "sha256": digest,
    }
    TARGET.write_text(json.dumps({"meta": meta, "body": body}, indent=1) + "\n", "ascii")
    print(f"{TARGET}: {len(body)} scripts, {digest[:12]}")


def counts_by_language() -> Iterator[Counter[str]]:
    """The clusters of each language that CLDR knows; Haitian Creole it does not."""
    for code in [*LANGUAGES, "km", "lo"]:
        try:
            locale = babel.Locale.parse(code)
        except babel.UnknownLocaleError:
            print(f"{code}: not in CLDR")
            continue
        texts = [text for part in PARTS for text in strings(getattr(locale, part, {}))]
        yield Counter(cluster for text in texts for cluster in letters(text))


def strings(tree: Any) -> Iterator[str]:
    """All strings in nested mappings."""
    match tree:
        case str():
            yield tree
        case Mapping():
            for value in tree.values():
                yield from strings(value)


def letters(text: str) -> Iterator[str]:
    """The clusters of a text that are letters, with their marks, in lower case and NFC."""
    text = normalise(text.lower()).text
    for start, end in clusters(text):
        if LETTERS.fullmatch(text, start, end):
            yield text[start:end]


def by_script(languages: Iterator[Counter[str]]) -> dict[str, Counter[str]]:
    """For each script the shares of its clusters, summed over languages, so that none counts more for longer names."""
    shares: dict[str, Counter[str]] = {}
    for counts in languages:
        total = counts.total()
        for cluster, count in counts.items():
            name = script(cluster[0])
            if name != OTHER_SCRIPT:
                shares.setdefault(name, Counter())[cluster] += count / total
    return shares


def ranked(shares: Counter[str]) -> list[str]:
    """The commonest clusters, ties in code point order."""
    return sorted(shares, key=lambda cluster: (-shares[cluster], cluster))[:COMMON]


def filled(hiragana: list[str], katakana: list[str]) -> list[str]:
    """Hiragana, of which display names hold about a dozen, filled up with the counterparts of common Katakana."""
    counterparts = [chr(ord(sign) - KANA_DISTANCE) for sign in katakana if sign <= LAST_WITH_COUNTERPART]
    return list(dict.fromkeys([*hiragana, *counterparts]))[:COMMON]


if __name__ == "__main__":
    main()
