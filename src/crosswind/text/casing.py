"""Upper and lower case by the rules of language and script, always ending in NFC."""

import unicodedata

from crosswind.text.patterns import pattern

DOTTED_I = frozenset({"tr", "az"})
GREEK_WORD = pattern(r"\p{Script=Greek}[\p{Script=Greek}\p{M}]*")
LETTER_WITH_MARKS = pattern(r"([^\p{M}])(\p{M}*)")
GEORGIAN = pattern(r"\p{Script=Georgian}+")
VOWELS = frozenset("αεηιουωΑΕΗΙΟΥΩ")
CLOSING_VOWELS = frozenset("ιυΙΥ")
DIALYTIKA = "\u0308"
ACCENTS = frozenset("\u0300\u0301\u0302\u0303\u0311\u0342")
DROPPED = ACCENTS | frozenset("\u0304\u0306\u0313\u0314\u0343")  # breathings and length go with the accents


def upper(text: str, lang: str) -> str:
    """The text in capitals; Georgian stays as it is, since its capitals are all but unused."""
    if lang in DOTTED_I:
        text = text.replace("i", "İ")
    text = GREEK_WORD.sub(lambda match: without_accents(match.group()), text)
    parts: list[str] = []
    last = 0
    for match in GEORGIAN.finditer(text):
        parts += (text[last : match.start()].upper(), match.group())
        last = match.end()
    return unicodedata.normalize("NFC", "".join(parts) + text[last:].upper())


def lower(text: str, lang: str) -> str:
    """The text in small letters; a sigma that ends a word takes its final form."""
    if lang in DOTTED_I:
        text = text.replace("İ", "i").replace("I", "ı")
    return unicodedata.normalize("NFC", text.lower())


def cased_like(model: str, text: str, lang: str) -> str:
    """The text with capitals where the model has them: all, of several letters, or the first; else as it is."""
    if not model[:1].isupper():
        return text
    if len(model) > 1 and model.isupper():
        return upper(text, lang)
    return upper(text[:1], lang) + text[1:]


def without_accents(word: str) -> str:
    """A Greek word ready for capitals: without accents, with a dialytika where an accent told two syllables apart."""
    if unicodedata.normalize("NFC", word) in {"ή", "Ή"}:
        return word  # "or", which only its accent tells from the article
    kept = []
    hiatus = False
    for letter, marks in LETTER_WITH_MARKS.findall(unicodedata.normalize("NFD", word)):
        if hiatus and letter in CLOSING_VOWELS and DIALYTIKA not in marks:
            marks = DIALYTIKA + marks
        hiatus = letter in VOWELS and DIALYTIKA not in marks and not ACCENTS.isdisjoint(marks)
        kept.append(letter + "".join(mark for mark in marks if mark not in DROPPED))
    return "".join(kept)
