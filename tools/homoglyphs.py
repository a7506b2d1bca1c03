"""Writes src/crosswind/resources/homoglyphs.json: letters, and letters of other scripts that look like them.

Two letters look alike when Unicode's table of confusables gives them one skeleton. Left out is what no reader or
no tokenizer would take for noise: letters of another case or direction or without the dot, letters that normalisation
turns back, letters of scripts that are out of use or of blocks that everyday fonts lack, and some that only a chain of
likenesses joins.

    apt-get install libicu-dev && pip install pyicu==2.17 sentencepiece==0.2.3 && python -m tools.homoglyphs
"""

import unicodedata
from collections import defaultdict

import icu
import sentencepiece
from tools.table_file import of_icu, write

# Scripts in which enough letters have a look-alike for words to be written with it, and where it may come from:
# the scripts that UAX 31 recommends for identifiers, which are those in everyday use.
SCRIPTS = ("Latn", "Cyrl", "Grek", "Telu", "Thai", "Mlym", "Taml", "Hira", "Kana")
MODERN = frozenset((
    *("Arab", "Armn", "Beng", "Bopo", "Cyrl", "Deva", "Ethi", "Geor", "Grek", "Gujr", "Guru", "Hang", "Hani", "Hebr"),
    *("Hira", "Kana", "Khmr", "Knda", "Laoo", "Latn", "Mlym", "Mymr", "Orya", "Sinh", "Taml", "Telu", "Thaa", "Thai"),
    *("Tibt",),
))  # fmt: skip
SPECIALISTS = ((0x1D80, 0x1DBF), (0x2C60, 0x2C7F), (0xA640, 0xA69F), (0xA720, 0xA7FF), (0xAB30, 0xAB6F))
# Seen by eye: o and sigma, r and Cyrillic ghe, y and Georgian qar, w and Armenian ayb have one skeleton.
UNLIKE = frozenset("σrყჿքառծѡҽӏɯʏЛȜȝ")
CATEGORIES = ("Lu", "Ll", "Lo")
BASIC_PLANE = range(0x10000)


def main() -> None:
    """Group, filter, and write the table with its provenance."""
    write(
        "homoglyphs",
        body(),
        source="Unicode confusables, through ICU; the rule set nmt_nfkc, through SentencePiece",
        source_version=f"{of_icu()}, SentencePiece {sentencepiece.__version__}",
    )


def body() -> dict[str, list[list[str]]]:
    """For each letter its look-alikes with their scripts, in code point order."""
    recommended = icu.SpoofChecker.getRecommendedUnicodeSet()
    found = {}
    for group in groups():
        for letter in group:
            alike = [[other, code(other)] for other in group if are_exchangeable(letter, other)]
            if alike and code(letter) in SCRIPTS and letter in recommended:
                found[letter] = alike
    return dict(sorted(found.items()))


def groups() -> list[list[str]]:
    """The letters that every normalisation leaves alone, grouped by skeleton."""
    checker = icu.SpoofChecker()
    alike = defaultdict(list)
    for letter in map(chr, BASIC_PLANE):
        if unicodedata.category(letter) in CATEGORIES and is_everyday(letter) and is_stable(letter):
            alike[checker.getSkeleton(0, letter)].append(letter)
    return list(alike.values())


def is_everyday(letter: str) -> bool:
    """Whether a letter is of a script in use, likely to be shown, and like the others of its group."""
    special = any(first <= ord(letter) <= last for first, last in SPECIALISTS)
    return code(letter) in MODERN and not special and letter not in UNLIKE


def is_stable(letter: str) -> bool:
    """Whether NFKC and the rule set of XLM-R's tokenizer leave a letter as it is."""
    return unicodedata.normalize("NFKC", letter) == letter == NMT_NFKC.normalize(letter)


def are_exchangeable(letter: str, other: str) -> bool:
    """Whether two look-alikes differ in script and agree in case, in direction and in having a dot."""
    same = (unicodedata.category, unicodedata.bidirectional, has_dot)
    return code(letter) != code(other) and all(of(letter) == of(other) for of in same)


def has_dot(letter: str) -> bool:
    """Whether a letter has a dot that it loses under a mark: in Turkish that tells one i from the other."""
    dotted: bool = icu.Char.hasBinaryProperty(letter, icu.UProperty.SOFT_DOTTED)
    return dotted


def code(letter: str) -> str:
    """The ISO 15924 code of a letter's script, of which ICU knows all."""
    name: str = icu.Script.getScript(letter).getShortName()
    return name


NMT_NFKC = sentencepiece.SentencePieceNormalizer(
    rule_name="nmt_nfkc", add_dummy_prefix=False, escape_whitespaces=False, remove_extra_whitespaces=False
)

if __name__ == "__main__":
    main()
