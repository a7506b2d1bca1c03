"""What each word of a sentence says, piece by piece, as linguists write it under the word.

Content is said by English words, grammar by capitals, near to the Leipzig glossing rules: ACC accusative, FUT future,
NOT negation, PASS passive, PL plural, PST past.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from crosswind.pocket import concepts, world
from crosswind.pocket.english import called
from crosswind.pocket.grammar import PLAIN, Style, Word, relation
from crosswind.pocket.world import Event

TENSES: Mapping[concepts.Tense, str] = MappingProxyType({"past": "PST", "future": "FUT"})
MARKS: Mapping[str, str] = MappingProxyType({"negation": "NOT", "passive": "PASS", "plural": "PL", "case": "ACC"})


def gloss(word: Word, event: Event, style: Style = PLAIN) -> str:
    """The gloss of a word of a sentence that tells the event in the style; a stop or question mark is its own."""
    return word.form if word.tag == "PUNCT" else "-".join(pieces(word, event, style))


def pieces(word: Word, event: Event, style: Style) -> Iterator[str]:
    """What the parts of a word say, in the order they are written in: compounds begin with their modifier."""
    modifiers = [part for part in word.parts[1:] if part.endswith(".adjective")]
    for part in (*modifiers, *(part for part in word.parts if part not in modifiers)):
        yield piece(part, event, style)


def piece(part: str, event: Event, style: Style) -> str:
    """What one part of an event says."""
    role, _, name = part.rpartition(".")
    if name in MARKS:
        return MARKS[name]
    match name:
        case "tense":
            return TENSES[event.tense]
        case "by":
            return "by"
        case "link":
            return str(style.link)
        case "relation":
            return relation(event.place or "")
        case "number":
            return concepts.NUMBERS[getattr(event, role).number - 1]
        case "surname":
            return called(getattr(event, role).surname, part, style)
    return called(world.read(event, part) or "", part, style)
