"""Misspellings that people make who write the language: wrong vowels and doubled letters, lost marks, homophones."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import Annotated, ClassVar
from unicodedata import normalize

from pydantic import BeforeValidator

from crosswind.perturbations.base import Family, Levels, Rated
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.hunspell import Hunspell, dictionaries
from crosswind.perturbations.spelling import Index, Misspelling, Rule, Spelled, index, native_rules
from crosswind.perturbations.units import Option, Places, Promised, Unit, thinned
from crosswind.perturbations.word_noise import KIND, RATES, has_short_words, is_frozen
from crosswind.text.clusters import clusters, script_of
from crosswind.text.edits import Edit, Span
from crosswind.text.hanzi import Form, form_of, peculiar, readings
from crosswind.text.item import Field, Item

HANZI = "hanzi"
# Two wrong characters in a Chinese sentence can be guessed from the rest, more cannot: no worse than level 3.
LEVELS = Levels(RATES | {HANZI: (0.05, 0.10, 0.15, 0.15, 0.15)})
LIKELY = 0.5  # the weight of a rule that is seen now and then
OTHER_READINGS = frozenset({"ja", "ko"})  # languages whose Han characters are not read as in Chinese


class TypoNative(Rated):
    """One misspelling in each selected word, chosen among the places where a rule of the language applies, by weight.

    The rules are in the table "native_rules"; the idea to perturb with errors that writers make rather than with any
    goes back to Belinkov and Bisk (2018), who took theirs from corpora of corrections that few languages have. Chinese
    characters become common ones that sound the same. `hunspell` is a folder of .aff files whose rules are added.
    """

    family: ClassVar[Family] = "char noise"

    hunspell: Annotated[Hunspell | None, BeforeValidator(dictionaries)] = None

    @property
    def levels(self) -> Levels:
        """5, 10, 15, 20 and 30 % of the words; of words in Chinese characters never more than 15 %."""
        return LEVELS

    def units(self, item: Item) -> Sequence[Unit]:
        """Every word with a likely misspelling; those in Chinese characters are a kind of their own."""
        found: dict[tuple[str, str], list[Span]] = {}
        for name, text in self.targets(item):
            for span in self.likely(text):
                kind = HANZI if is_han(text.text[span[0] : span[1]]) else KIND
                found.setdefault((name, kind), []).append(span)
        return Places(found)

    def likely(self, text: Field) -> Iterator[Span]:
        """The words of a field with a likely misspelling, outside all frozen spans."""
        for span in text.words:
            word = text.text[span[0] : span[1]]
            if is_likely(word, text.lang, form(text, word), self.hunspell) and not is_frozen(text, span):
                yield span

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:
        """Every misspelling of the word."""
        name, (start, end) = unit.field, unit.span
        text = item.fields[name]
        word = text.text[start:end]
        found = misspellings(word, text.lang, form(text, word), self.hunspell)

        def option(number: int) -> Option:
            left, right, new, rule = found[number]
            return Option(rule.op, ((name, Edit(start + left, start + right, new)),), rule.weight)

        return thinned(Promised(option, [made.rule.weight for made in found]), item, unit, draw)


def form(text: Field, word: str) -> Form:
    """The written form of a field's Chinese characters, asked only where the word has any."""
    return form_of(text.text, text.lang) if is_han(word) else "Hans"


@lru_cache(maxsize=2**15)
def is_han(word: str) -> bool:
    """Whether a word is in Chinese characters."""
    return not word.isascii() and script_of(word) == "Hani"


@lru_cache(maxsize=2**15)
def is_likely(word: str, lang: str, han_form: Form, hunspell: Hunspell | None) -> bool:
    """Whether a likely rule applies to a word, or so many unlikely ones that they weigh as much."""
    weights = accumulate(made.rule.weight for made in changes(word, lang, han_form, hunspell))
    return any(weight > LIKELY - 1e-9 for weight in weights)


@lru_cache(maxsize=2**10)
def misspellings(word: str, lang: str, han_form: Form, hunspell: Hunspell | None) -> tuple[Misspelling, ...]:
    """Everything that a word may become."""
    return tuple(changes(word, lang, han_form, hunspell))


def changes(word: str, lang: str, han_form: Form, hunspell: Hunspell | None) -> Iterator[Misspelling]:
    """The misspellings by rules, then those by sound; never nothing."""
    if len(word) < 2 and not has_short_words(word) and not has_marks(word):
        return  # a letter is too little to be misspelt, unless it is a syllable or has an accent
    foreign = peculiar()[han_form == "Hans"] if is_han(word) else frozenset()
    for made in Spelled(word, lang).misspellings(rules(lang, script_of(word), hunspell)):
        if foreign.isdisjoint(made.new) and made.end - made.start - len(made.new) < len(word):
            yield made
    if is_han(word) and lang not in OTHER_READINGS:
        yield from homophones(word, han_form)


def has_marks(word: str) -> bool:
    """Whether a word falls into letters and marks."""
    return len(normalize("NFD", word)) > 1


@cache
def rules(lang: str, script: str, hunspell: Hunspell | None) -> Index:
    """What applies to words of a language in a script."""
    return index((*native_rules(lang, script), *(hunspell.rules_of(lang) if hunspell else ())))


def homophones(word: str, han_form: Form) -> Iterator[Misspelling]:
    """Each character as each that sounds the same; of those the first is the commonest and has the greatest weight."""
    known = readings(han_form)
    for start, end in clusters(word):
        sign = word[start:end]
        alike = known.tonal.get(known.tonal_of.get(sign, ""), "")
        others = [other for other in alike if other != sign and not {sign, other} & known.polyphones]
        total = sum(1 / rank for rank in range(1, len(others) + 1))
        for rank, other in enumerate(others, start=1):
            rule = Rule("homophone", sign, other, weight=1 / rank / total)
            yield Misspelling(start, end, other, rule)
