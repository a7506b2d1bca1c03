"""Words in Latin letters, as people write their language where its own script is not at hand."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import ClassVar, Literal

from crosswind.languages import LANGUAGES
from crosswind.perturbations.base import Family, Levels, Rated
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.units import Option, Places, Unit
from crosswind.perturbations.word_noise import KIND, is_frozen
from crosswind.text.casing import lower
from crosswind.text.clusters import script_of
from crosswind.text.edits import Edit, Span
from crosswind.text.hanzi import readings
from crosswind.text.item import Field, Item
from crosswind.text.patterns import LETTER, pattern
from crosswind.text.words import UNSPACED

Romanizer = Literal["uroman", "anyascii"]

LEVELS = Levels({KIND: (0.25, 0.40, 0.50, 0.75, 1.0)})
FOREIGN = pattern(r"(?![\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}])\p{L}")
STRETCH = pattern(r"(?!\p{Script=Latin})[\p{L}\p{Nl}](?:(?!\p{Script=Latin})[\p{L}\p{Nl}\p{M}\u200C\u200D׳״])*")
HAN = pattern(r"\p{Script=Han}")
DIGIT = pattern(r"\p{N}")
WORDLY = pattern(r"[\p{L}\p{M}\p{N}]")
READ_IN_CONTEXT = frozenset({"ja", "ko"})
CASED_SCRIPTS = frozenset({"Cyrl", "Grek", "Armn"})
UROMAN_CODES = {"arb": "ara", "pes": "fas", "cmn": "zho"}  # where its rules go by another code than the variety's


class Romanize(Rated):
    """A share of the words that are in other letters, in Latin ones; `uroman` knows languages, `anyascii` is fast.

    By Hermjakob, May and Knight (2018), word by word, with two differences: Chinese numerals are spelled as they are
    read, where uroman writes digits; and Japanese and Korean words with Chinese characters stay, since either romanizer
    reads those as Chinese. In scripts without spaces a word takes a space on each side on which it touches another.
    """

    family: ClassVar[Family] = "script"

    romanizer: Romanizer = "uroman"

    @property
    def levels(self) -> Levels:
        """25, 40, 50, 75 and 100 % of the words that are not Latin."""
        return LEVELS

    @property
    def variant(self) -> str:
        """The fast one goes by that name."""
        return "fast" if self.romanizer == "anyascii" else ""

    @property
    def acknowledgement(self) -> str:
        """The sentence that uroman's licence asks for."""
        if self.romanizer == "anyascii":
            return ""
        return (
            "This project uses the universal romanizer software 'uroman' written by Ulf Hermjakob, USC Information "
            "Sciences Institute (2015-2020)."
        )

    def units(self, item: Item) -> Sequence[Unit]:
        """Every word with a letter that is not Latin and whose reading can be known."""
        return Places({(name, KIND): eligible(text) for name, text in self.targets(item)})

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:  # noqa: ARG002  one option, no choice
        """The word romanized; none where the romanizer does not know its letters."""
        name, _, (start, end), _ = unit
        text = item.fields[name]
        new = romanized(text.text[start:end], text.lang, self.romanizer)
        if not LETTER.search(new) or FOREIGN.search(new):
            return []
        return [Option(self.romanizer, ((name, Edit(start, end, spaced(new, text.text, start, end))),))]


def eligible(text: Field) -> list[Span]:
    """The words that can be romanized."""
    return [
        (start, end)
        for start, end in text.words
        if is_readable(text.text[start:end], text.lang) and not is_frozen(text, (start, end))
    ]


@lru_cache(maxsize=2**15)
def is_readable(word: str, lang: str) -> bool:
    """Whether a word has other letters than Latin ones, and none whose reading hangs on more than itself."""
    if word.isascii() or not FOREIGN.search(word):
        return False
    return not (lang in READ_IN_CONTEXT and HAN.search(word))


def spaced(new: str, text: str, start: int, end: int) -> str:
    """The new word, set apart from what it touches where the old one needed no space."""
    if not UNSPACED.search(text, start, end):
        return new
    before = " " if start and WORDLY.match(text, start - 1) else ""
    after = " " if WORDLY.match(text, end) else ""
    return before + new + after


@lru_cache(maxsize=2**16)
def romanized(word: str, lang: str, romanizer: Romanizer) -> str:
    """A word with its stretches of other letters in Latin ones; marks between them and Latin letters stay."""
    read = read_by_uroman if romanizer == "uroman" else read_by_anyascii
    return STRETCH.sub(lambda found: in_latin(found.group(), lang, read), word)


def in_latin(stretch: str, lang: str, read: Callable[[str, str], str]) -> str:
    """A stretch as it is read; in capitals if it was, which either romanizer takes for a row of initials."""
    if not FOREIGN.search(stretch):
        return stretch
    if len(stretch) > 1 and stretch.isupper() and script_of(stretch) in CASED_SCRIPTS:
        return in_latin(lower(stretch, lang), lang, read).upper()
    return read(stretch.replace("״", ""), lang).replace("׳", "")  # signs of abbreviation that Latin does not have


def read_by_uroman(word: str, lang: str) -> str:
    """A word as uroman spells it, Chinese numerals excepted."""
    known = LANGUAGES.get(lang)
    code = UROMAN_CODES.get(known.iso639_3, known.iso639_3) if known else ""
    read = uroman()
    new = read(word, code)
    if DIGIT.search(new) and HAN.search(word):
        new = read(HAN.sub(lambda sign: spelled(sign.group(), read(sign.group(), code)), word), code)
    return new


def spelled(sign: str, read: str) -> str:
    """The syllable of a Chinese character that is read as a number; any other stays for the romanizer."""
    if not DIGIT.search(read):
        return sign
    sign = "零" if sign == "〇" else sign
    found = (readings(form).toneless_of.get(sign) for form in ("Hans", "Hant"))
    return next((syllable for syllable in found if syllable), sign)


def read_by_anyascii(word: str, lang: str) -> str:  # noqa: ARG001  it knows characters, not languages
    """A word as anyascii spells it, in small letters where its script has no others."""
    new = anyascii()(word)
    return new if script_of(word) in CASED_SCRIPTS else new.lower()


@cache
def uroman() -> Callable[[str, str], str]:
    """uroman for a word and the code of its language; loading takes seconds, so it is done once and when needed."""
    from uroman.uroman import Uroman

    loaded = Uroman()

    def read(word: str, code: str) -> str:
        loaded.abugida_cache.clear()  # it keeps what it worked out for a syllable in other surroundings
        return str(loaded.romanize_string(word, lcode=code)).strip()

    return read


@cache
def anyascii() -> Callable[[str], str]:
    """The function of that name."""
    from anyascii import anyascii as convert

    return convert
