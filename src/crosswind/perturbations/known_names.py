"""Names that CLDR knows in the texts of an item, and which of them may be exchanged without touching the label.

What is exchanged in one text and missed in another would make the two speak of different things, so in doubt a name
stays: where another word of the item begins as it does (Italy, Italian), where a later text names it first (it may
follow from something that has no name here: a premise about Hollywood, a hypothesis about Los Angeles), and where it
stands in one text alone while the other has a name of the same field of life (Paris here, France there).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crosswind.text.edits import Span
from crosswind.text.item import Item
from crosswind.text.names import names_in, names_of
from crosswind.text.patterns import pattern
from crosswind.text.words import UNSPACED

STEM, SHORT_STEM = 4, 3  # characters that a place's name shares with the words made of it; Spain and Spaniards 3
SHORT = 5  # characters of a short name
FIELDS_OF_LIFE = {"territory": "place", "city": "place", "language": "place"}  # all others are times
ELIDING = frozenset({"fr", "it"})  # where articles and prepositions hang on whether a vowel follows
APOSTROPHES = frozenset("'’ʼ")
VOWELS = frozenset("aàáâãäåæeèéêëiìíîïoòóôõöøœuùúûü")  # before which Romance articles lose theirs


@dataclass(frozen=True, slots=True)
class Group:
    """A name with all its places; `field` is the last text that has it."""

    kind: str
    text: str
    spans: Mapping[str, tuple[Span, ...]]

    @property
    def field(self) -> str:
        return list(self.spans)[-1]

    @property
    def life(self) -> str:
        return FIELDS_OF_LIFE.get(self.kind, "time")

    @property
    def stem(self) -> str:
        """What the words made of the name begin with; of times and of names of several words it is the whole name."""
        name = self.text.casefold()
        if self.life == "time" or " " in name:
            return name
        return name[: SHORT_STEM if len(name) <= SHORT else STEM]

    @property
    def places(self) -> list[tuple[str, Span]]:
        """Every place, those in the last text first."""
        return [(name, span) for name in list(self.spans)[::-1] for span in self.spans[name]]


def groups_in(item: Item, fields: Sequence[str]) -> list[Group]:
    """The names in some texts of an item, in order of their first places."""
    found: dict[tuple[str, str], dict[str, list[Span]]] = {}
    for field in fields:
        text = item.fields[field]
        for name in names_in(text.text, text.lang, text.words):
            found.setdefault((name.kind, name.text), {}).setdefault(field, []).append(name.span)
    return [
        Group(kind, text, {field: tuple(own) for field, own in spans.items()}) for (kind, text), spans in found.items()
    ]


def exchangeable(item: Item, fields: Sequence[str]) -> list[Group]:
    """The names whose exchange in some texts of an item the label bears, in order of their first places."""
    groups = groups_in(item, fields)
    lives = {(name, group.life) for group in groups for name in group.spans}
    return [
        group
        for group in groups
        if fields[0] in group.spans
        and not any((name, group.life) in lives for name in fields if name not in group.spans)
        and sum(words_with(group.stem, item.fields[name].text) for name in fields) == len(group.places)
    ]


def words_with(stem: str, text: str) -> int:
    """How many words of a text begin with a stem; where nothing is spaced, how often it is there."""
    beginning = "" if UNSPACED.match(stem) else r"(?<![\p{L}\p{M}\p{N}])"
    return len(pattern(beginning + re.escape(stem)).findall(text.casefold()))


def others(item: Item, group: Group) -> list[str]:
    """The names of the same kind in the language that the item does not have; of like sound where articles hear it."""
    first = item.fields[group.field]
    texts = [text.text for text in item.fields.values()]
    names = [name for name in names_of(first.lang).get(group.kind, ()) if not any(name in text for text in texts)]
    if first.lang in ELIDING or any(follows_apostrophe(item.fields[field].text, span) for field, span in group.places):
        return [name for name in names if begins_with_vowel(name) == begins_with_vowel(group.text)]
    return names


def follows_apostrophe(text: str, span: Span) -> bool:
    return text[span[0] - 1 : span[0]] in APOSTROPHES


def begins_with_vowel(name: str) -> bool:
    return name[0].lower() in VOWELS
