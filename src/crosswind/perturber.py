"""A perturbation at a level with a seed, for the texts of one language, one after the other."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from crosswind.perturbations.base import Fixed, Perturbation, Rated
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.dictionary import Translations
from crosswind.perturbations.lexical import Lexical
from crosswind.perturbations.phrases import Version, phrases
from crosswind.perturbations.sampling import SUITE, Rates, Sampler
from crosswind.perturbations.short_way import ShortWay
from crosswind.perturbations.word_noise import WordNoise
from crosswind.text.edits import Edit, Span, splice
from crosswind.text.item import Field, Item, plain_field, token_field
from crosswind.text.normal import Normalised, normalise
from crosswind.text.similarity import chrf_after, distance
from crosswind.text.stock import NOTHING, Stock
from crosswind.text.words import BUILTIN, Segmenter

# Running text; the tokens of a tagged sentence; or running text with spans that must survive, such as answers.
Source = str | Sequence[str] | tuple[str, Sequence[Span]]

FIELD = "text"
DATASET = "text"
SPLIT = "any"


@dataclass(frozen=True, slots=True)
class Stats:
    """What was done, in numbers: units that could be edited and were, words, chrF, clusters removed or put in."""

    units: int
    edited: int
    words: int
    chrf: float
    distance: int


class Noisy(NamedTuple):
    """A text and what became of it.

    `text` is the perturbed text; `edits` are what was replaced in the `clean` one, sorted; `ops` say what was done, a
    word for each edited unit, in the order in which they were chosen. `spans` say where the given spans, or the tokens,
    lie in the perturbed text, in the order in which they were given.
    """

    # A tuple for the reason given at text.edits.Edit.
    text: str
    edits: tuple[Edit, ...]
    ops: tuple[str, ...]
    spans: tuple[Span, ...]
    normalised: Normalised  # from the text as it came to its NFC, which is what was perturbed
    perturbation: Perturbation
    item: Callable[[], Item]  # made only when it is asked for: most texts need none

    @property
    def clean(self) -> str:
        """The text in NFC before the perturbation."""
        return self.normalised.text

    @property
    def parts(self) -> tuple[str, ...]:
        """The given spans, or the tokens, as they read now."""
        return tuple(self.text[start:end] for start, end in self.spans)

    @property
    def stats(self) -> Stats:
        """What was done, in numbers; a perturbation that knows no units counts the text as one."""
        item = self.item()
        return Stats(
            units=len(self.perturbation.units(item)) if isinstance(self.perturbation, Rated) else 1,
            edited=len(self.ops),
            words=len(item.fields[FIELD].words),
            chrf=chrf_after(self.clean, self.edits) if self.edits else 100.0,
            distance=distance(self.clean, self.edits),
        )


class Perturber:
    """A perturbation at a level with a seed, for texts in one language. Called with a text and its id.

    `rates` and `suite` are those of perturbations.sampling.sample: other shares of units, and independent noise.
    """

    def __init__(
        self,
        perturbation: Perturbation,
        *,
        language: str,
        level: int,
        seed: int = 1,
        rates: Rates | None = None,
        suite: str = SUITE,
        segmenter: Segmenter = BUILTIN,
    ) -> None:
        """Raises ValueError for a level that does not exist and for what changes more than text."""
        if not isinstance(perturbation, Rated | Fixed):
            raise ValueError(  # noqa: TRY004  a user's mistake
                f"{perturbation.label} changes more than one text (labels, or which languages meet), so it needs the "
                "items of a task: make it a condition of a study"
            )
        self.perturbation = perturbation
        self.language = language
        self.segmenter = segmenter
        self.sample = Sampler(perturbation, level, seed, suite=suite, rates=rates)
        self.versions = known_words(perturbation, language) if isinstance(perturbation, Codemix) else ()
        self.beside = looked_up(perturbation, language) if isinstance(perturbation, Lexical) else NOTHING
        self.short_way = None
        if isinstance(perturbation, WordNoise) and not perturbation.fields and segmenter is BUILTIN:
            self.short_way = ShortWay(self.sample, perturbation, language, DATASET, SPLIT, FIELD)

    def __call__(self, source: Source, uid: str, stock: Stock = NOTHING) -> Noisy:
        """The text perturbed; equal ids get equal noise. `stock` is what it may draw from beside the text."""
        if isinstance(source, str):
            return self.running(normalise(source), uid, stock)
        match source:
            case [str(text), [*spans]] if all(map(is_span, spans)):
                normalised = normalise(text)
                moved = [normalised.span(span) for span in checked(spans, text, uid)]
                return self.sampled(self.item(normalised.text, uid, stock, moved), normalised, moved)
        tokens = [token for token in source if isinstance(token, str) and token]
        if not tokens or len(tokens) != len(source):
            raise ValueError(
                f"text {uid!r} is {source!r}; expected a string, a list of non-empty strings (tokens), or a string and "
                "a list of its spans, such as ('Ein alter Satz.', [(4, 9)])"
            )
        field = token_field([normalise(token).text for token in tokens], self.language, uid)
        beside = self.beside if stock is NOTHING else stock
        return self.sampled(item_of(field, uid, beside), normalise(" ".join(tokens)), field.keep)

    def running(self, normalised: Normalised, uid: str, stock: Stock) -> Noisy:
        """Running text perturbed, the short way where there is one."""
        clean = normalised.text
        item = partial(self.item, clean, uid, stock)
        changed = self.short_way(clean, uid) if self.short_way else None
        if changed is None:
            return self.sampled(item(), normalised, ())
        edits, ops = changed
        return Noisy(splice(clean, edits) if edits else clean, edits, ops, (), normalised, self.perturbation, item)

    def sampled(self, item: Item, normalised: Normalised, spans: Sequence[Span]) -> Noisy:
        """Any item of one field perturbed, with the spans of its text."""
        perturbed = self.sample(item)
        return Noisy(
            text=perturbed.text(FIELD),
            edits=perturbed.edits[FIELD],
            ops=tuple(op for _, op in perturbed.trace),
            spans=tuple(map(perturbed.projection(FIELD).span, spans)),
            normalised=normalised,
            perturbation=self.perturbation,
            item=lambda: item,
        )

    def item(self, text: str, uid: str, stock: Stock, keep: Sequence[Span] = ()) -> Item:
        """Running text as an item."""
        field = plain_field(text, self.language, uid, keep, segmenter=self.segmenter)
        if self.versions and stock is NOTHING:
            assert isinstance(self.perturbation, Codemix)
            stock = Stock(phrases={FIELD: phrases(field, self.versions, self.perturbation.sources, 0.0)})
        return item_of(field, uid, self.beside if stock is NOTHING else stock)


def known_words(perturbation: Codemix, language: str) -> tuple[Version, ...]:
    """What a dictionary knows of a language in those that a text is mixed with; nothing where none is to be asked."""
    dictionary = perturbation.dictionary
    if dictionary is None or "dictionary" not in perturbation.sources:
        return ()
    if not perturbation.languages:
        raise ValueError(f"{perturbation.label}: with which languages is the text mixed? Name them, as languages = en")
    for other in perturbation.languages:
        if not dictionary.has(language, other):
            raise ValueError(f"{perturbation.label}: the dictionary does not translate {language} into {other}")
    return tuple(
        Version(other, translations=Translations(dictionary.pairs(language, other, dictionary.places)))
        for other in perturbation.languages
    )


def looked_up(perturbation: Lexical, language: str) -> Stock:
    """The tables that words of a language are looked up in; raises ValueError where there are none."""
    if why := perturbation.lacking(language):
        raise ValueError(f"{perturbation.label}: {why}")
    return Stock(words=perturbation.words(language, (), perturbation.places))


def item_of(field: Field, uid: str, stock: Stock) -> Item:
    """A field as an item of its own."""
    return Item(DATASET, SPLIT, uid, {FIELD: field}, stock)


def is_span(value: object) -> bool:
    """Whether a value is a pair of numbers."""
    match value:
        case [int(), int()]:
            return True
    return False


def checked(spans: Iterable[Span], text: str, uid: str) -> Iterator[Span]:
    """The spans; raises ValueError for one that holds nothing or leaves the text."""
    for start, end in spans:
        if not 0 <= start < end <= len(text):
            raise ValueError(
                f"text {uid!r} has {len(text)} code points and no span ({start}, {end}); expected 0 <= start < end <= "
                "length, counted in code points of the text as it came"
            )
        yield start, end
