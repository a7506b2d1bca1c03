"""The phrases of a text that another language has a word for, found in its translation or in a dictionary.

What a translation says itself comes first. A dictionary fills the gaps: with what it knows and the translation
confirms, or with all that it knows. No two phrases of a text overlap unless they stand for the same stretch of it, so
that a share of them is a share of its words.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from crosswind.perturbations.dictionary import Translations, folded
from crosswind.perturbations.links import MOST_WORDS, Block, Link, blocks, goes_with, side_by_side, stretch
from crosswind.text.casing import upper
from crosswind.text.edits import Span
from crosswind.text.item import Field
from crosswind.text.stock import Phrase

Source = Literal["aligned", "confirmed", "dictionary"]
SOURCES: tuple[Source, ...] = get_args(Source)
UNMEASURED = 1.0  # the similarity of what a dictionary says: nobody measured it, and no floor is meant for it


@dataclass(frozen=True, slots=True)
class Version:
    """What is known of a text in another language: its translation, the links between them, a dictionary."""

    language: str
    text: Field | None = None
    links: Sequence[Link] = ()
    translations: Translations | None = None


def phrases(field: Field, versions: Iterable[Version], sources: Sequence[Source], floor: float) -> tuple[Phrase, ...]:
    """The phrases of a text in all languages, in the order of the text."""
    found = [each for version in versions for each in of_version(field, version, sources, floor)]
    return apart(each for each in found if differs(field, each))


def differs(field: Field, phrase: Phrase) -> bool:
    """Whether a phrase differs from what it stands for by more than case; a name or a loan often does not."""
    return folded(phrase.text) != folded(field.text[slice(*phrase.span)])


def of_version(field: Field, version: Version, sources: Sequence[Source], floor: float) -> Iterator[Phrase]:
    """The phrases of a text in one language, source by source."""
    taken: list[Block] = []
    known = version.translations
    if version.text is not None:
        if "aligned" in sources:
            links = [link for link in version.links if link.similarity >= floor]
            aligned = blocks(field, version.text, links)
            taken += aligned
            yield from (quoted(field, version.text, block, "aligned") for block in aligned)
        if "confirmed" in sources and known is not None:
            confirmed = list(there(field, version.text, known, taken))
            taken += confirmed
            yield from (quoted(field, version.text, block, "confirmed") for block in confirmed)
    if "dictionary" in sources and known is not None:
        for words, translation in looked_up(field, known, [block.words for block in taken]):
            span = stretch(field, words)
            text = capitalised(translation, version.language) if is_opening(field, span) else translation
            yield Phrase(span, text, version.language, UNMEASURED, "dictionary")


def quoted(field: Field, other: Field, block: Block, source: Source) -> Phrase:
    """A block with the words of the translation as they stand there."""
    text = other.text[slice(*stretch(other, block.others))]
    return Phrase(stretch(field, block.words), text, other.lang, block.similarity, source)


def there(field: Field, other: Field, known: Translations, taken: Sequence[Block]) -> Iterator[Block]:
    """What the dictionary has for words not taken yet, where the translation of the text has it in the same order."""
    places: dict[str, list[Span]] = defaultdict(list)
    for words in ranges(other):
        places[folded(other.text[slice(*stretch(other, words))])].append(words)
    kept = list(taken)
    for words in ranges(field):
        known_as = known.of(field.text[slice(*stretch(field, words))])
        options = [Block(words, place, UNMEASURED) for each in known_as for place in places[folded(each)]]
        fitting = [block for block in options if all(goes_with(block, each) for each in kept)]
        kept += fitting[:1]
        yield from fitting[:1]


def looked_up(field: Field, known: Translations, taken: Sequence[Span]) -> Iterator[tuple[Span, str]]:
    """Every translation that the dictionary has for words not taken yet; longer phrases before shorter ones."""
    kept = list(taken)
    for words in ranges(field):
        translations = known.of(field.text[slice(*stretch(field, words))])
        if translations and all(words[1] <= start or end <= words[0] for start, end in kept):
            kept.append(words)
            yield from ((words, translation) for translation in translations)


def ranges(field: Field) -> Iterator[Span]:
    """Ranges of one to three neighbouring words, the longest first; single ones where words are given as tokens."""
    for length in range(1 if field.solid else MOST_WORDS, 0, -1):
        for first in range(len(field.words) - length + 1):
            if side_by_side(field, (first, first + length)):
                yield first, first + length


def is_opening(field: Field, span: Span) -> bool:
    """Whether a phrase opens its text with a capital."""
    return span[0] == field.words[0][0] and field.text[span[0]].isupper()


def capitalised(text: str, language: str) -> str:
    """A text with a capital at its beginning."""
    return upper(text[:1], language) + text[1:]


def apart(found: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """Those of the phrases whose stretches of the text do not overlap: the stretches that most languages have, then
    the shortest, then the first."""
    by_span: dict[Span, list[Phrase]] = defaultdict(list)
    for phrase in found:
        by_span[phrase.span].append(phrase)
    languages = {span: len({phrase.language for phrase in own}) for span, own in by_span.items()}
    kept: list[Span] = []
    for span in sorted(by_span, key=lambda each: (-languages[each], each[1] - each[0], each)):
        if all(span[1] <= start or end <= span[0] for start, end in kept):
            kept.append(span)
    return tuple(phrase for span in sorted(kept) for phrase in by_span[span])


def tally(found: Iterable[Phrase]) -> Counter[str]:
    """How many stretches of a text each source has something for; the first source of each counts."""
    return Counter({phrase.span: phrase.source for phrase in reversed(tuple(found))}.values())
