"""Words without the marks that their readers can do without, sign by sign, as typed in haste or on a foreign keyboard.

What may go is listed script by script. Dropping every combining character instead would take the vowels from Indic
words, the voice from Japanese ones and the tones from Thai ones.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache

from crosswind.text.patterns import pattern
from crosswind.text.tables import table

# Marks that stand alone because Unicode has no letter that is composed with them: Yoruba tones on dotted vowels, stress
# in Cyrillic dictionaries.
LOOSE = pattern(
    r"(?<=\p{Script=Latin}\p{M}*)[\u0300-\u0331]"
    r"|(?<=\p{Script=Cyrillic}\p{M}*)[\u0300\u0301]"
    r"|(?<=\p{Script=Greek}\p{M}*)[\u0300\u0301\u0342]"
)
GREEK = (*range(0x0386, 0x03CF), *range(0x1F00, 0x2000))
GREEK_ACCENTS = frozenset("\u0300\u0301\u0342")  # dialytika and breathings stay
CYRILLIC = {"ё": "е", "Ё": "Е"}  # its other marks make letters of their own
HEBREW_POINTS = (*range(0x0591, 0x05BE), 0x05BF, 0x05C1, 0x05C2, 0x05C4, 0x05C5, 0x05C7)
ARABIC_VOWELS = (*range(0x064B, 0x0656), 0x0670)
ARABIC_CARRIERS = {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و"}
YEH = {"ar": "ي"}  # which letter a hamza on yeh leaves behind; Persian and Urdu have one of their own
OTHER_YEH = "ی"
GOAL_LETTERS = {"ۂ": "ہ", "ۀ": "ه", "ۓ": "ے"}
DIGRAPHS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}


def unmarked(sign: str, lang: str) -> str:
    """A grapheme cluster without optional marks; most have none and stay as they are."""
    return unicodedata.normalize("NFC", LOOSE.sub("", sign).translate(bare_letters(YEH.get(lang, OTHER_YEH))))


def spelled_out(sign: str, *, capitals: bool) -> str:
    """A cluster of a German word with its umlaut as a second letter; other marks are dropped."""
    found = DIGRAPHS.get(sign)
    if found is None:
        return unmarked(sign, "de")
    return found.upper() if capitals else found


@cache
def bare_letters(yeh: str) -> Mapping[int, str | None]:
    """What `str.translate` takes: every marked letter with its bare one, every mark that goes with None."""
    greek = {chr(number): without_accents(chr(number)) for number in GREEK}
    letters = {**table("latin_ascii"), **greek, **CYRILLIC, **ARABIC_CARRIERS, **GOAL_LETTERS, "ئ": yeh}
    return str.maketrans(letters | {chr(number): None for number in (*HEBREW_POINTS, *ARABIC_VOWELS)})


def without_accents(letter: str) -> str:
    """A Greek letter without its accent."""
    kept = (part for part in unicodedata.normalize("NFD", letter) if part not in GREEK_ACCENTS)
    return unicodedata.normalize("NFC", "".join(kept))
