"""Grapheme clusters, the smallest units that a perturbation may move, and the script that a character belongs to."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

from crosswind.text.edits import Span
from crosswind.text.patterns import CLUSTER, LETTER, pattern

LETTER_OR_MARK = pattern(r"[\p{L}\p{M}]")
# Vowel signs such as Burmese U+102C begin a cluster of their own in UAX 29, and a Burmese consonant with asat closes
# the syllable before it; moved alone, either would leave a mark without a base or a syllable without its end.
DEPENDENT = pattern(r"\p{M}|\p{Script=Myanmar}[^\u103A]*\u103A")
# Only these, or a mark behind nothing that could carry it, can begin a dependent cluster.
LOOSE = pattern(r"(?V1)[\p{M}--[\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}]]|\u103A")

# Blocks whose letters never take part in a larger cluster: Latin to Arabic, Georgian, Kana, Han, Hangul syllables.
SINGLE = pattern(r"[\0-\u08FF\u10A0-\u10FF\u1E00-\u1FFF\u3041-\u3096\u30A1-\u30FF\u3400-\u9FFF\uAC00-\uD7A3]+")

SCRIPTS = {
    "Latn": "Latin",
    "Cyrl": "Cyrillic",
    "Grek": "Greek",
    "Arab": "Arabic",
    "Hebr": "Hebrew",
    "Deva": "Devanagari",
    "Beng": "Bengali",
    "Guru": "Gurmukhi",
    "Gujr": "Gujarati",
    "Taml": "Tamil",
    "Telu": "Telugu",
    "Mlym": "Malayalam",
    "Thai": "Thai",
    "Laoo": "Lao",
    "Khmr": "Khmer",
    "Mymr": "Myanmar",
    "Geor": "Georgian",
    "Hang": "Hangul",
    "Hani": "Han",
    "Hira": "Hiragana",
    "Kana": "Katakana",
    "Armn": "Armenian",
    "Ethi": "Ethiopic",
    "Knda": "Kannada",
    "Sinh": "Sinhala",
}
OTHER_SCRIPT = "Zzzz"
SCRIPT = pattern("|".join(rf"(?P<{code}>\p{{Script={name}}})" for code, name in SCRIPTS.items()))


@lru_cache(maxsize=2**15)
def clusters(text: str) -> tuple[Span, ...]:
    """The extended grapheme clusters of the text, dependent ones joined to the letter or mark before them."""
    return found_clusters(text)


def found_clusters(text: str) -> tuple[Span, ...]:
    """`clusters` of a text that will hardly be met again."""
    if (text.isascii() and "\r" not in text) or (text.isalpha() and SINGLE.fullmatch(text)):
        return tuple(zip(range(len(text)), range(1, len(text) + 1), strict=True))
    ends = list(accumulate(map(len, CLUSTER.findall(text))))
    spans = zip([0, *ends], ends, strict=False)
    return tuple(joined(text, spans) if LOOSE.search(text) else spans)


def joined(text: str, spans: Iterable[Span]) -> list[Span]:
    """The clusters with dependent ones joined to the one before."""
    found: list[Span] = []
    for start, end in spans:
        if found and DEPENDENT.match(text, start, end) and LETTER_OR_MARK.match(text, found[-1][0]):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


@lru_cache(maxsize=2**14)
def script(character: str) -> str:
    """The ISO 15924 code of a character's Script property, or "Zzzz" outside the table above."""
    match = SCRIPT.match(character)
    return match.lastgroup if match and match.lastgroup else OTHER_SCRIPT


def script_of(word: str) -> str:
    """The script of the word's first letter; "Zzzz" where it has no letter."""
    if word[:1].isalpha():
        return script(word[0])
    first = LETTER.search(word)
    return script(first.group()) if first else OTHER_SCRIPT
