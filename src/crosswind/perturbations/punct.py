"""Punctuation as people leave it out, put it in at random, or type it on another script's keyboard."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import ClassVar, Literal

from crosswind.languages import LANGUAGES
from crosswind.perturbations.base import Family, Levels, Rated
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.units import Option, Places, Unit
from crosswind.perturbations.word_noise import is_frozen
from crosswind.text.clusters import script_of
from crosswind.text.edits import Edit, Span
from crosswind.text.item import Field, Item
from crosswind.text.patterns import MARK as COMBINING
from crosswind.text.patterns import pattern
from crosswind.text.punctuation import STYLES, marks, marks_of, style

FINAL, INNER, NOISE, MARK = "final", "inner", "noise", "mark"
LEVELS = {
    "drop": Levels({FINAL: (1.0,) * 5, INNER: (0.0, 0.5, 1.0, 1.0, 1.0), NOISE: (0.0, 0.0, 0.0, 0.1, 0.2)}),
    "swap": Levels({MARK: (0.2, 0.4, 0.6, 0.8, 1.0)}),
}
# Right behind a word: another one or a number, with a space between, or none in scripts whose words are known without
# spaces. Burmese, Khmer and Lao words are guessed, and a mark inside a syllable is not what anyone types.
NO_MARK_FOLLOWS = pattern(
    r"\s[\p{L}\p{N}]|(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Thai}])[\p{L}\p{N}]"
)
# What stands behind a mark that was set off by a space and needs it no longer: another space, the end, a closing mark.
SET_OFF = pattern(r"\s|$|[\p{Pe}\p{Pf},.;:!?…]")
# The Greek question mark looks like the semicolon of all others, so only a Greek text may read it back.
TO_LATIN = {own: mark for name, of_script in STYLES.items() if name != "Grek" for mark, own in of_script.items()}


class Punct(Rated):
    """Drop: marks that end sentences are lost first, then the others; at last some stray ones come in behind words.

    Swap: a mark is exchanged for that of another convention, the script's own for that of the Latin script or the other
    way about (a comma for an Arabic comma, a full stop for a danda), and no word is touched.

    Stray marks are those of AEDA (Karimi et al. 2021) as the word's own script writes them, and come on top of losses.
    What stands inside a word or a number is no mark here. Tokens are never emptied, so tagged text is only swapped.
    """

    family: ClassVar[Family] = "format"

    how: Literal["drop", "swap"] = "drop"

    @property
    def levels(self) -> Levels:
        """Lost: final marks from level 1, half of the others at 2, all from 3, and strays behind 10 and 20 % of words.

        Swapped: 20, 40, 60, 80 and 100 % of the marks that have a counterpart.
        """
        return LEVELS[self.how]

    @property
    def variant(self) -> str:
        """The exchange goes by its name, the losses by none."""
        return "swap" if self.how == "swap" else ""

    def units(self, item: Item) -> Sequence[Unit]:
        """The marks, and for strays the words that no mark follows."""
        found: dict[tuple[str, str], list[Span]] = {}
        for name, text in self.targets(item):
            for kind, span in swaps(text) if self.how == "swap" else losses_and_strays(text):
                if not is_frozen(text, span):
                    found.setdefault((name, kind), []).append(span)
        return Places(found)

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:  # noqa: ARG002  only strays have a choice
        """The mark gone or exchanged, or a stray one of six."""
        name, kind, (start, end), _ = unit
        text = item.fields[name]
        if kind == NOISE:
            strays = marks_of(script_of(text.text[start:end]), text.lang)
            return [Option("insert", ((name, Edit(end, end, stray)),)) for stray in strays]
        if kind == MARK:
            new = exchanged(text.text[start:end], script_of_field(text), text.lang)
            return [Option("swap", ((name, Edit(start, end, new)),))]
        return [Option("drop", ((name, Edit(*with_space(text.text, start, end), "")),))]


def losses_and_strays(text: Field) -> Iterator[tuple[str, Span]]:
    """What a running text may lose, and the words behind which a stray may come; nothing where there are no words."""
    if text.solid or not text.words:
        return
    for is_final, start, end in marks(text.text):
        if not COMBINING.match(text.text, end):  # what stands on a mark would be left without anything under it
            yield FINAL if is_final else INNER, (start, end)
    for start, end in text.words:
        if NO_MARK_FOLLOWS.match(text.text, end):
            yield NOISE, (start, end)


def with_space(text: str, start: int, end: int) -> Span:
    """A mark and the space that it alone was the reason for."""
    if start and text[start - 1].isspace():
        return (start - 1, end) if SET_OFF.match(text, end) else (start, end)
    if not start and text[end : end + 1].isspace():
        return start, end + 1
    return start, end


def swaps(text: Field) -> Iterator[tuple[str, Span]]:
    """The marks that have a counterpart."""
    script = script_of_field(text)
    for _, start, end in marks(text.text):
        old = text.text[start:end]
        # a full stop inside a text may shorten a word, and that is done in the Latin way everywhere
        if exchanged(old, script, text.lang) != old and (old != "." or not text.text[end:].strip()):
            yield MARK, (start, end)


def script_of_field(text: Field) -> str:
    """The script that its language is written in, or that of its first letter where the language is not known."""
    known = LANGUAGES.get(text.lang)
    return known.script if known else script_of(text.text)


@lru_cache(maxsize=2**12)
def exchanged(old: str, script: str, lang: str) -> str:
    """Marks of a script as the Latin script has them, and marks of the Latin script as this one has them."""
    own = style(script, lang)
    back = TO_LATIN | {native: mark for mark, native in own.items()}
    forth = own if old == "." else {mark: native for mark, native in own.items() if mark != "."}  # three are one mark
    return "".join(back.get(mark) or forth.get(mark, mark) for mark in old)
