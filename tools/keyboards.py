"""Writes src/crosswind/resources/keyboards.json: which keys lie beside which on the keyboard of every language.

Layouts are those of xkb-data, read through libxkbcommon; only Korean's is spelled out below, since XKB leaves Hangul to
input methods. Letters that take several keys (accents typed before, marks behind) are worked out from the letters that
CLDR lists for the language. Signs change places only with signs of their kind, which Unicode's Indic files tell. All
sources are Debian packages:

    apt-get install xkb-data libxkbcommon-dev unicode-data unicode-cldr-core
    pip install xkbcommon==1.5.1 && python tools/keyboards.py
"""

import contextlib
import datetime
import hashlib
import itertools
import json
import math
import re
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from xkbcommon import xkb

from crosswind.languages import LANGUAGES
from crosswind.text.casing import upper
from crosswind.text.clusters import OTHER_SCRIPT, script

TARGET = Path(__file__).parents[1] / "src/crosswind/resources/keyboards.json"
UNICODE = Path("/usr/share/unicode")
CLDR = UNICODE / "cldr/common/main"
PACKAGES = ("xkb-data", "libxkbcommon0", "unicode-data", "unicode-cldr-core")

# The layout that most people who write the language have, by its name in XKB; where a language has none, the one of its
# country. Bengali, Tamil and the others of India have the national standard, InScript, whose keys hold all letters.
LAYOUTS = {
    "af": "za", "ar": "ara", "az": "az", "bg": "bg", "bn": "in(ben_inscript)", "de": "de", "el": "gr", "en": "us",
    "es": "es", "et": "ee", "eu": "es", "fa": "ir", "fi": "fi", "fr": "fr", "gu": "in(guj)", "he": "il",
    "hi": "in(deva)", "ht": "fr", "hu": "hu", "id": "us", "it": "it", "ja": "jp(kana)", "jv": "us", "ka": "ge",
    "kk": "kz", "ko": "dubeolsik", "lt": "lt", "ml": "in(mal_enhanced)", "mr": "in(deva)", "ms": "us", "my": "mm",
    "nl": "us", "pa": "in(guru)", "pl": "pl", "pt": "br", "qu": "latam", "ro": "ro", "ru": "ru", "sw": "ke",
    "ta": "in(tam)", "te": "in(tel)", "th": "th", "tl": "ph", "tr": "tr", "uk": "ua", "ur": "pk", "vi": "vn",
    "wo": "sn", "yo": "ng(yoruba)", "zh": "us",
    "hy": "am", "km": "kh", "kn": "in(kan)", "lo": "la", "si": "lk",
}  # fmt: skip
# Whose keyboard a script has in a language that is not listed: that of most of its writers.
WRITERS = {
    "Latn": "en", "Cyrl": "ru", "Grek": "el", "Arab": "ar", "Hebr": "he", "Deva": "hi", "Beng": "bn", "Guru": "pa",
    "Gujr": "gu", "Taml": "ta", "Telu": "te", "Mlym": "ml", "Knda": "kn", "Thai": "th", "Laoo": "lo", "Khmr": "km",
    "Sinh": "si", "Mymr": "my", "Geor": "ka", "Armn": "hy", "Hang": "ko", "Hani": "zh", "Hira": "ja", "Kana": "ja",
}  # fmt: skip
SCRIPTS_OF = {"Jpan": ("Hira", "Kana"), "Kore": ("Hang",), "Hans": ("Latn",)}  # Chinese is typed in Latin letters
EXTRA_SCRIPTS = {"hy": "Armn", "km": "Khmr", "kn": "Knda", "lo": "Laoo", "si": "Sinh"}
CLDR_NAMES = {"tl": "fil", "ht": "fr"}  # CLDR has no Haitian

Place = tuple[float, float]  # units of a key: down, and to the right
LEFT_EDGES = (1.0, 1.5, 1.75, 2.25)  # of the digit 1 and of the first letter in each row
REACH = 1.2
ROWS = ("AE", "AD", "AC", "AB")
OUTER_KEYS = {"TLDE": (0, 0.0), "LSGT": (3, 1.25), "BKSL": (2, 12.75)}  # as on a keyboard with a key beside left shift
DUBEOLSIK = (
    ("", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ"),
    ("", "ㅃㅉㄸㄲㅆ   ㅒㅖ", "", ""),
    *((), ()),  # and no AltGr
)
PLAIN_LEVELS = (0, 1)  # without and with shift
ALTGR_LEVELS = (2, 3)

KEYS_THAT_ADD = {
    "dead_grave": "\u0300", "dead_acute": "\u0301", "dead_circumflex": "\u0302", "dead_tilde": "\u0303",
    "dead_breve": "\u0306", "dead_abovedot": "\u0307", "dead_diaeresis": "\u0308", "dead_abovering": "\u030a",
    "dead_doubleacute": "\u030b", "dead_caron": "\u030c", "dead_belowdot": "\u0323", "dead_cedilla": "\u0327",
    "dead_ogonek": "\u0328", "voicedsound": "\u3099", "semivoicedsound": "\u309a",
}  # fmt: skip
LONG_VOWEL = "ー"
ORDINALS = "ªº"
KANA_DISTANCE = ord("ア") - ord("あ")
HIRAGANA_HERE = range(ord("ァ"), ord("ヴ"))
# Of these every sign stands for one vowel of its consonant, wherever it is drawn; elsewhere several make up one vowel.
ONE_SIGN_A_VOWEL = {"Deva", "Beng", "Guru", "Gujr", "Taml", "Telu", "Mlym", "Knda"}

Neighbours = dict[str, list[str]]


def main() -> None:
    """Read the layouts, and write the table with its provenance."""
    body = tables()
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    meta = {
        "source": "keyboard layouts of xkb-data, exemplar characters of CLDR, Indic categories of Unicode",
        "source_version": ", ".join(f"{package} {version(package)}" for package in PACKAGES),
        "licence": "MIT AND Unicode-3.0",
        "generator": "tools/keyboards.py",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "sha256": digest,
    }
    TARGET.write_text(json.dumps({"meta": meta, "body": body}, indent=1) + "\n", "ascii")
    print(f"{TARGET}: {len(body['languages'])} languages, {len(body['layouts'])} layouts, {digest[:12]}")


def tables() -> dict[str, Any]:
    """The body: each layout's keys with their neighbours, nearest first, and what each language makes of its layout."""
    languages = {
        lang: {"layout": layout, "scripts": list(scripts_of(lang)), "composed": spaced(composed(lang))}
        for lang, layout in sorted(LAYOUTS.items())
    }
    # languages that share a layout share its script as well
    scripts = {layout: scripts_of(lang) for lang, layout in sorted(LAYOUTS.items())}
    layouts = {layout: spaced(of_layout(layout, scripts[layout])) for layout in sorted(scripts)}
    return {"layouts": layouts, "languages": languages, "writers": WRITERS}


def spaced(neighbours: Neighbours) -> dict[str, str]:
    """The lists as words in one string each, empty ones left out."""
    return {key: " ".join(found) for key, found in sorted(neighbours.items()) if found}


def scripts_of(lang: str) -> tuple[str, ...]:
    """The scripts that a language's keyboard is for."""
    name = LANGUAGES[lang].script if lang in LANGUAGES else EXTRA_SCRIPTS[lang]
    return SCRIPTS_OF.get(name, (name,))


def of_layout(layout: str, scripts: tuple[str, ...]) -> Neighbours:
    """The neighbours of every sign that can be typed with one key, with or without shift."""
    found: Neighbours = {}
    for level in PLAIN_LEVELS:
        for sign, beside in of_level(layout, level).items():
            if script(sign[0]) in (*scripts, OTHER_SCRIPT):
                found.setdefault(sign, beside)
    if "Hira" in scripts:
        kana = {in_hiragana(sign): [in_hiragana(one) for one in beside] for sign, beside in found.items()}
        found = kana | found  # signs that both have keep company with katakana
    return found


def of_level(layout: str, level: int) -> Neighbours:
    """For every sign of a shift level the signs of its kind within reach, nearest first."""
    keys = keys_of(layout)[level]
    found: Neighbours = {}
    for place, sign in keys:
        near = [(math.dist(place, other), other, one) for other, one in keys if kind(one) == kind(sign) and one != sign]
        beside = [one for far, _, one in sorted(near) if far <= REACH]
        found.setdefault(sign, list(dict.fromkeys(beside)))
    return found


def in_hiragana(sign: str) -> str:
    """A katakana sign as hiragana; other signs as they are."""
    return chr(ord(sign) - KANA_DISTANCE) if len(sign) == 1 and ord(sign) in HIRAGANA_HERE else sign


@cache
def keys_of(layout: str) -> list[list[tuple[Place, str]]]:
    """The signs on the keys of a layout with their places, level by level; only such as words are made of."""
    if layout == "dubeolsik":
        rows = [
            [(place(row, key), sign) for row, signs in enumerate(level) for key, sign in enumerate(signs)]
            for level in DUBEOLSIK
        ]
        return [[(where, sign) for where, sign in level if sign.strip()] for level in rows]
    name, _, variant = layout.partition("(")
    model = "jp106" if name == "jp" else "pc105"
    keymap = xkb.Context().keymap_new_from_names(model=model, layout=name, variant=variant.rstrip(")") or None)
    return [list(on_level(keymap, level)) for level in (*PLAIN_LEVELS, *ALTGR_LEVELS)]


def on_level(keymap: Any, level: int) -> Iterator[tuple[Place, str]]:
    """The places and signs of one shift level."""
    for name, where in places().items():
        with contextlib.suppress(xkb.XKBKeyDoesNotExist):  # no row is as long as the longest
            code = keymap.key_by_name(name)
            has_level = level < keymap.num_levels_for_key(code, 0)
            sign = "".join(map(written, keymap.key_get_syms_by_level(code, 0, level))) if has_level else ""
            if kind(sign):
                yield where, sign


@cache
def places() -> dict[str, Place]:
    """Where the keys are, by their names in XKB."""
    found = {f"{row}{key + 1:02}": place(number, key) for number, row in enumerate(ROWS) for key in range(13)}
    return found | OUTER_KEYS


def place(row: int, key: int) -> Place:
    """The place of a key in a row."""
    return float(row), LEFT_EDGES[row] + key


def written(symbol: int) -> str:
    """What a key writes, in NFC; accents that wait for their letter as the marks that they become."""
    name = xkb.keysym_get_name(symbol)
    if name == "prolongedsound":
        return LONG_VOWEL
    found = KEYS_THAT_ADD.get(name) or xkb.keysym_to_string(symbol) or ""
    is_ligature = unicodedata.decomposition(found).startswith("<isolated>") if len(found) == 1 else False
    return unicodedata.normalize("NFKC" if is_ligature else "NFC", found)


@cache
def kind(sign: str) -> tuple[str, ...]:
    """What a sign may be mistaken for: signs of the same script, category and syllabic use; empty if it is none."""
    first = sign[:1]
    category = unicodedata.category(first or " ")
    if sign in ORDINALS or not (category in {"Lu", "Ll", "Lo", "Mn", "Mc"} or sign == LONG_VOWEL):
        return ()
    use, position = (indic(name).get(first, "") for name in ("IndicSyllabicCategory", "IndicPositionalCategory"))
    if script(first) in ONE_SIGN_A_VOWEL and use == "Vowel_Dependent":
        category, position = "sign", ""
    if script(first) == "Hang":
        category = "vowel" if "ㅏ" <= first <= "ㅣ" else "consonant"
    if script(first) == "Kana" or sign == LONG_VOWEL:
        return "Kana", "Lo"
    return script(first), category, use, position


@cache
def indic(name: str) -> Mapping[str, str]:
    """A property of signs from one of Unicode's Indic files."""
    found = {}
    for line in (UNICODE / f"{name}.txt").read_text("utf-8").splitlines():
        if entry := re.match(r"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*; (\S+)", line):
            first, last = int(entry[1], 16), int(entry[2] or entry[1], 16)
            found |= {chr(code): entry[3] for code in range(first, last + 1)}
    return found


def composed(lang: str) -> Neighbours:
    """The neighbours of the language's letters that no single key of its layout writes."""
    letters = alphabet(lang)
    single = of_layout(LAYOUTS[lang], scripts_of(lang))
    found = {}
    for letter in letters - single.keys():
        with_altgr = [one for level in ALTGR_LEVELS for one in of_level(LAYOUTS[lang], level).get(letter, [])]
        beside = [*with_altgr, *by_base(letter, single), *by_mark(letter, single)]
        found[letter] = [one for one in dict.fromkeys(beside) if one in letters and one != letter]
    return found


def by_base(letter: str, single: Neighbours) -> list[str]:
    """What becomes of a letter with marks if its own key is missed and the marks are hit."""
    base, marks = typed(letter, single)
    return [unicodedata.normalize("NFC", one + marks) for one in single.get(base, [])]


def by_mark(letter: str, single: Neighbours) -> list[str]:
    """What becomes of it if the key of a mark is missed."""
    base, marks = typed(letter, single)
    return [
        unicodedata.normalize("NFC", base + marks[:place] + other + marks[place + 1 :])
        for place, mark in enumerate(marks)
        for other in single.get(mark, [])
    ]


def typed(letter: str, single: Neighbours) -> tuple[str, str]:
    """A letter as the key that holds most of it, and the marks that are typed besides; two empty texts if none does."""
    base, *marks = unicodedata.normalize("NFD", letter)
    for size in range(len(marks), -1, -1):
        for taken in itertools.combinations(range(len(marks)), size):
            key = unicodedata.normalize("NFC", base + "".join(marks[place] for place in taken))
            if key in single:
                return key, "".join(mark for place, mark in enumerate(marks) if place not in taken)
    return "", ""


def alphabet(lang: str) -> set[str]:
    """The letters of a language, small and large, as CLDR lists them; each a letter with its marks."""
    scripts = scripts_of(lang)
    letters = {one for one in exemplars(CLDR_NAMES.get(lang, lang)) if script(one[0]) in scripts and is_letter(one)}
    return letters | {big for one in letters if is_letter(big := upper(one, lang))}


def is_letter(text: str) -> bool:
    """Whether a text is one letter with marks."""
    return unicodedata.category(text[0])[0] == "L" and all(map(unicodedata.combining, text[1:]))


def exemplars(name: str) -> set[str]:
    """The main exemplar characters of a locale."""
    tree = ElementTree.parse(CLDR / f"{name}.xml")
    (found,) = [node for node in tree.iter("exemplarCharacters") if "type" not in node.attrib]
    listed = re.sub(r"\\u([0-9A-F]{4})", lambda code: chr(int(code[1], 16)), (found.text or "")[1:-1])
    texts: set[str] = set()
    for group, first, last in re.findall(r"\{(.*?)\}|(\S)(?:-(\S))?", listed):
        texts |= {group} if group else set(map(chr, range(ord(first), ord(last or first) + 1)))
    return {unicodedata.normalize("NFC", text) for text in texts}


def version(package: str) -> str:
    """The version of an installed Debian package."""
    return subprocess.check_output(["dpkg-query", "--show", "--showformat=${Version}", package], text=True)


if __name__ == "__main__":
    main()
