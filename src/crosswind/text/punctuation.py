"""The marks that part words: where they stand, which of them end sentences, and how each script writes them."""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from crosswind.text.edits import Span
from crosswind.text.patterns import pattern
from crosswind.text.stops import sentence_spans
from crosswind.text.words import UNSPACED

# Read aloud or counted among the letters, not between words: per cent, and, or, section, minutes, the Hebrew geresh.
SPOKEN = r"\p{Pc}%‰‱٪؉؊&@#*/\\§¶†‡•‣′″‴※׳＃％＆＊／＠＼﹟﹠﹡﹨﹪﹫"
MARKS = pattern(rf"(?:(?![{SPOKEN}])\p{{P}})+")
FINAL = pattern(r"""(?:[\p{Sentence_Terminal}…]|(?<=\p{Script=Greek});)+(?=["'”’»›」』】）)\]“‘«‹]*$)""")
WORDLY = pattern(r"[\p{L}\p{M}\p{N}]")
DIGIT = pattern(r"\p{N}")
ENCLOSING = pattern(r"(?:(?!['‘’])[\p{Ps}\p{Pe}\p{Pi}\p{Pf}\"])+")
HEBREW = pattern(r"\p{Script=Hebrew}")
HOLDING = pattern(r"['’ʼ·״.\p{Pd}]")  # alone between two letters, these hold a word together in any script
SIGN = pattern(r"[.,٫\p{Pd}]")  # right before a digit, and behind no other, these belong to the number

# How a script writes the six marks of the Latin script; what is not said is written as there.
WIDE = {",": "，", ".": "。", ";": "；", ":": "：", "!": "！", "?": "？", "(": "（", ")": "）"}
ARABIC = {",": "،", ";": "؛", "?": "؟"}
DANDA = {".": "।"}
STYLES: Mapping[str, Mapping[str, str]] = {
    "Arab": ARABIC,
    "Grek": {";": "·", "?": ";"},
    "Deva": DANDA,
    "Beng": DANDA,
    "Guru": DANDA,
    "Hani": WIDE,
    "Hira": WIDE | {",": "、"},
    "Kana": WIDE | {",": "、"},
    "Mymr": {",": "၊", ".": "။"},
    "Khmr": {".": "។"},
    "Ethi": {",": "፣", ".": "።", ";": "፤"},
    "Armn": {".": "։"},
}
OF_LANGUAGES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("Arab", "ur"): ARABIC | {".": "۔"},
    ("Deva", "mr"): {},
    ("Hani", "ja"): WIDE | {",": "、"},
}
SAME_SCRIPT = {"Hans": "Hani", "Hant": "Hani", "Jpan": "Hira"}  # codes for what a language is written in
LATIN_MARKS = ",.;:!?"


class Mark(NamedTuple):
    """One mark, or several that belong together: "?!" at the end of a sentence, two equal dashes."""

    is_final: bool
    start: int
    end: int


@lru_cache(maxsize=2**10)
def marks(text: str) -> tuple[Mark, ...]:
    """The marks of a text, in order, that do not stand inside a word or a number."""
    finals = dict(final_spans(text))
    return tuple(
        mark
        for match in MARKS.finditer(text)
        if not holds(text, *match.span())
        for mark in parts(text, *match.span(), finals)
    )


def final_spans(text: str) -> Iterator[Span]:
    """Where the marks are that end the sentences."""
    for start, end in sentence_spans(text):
        found = FINAL.search(text, start, end)
        if found:
            yield found.span()


def parts(text: str, start: int, end: int, finals: Mapping[int, int]) -> Iterator[Mark]:
    """A row of marks cut into those that end a sentence together and those that are equal."""
    while start < end:
        if start in finals:
            last = finals[start]
        else:
            last = start + 1
            while last < end and last not in finals and text[last] == text[start]:
                last += 1
        yield Mark(start in finals, start, last)
        start = last


def holds(text: str, start: int, end: int) -> bool:
    """Whether marks hold a word or a number together, so that without them two words would be one, or a number another.

    Brackets and quotes do not, "bridge(s)", and between letters of scripts without spaces few marks do.
    """
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    if not WORDLY.match(after):
        return False
    if not WORDLY.match(before):
        return bool(DIGIT.match(after) and SIGN.match(text, end - 1))
    if ENCLOSING.fullmatch(text, start, end):
        hebrew = HEBREW.match(before) is not None and HEBREW.match(after) is not None  # where they stand for gershayim
        return hebrew or (DIGIT.match(before) is not None and DIGIT.match(after) is not None)
    if any(UNSPACED.match(sign) and not DIGIT.match(sign) for sign in (before, after)):
        return end - start == 1 and HOLDING.match(text, start) is not None
    return True


@cache
def style(script: str, lang: str) -> Mapping[str, str]:
    """What a script writes in place of marks of the Latin script; some languages have ways of their own."""
    script = SAME_SCRIPT.get(script, script)
    return OF_LANGUAGES.get((script, lang), STYLES.get(script, {}))


@cache
def marks_of(script: str, lang: str) -> tuple[str, ...]:
    """Comma, full stop, semicolon, colon, exclamation and question mark of a script."""
    own = style(script, lang)
    return tuple(own.get(mark, mark) for mark in LATIN_MARKS)
