"""Hangul syllables as the keys that they are typed with, and back."""

from functools import cache

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
MEDIALS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"  # a space where there is none
FIRST_SYLLABLE, LAST_SYLLABLE = "가", "힣"
TWO_KEYS = {
    "ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ",
    "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ",
}  # fmt: skip


def keys_of(syllable: str) -> str:
    """The keys of a precomposed syllable on a keyboard of single jamo, in order; empty for any other text."""
    if len(syllable) != 1 or not FIRST_SYLLABLE <= syllable <= LAST_SYLLABLE:
        return ""
    rest, final = divmod(ord(syllable) - ord(FIRST_SYLLABLE), len(FINALS))
    initial, medial = divmod(rest, len(MEDIALS))
    jamo = (INITIALS[initial], MEDIALS[medial], FINALS[final].strip())
    return "".join(TWO_KEYS.get(one, one) for one in jamo)


def syllable_of(keys: str) -> str:
    """The one precomposed syllable that the keys write; empty where they write none, or more than one."""
    return syllables().get(keys, "")


@cache
def syllables() -> dict[str, str]:
    """Every precomposed syllable by its keys."""
    return {keys_of(sign): sign for sign in map(chr, range(ord(FIRST_SYLLABLE), ord(LAST_SYLLABLE) + 1))}
