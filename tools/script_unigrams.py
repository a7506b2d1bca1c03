"""Writes src/crosswind/resources/script_unigrams.json: the forty commonest grapheme clusters of every script.

Languages that share a script write it with letters of their own, so each has a list too, under "Latn-de": the clusters
that make up at least a thousandth of its letters. Signs that only foreign names bring stay out of it.

Counted in the names that CLDR gives to languages, territories, currencies, units, months and days, in every language of
the table and in Khmer and Lao. Run it with Babel installed; crosswind itself does not need it:

    pip install babel==2.18.0 && python tools/script_unigrams.py
"""

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import babel
import regex
from babel.core import get_cldr_version

from crosswind.languages import LANGUAGES
from crosswind.text.casing import lower
from crosswind.text.clusters import OTHER_SCRIPT, clusters, script
from crosswind.text.normal import normalise

TARGET = Path(__file__).parents[1] / "src/crosswind/resources/script_unigrams.json"
COMMON = 40
RARE = 1000
PARTS = ("languages", "scripts", "territories", "currencies", "unit_display_names", "months", "days")
KANA_DISTANCE = 0x60
LAST_WITH_COUNTERPART = "ン"
LETTERS = regex.compile(r"\p{L}[\p{L}\p{M}]*")


def main() -> None:
    """Count, and write the table with its provenance."""
    counts = dict(counts_by_language())
    scripts = {name: ranked(shares) for name, shares in sorted(by_script(counts.values()).items())}
    body = scripts | dict(sorted(by_language(counts)))
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
    print(f"{TARGET}: {len(scripts)} scripts, {len(body) - len(scripts)} languages, {digest[:12]}")


def by_language(counts: Mapping[str, Counter[str]]) -> Iterator[tuple[str, list[str]]]:
    """The letters of every language whose script others write as well."""
    for code, own in counts.items():
        language = LANGUAGES.get(code)
        shared = [other for other in LANGUAGES.values() if language and other.script == language.script]
        if language and len(shared) > 1:
            used = Counter({sign: count for sign, count in own.items() if script(sign[0]) == language.script})
            least = used.total() / RARE
            yield f"{language.script}-{code}", ranked(Counter({s: n for s, n in used.items() if n >= least}))


def counts_by_language() -> Iterator[tuple[str, Counter[str]]]:
    """The clusters of each language that CLDR knows; Haitian Creole it does not."""
    for code in [*LANGUAGES, "km", "lo"]:
        try:
            locale = babel.Locale.parse(code)
        except babel.UnknownLocaleError:
            print(f"{code}: not in CLDR")
            continue
        texts = [text for part in PARTS for text in strings(getattr(locale, part, {}))]
        yield code, Counter(cluster for text in texts for cluster in letters(text, code))


def strings(tree: Any) -> Iterator[str]:
    """All strings in nested mappings."""
    match tree:
        case str():
            yield tree
        case Mapping():
            for value in tree.values():
                yield from strings(value)


def letters(text: str, code: str) -> Iterator[str]:
    """The clusters of a text that are letters, with their marks, in lower case and NFC."""
    text = lower(normalise(text).text, code)
    for start, end in clusters(text):
        if LETTERS.fullmatch(text, start, end):
            yield text[start:end]


def by_script(languages: Iterable[Counter[str]]) -> dict[str, Counter[str]]:
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
