"""Vowel marks that Arabic and Hebrew spelling itself decides, for words written without any.

Which vowels a word has is mostly a matter of its meaning, and a wrong one makes another word. Here are only the marks
that follow from the letters, whatever the word: so the marked word is right, if less than fully marked.
"""

from collections.abc import Callable, Iterator, Mapping

from crosswind.text.patterns import MARK, pattern

SHADDA, FATHA, SUKUN = "\u0651", "\u064e", "\u0652"
DAGESH, HIRIQ = "\u05bc", "\u05b4"

# The article before a letter that it assimilates to, or not. After the article's lam an alif is another word's, a teh
# may be an infix, and short words may have no article at all.
ARTICLE = pattern(r"^ال(?:(?P<sun>[ثدذرزسشصضطظلن])|[بجحخعغفقكمهويأإآ])(?=[ء-غف-ي]{2})")
NO_ARTICLE = frozenset({"الذي", "الذين"})
FOREIGN = "الكتر"  # electron and what is made of it
# A long a, inside a word, has its vowel on the letter before; a feminine ending has it too.
BEFORE_ALIF = pattern(r"[ء-غف-ي](?=ا[ء-غف-ي])|[ء-غف-ي](?=ة$)")
NO_VOWEL = frozenset("اأإآى")
# Where an alif is not the vowel of the letter before: after the prefixes bi- and li-, after the article, in "hundred".
SILENT_ALIF = (pattern(r"^[وف]?(?:[بل]|لل)(?=ا)"), pattern(r"^[وفبك]{0,2}ال(?=ا)"), pattern(r"م(?=ائ[ةت])"))

HARD_AT_HEAD = pattern(r"^[בגדכת](?=[א-ת])")
PLURAL = pattern(r"(?<=[א-ת])[א-הז-טך-ת](?=ים$)")
FEMININE = pattern(r"(?<=[א-ת])[א-טך-ת](?=ית$)")
# What ends in -ayim or -ayit instead, behind whatever prefixes
NO_HIRIQ = pattern(
    r"^[ושהכלבמ]{0,3}(?:ירושלים|מצרים|אפרים|שמים|צהרים|שנים|שתים|פעמים|אלפים|מאתים|ידים|רגלים|עינים|אזנים|שפתים|בית|זית)$"
)


def vowelled(word: str, lang: str) -> Mapping[int, str]:
    """The marks that can be added to a word, by the index of the letter that bears them; none to a marked word."""
    rule = RULES.get(lang)
    if rule is None or MARK.search(word):
        return {}
    marks: dict[int, str] = {}
    for place, mark in rule(word):
        marks[place] = marks.get(place, "") + mark
    return marks


def arabic(word: str) -> Iterator[tuple[int, str]]:
    """The article's marks, and the vowels before a long a and before a feminine ending."""
    article = ARTICLE.match(word)
    if article and word not in NO_ARTICLE and not word.startswith(FOREIGN):
        yield (2, SHADDA) if article["sun"] else (1, SUKUN)
    silent = {match.end() - 1 for before in SILENT_ALIF if (match := before.search(word))}
    for match in BEFORE_ALIF.finditer(word):
        if match.group() not in NO_VOWEL and match.start() not in silent:
            yield match.start(), FATHA


def hebrew(word: str) -> Iterator[tuple[int, str]]:
    """The hard sound of a first letter, and the vowel of two endings."""
    if HARD_AT_HEAD.match(word):
        yield 0, DAGESH
    ending = PLURAL.search(word) or FEMININE.search(word)
    if ending and not NO_HIRIQ.match(word):
        yield ending.start(), HIRIQ


RULES: Mapping[str, Callable[[str], Iterator[tuple[int, str]]]] = {"ar": arabic, "he": hebrew}
