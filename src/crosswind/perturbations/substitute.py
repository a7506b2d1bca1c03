"""Words exchanged for their neighbours, each as likely as the word itself: robust training by augmentation.

Huang et al. (2021) smooth over the neighbourhoods of words and train on text that is drawn from them (RS-DA). Their
neighbours are words near in embeddings, and near words need not mean the same ("no" and "none", "if" and "unless"): of
a user's table nobody vouches that it keeps labels. Pocket's own second words say the same and keep them.

Their code splits lines of a table at spaces and draws from an unseeded generator; here texts are split, whatever file
they came from, and a word's draw hangs on its example and place alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field as Setting

from crosswind import pocket
from crosswind.perturbations.base import Family, Levels
from crosswind.perturbations.dictionary import folded
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.lexical import Lexical, Words
from crosswind.perturbations.own_files import OfFiles
from crosswind.perturbations.units import Option, Places, Unit
from crosswind.perturbations.word_noise import is_frozen
from crosswind.pocket.lexicon import synonyms
from crosswind.sources.neighbours import neighbours
from crosswind.text.casing import cased_like
from crosswind.text.edits import Edit, Span
from crosswind.text.item import Field, Item
from crosswind.text.patterns import pattern

MOST = 16  # neighbours of a word, the first of its row; each number of them is a kind of unit with a rate of its own
MARK = pattern(r"[\p{P}\p{S}]")


class Substitute(Lexical, OfFiles):
    """Every occurrence of a word becomes one of its k neighbours or stays, all k + 1 equally likely.

    `files` are tables of neighbours by language (sources/neighbours.py); without them Pocket's words have their
    synonyms. A word is what stands between two spaces: as it is written ("surface", as in the published code), or
    without its case and one punctuation mark on either side, which are put back ("folded"). `max_rate` is the most that
    any word's chance to change may be, and so the most that is changed on the average. Of a word's neighbours the first
    sixteen count.
    """

    family: ClassVar[Family] = "wording"
    holds: ClassVar[str] = "words and their neighbours"
    adds_joiners: ClassVar[bool] = True  # a neighbour is written as its table has it

    match: Literal["surface", "folded"] = "surface"
    max_rate: float = Setting(1.0, gt=0, le=1, description="the most likely that a word may be to change")

    @property
    def levels(self) -> Levels:
        """One, where a word of k neighbours changes with a chance of k / (k + 1)."""
        shares = {str(count): (min(count / (count + 1), self.max_rate),) for count in range(1, MOST + 1)}
        return Levels(shares, core=(1,))

    @property
    def variant(self) -> str:
        return "folded" if self.match == "folded" else ""

    @property
    def unnamed(self) -> frozenset[str]:
        """A digest is no name."""
        return frozenset({"contents"})

    @property
    def is_vouched_for(self) -> bool:
        """Of Pocket's synonyms alone."""
        return not self.contents

    def lacking(self, language: str, spoken: tuple[str, ...] = ()) -> str:  # noqa: ARG002
        if self.contents:
            return self.missing(language)
        try:
            pocket.find(language)
        except ValueError:
            return f"only Pocket's words have synonyms that are known; name a file as files = {{ {language} = ... }}"
        return ""

    def words(self, language: str, spoken: tuple[str, ...], places: Mapping[str, str]) -> Mapping[str, Words]:  # noqa: ARG002
        """The neighbours of the language's words, those of equal folded form together where case does not count."""
        digest = self.contents.get(language)
        found = neighbours(Path(places[digest])) if digest else synonyms(language)
        if self.match == "surface":
            return {language: found}
        together: dict[str, dict[str, None]] = {}
        for word, others in found.items():
            together.setdefault(folded(word), {}).update(dict.fromkeys(others))
        return {language: {word: tuple(others) for word, others in together.items()}}

    def units(self, item: Item) -> Sequence[Unit]:
        """Every occurrence of a word with neighbours, by their number."""
        found: dict[tuple[str, str], list[Span]] = {}
        for name, field in self.targets(item):
            known = item.stock.words.get(field.lang, {})
            for span in self.occurrences(field) if known else ():
                others = self.others(field, span, known)
                if others and not is_frozen(field, span):
                    found.setdefault((name, str(len(others))), []).append(span)
        return Places(found)

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:  # noqa: ARG002  all are equally likely
        """Each of the neighbours."""
        field = item.fields[unit.field]
        others = self.others(field, unit.span, item.stock.words[field.lang])
        return [Option("neighbour", ((unit.field, Edit(*unit.span, other)),)) for other in others]

    def occurrences(self, field: Field) -> Iterator[Span]:
        """Where words stand: what is between single spaces, or a token."""
        for start, end in field.keep if field.solid else stretches(field.text):
            if self.match == "folded":
                start += end - start > 1 and bool(MARK.match(field.text, start))
                end -= end - start > 1 and bool(MARK.match(field.text, end - 1))
            yield start, end

    def others(self, field: Field, span: Span, known: Words) -> list[str]:
        """What may stand there instead."""
        word = field.text[slice(*span)]
        if self.match == "surface":
            found: Sequence[str] = known.get(word, ())
        else:
            found = [cased_like(word, other, field.lang) for other in known.get(folded(word), ())]
        return [other for other in dict.fromkeys(found) if other != word][:MOST]


def stretches(text: str) -> Iterator[Span]:
    """What stands between single spaces."""
    start = 0
    for stretch in text.split(" "):
        if stretch:
            yield start, start + len(stretch)
        start += len(stretch) + 1
