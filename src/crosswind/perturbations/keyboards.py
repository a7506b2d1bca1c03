"""What people type on: for every script of a language, which signs a finger can hit in place of those of a word."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Protocol

from crosswind.text.clusters import clusters, script
from crosswind.text.edits import Span
from crosswind.text.hangul import keys_of, syllable_of
from crosswind.text.hanzi import Form, Readings, readings
from crosswind.text.patterns import MARK
from crosswind.text.tables import table

HAN, HANGUL = "Hani", "Hang"
WRITES_HAN_OTHERWISE = frozenset({"ja", "ko"})  # by way of kana and Hangul, where no slip of one key is one of a sign
ALPHABETS = frozenset({"Latn", "Cyrl", "Grek", "Armn", "Geor"})  # a letter and its marks are one sign to the reader
NUKTA = 7  # the combining class of dots that make another consonant

Neighbours = Mapping[str, tuple[str, ...]]


class Keyboard(Protocol):
    """Tells for one cluster what a slip at it can leave behind: always clusters in NFC that a reader can take in."""

    def missed(self, cluster: str) -> Sequence[str]:
        """What the cluster becomes if a key beside one of its own is hit instead."""
        ...

    def brushed(self, cluster: str) -> Sequence[str]:
        """What it becomes if a key beside one of its own is hit as well."""
        ...


@lru_cache(maxsize=2**10)
def keyboard(lang: str, written: str, form: Form = "Hans") -> Keyboard | None:
    """What words of the script `written` are typed on in a language; `form` matters to Chinese characters alone.

    The language's own layout if it is for that script, else that of the script's most writers, if there is one.
    """
    code = lang.casefold().replace("_", "-")
    layouts = table("keyboards")["languages"]
    known = code if code in layouts else code.partition("-")[0]
    if written == HAN:
        return None if known in WRITES_HAN_OTHERWISE else pinyin(form)
    if known not in layouts or written not in layouts[known]["scripts"]:
        known = table("keyboards")["writers"].get(written, "")
    return board(known) if known else None


@cache
def board(lang: str) -> Keyboard:
    """The keyboard of a language in the table."""
    entry: Mapping[str, Any] = table("keyboards")["languages"][lang]
    keys = neighbours(entry["layout"])
    if HANGUL in entry["scripts"]:
        return Dubeolsik(keys)
    return Keys(keys, {letter: tuple(beside.split()) for letter, beside in entry["composed"].items()})


@cache
def pinyin(form: Form) -> Keyboard:
    """The keyboard for Chinese characters, whose readings are typed in Latin letters."""
    return Pinyin(neighbours(table("keyboards")["languages"]["zh"]["layout"]), readings(form))


@cache
def neighbours(layout: str) -> Neighbours:
    """The signs beside each sign of a layout, of its kind and shift level, nearest first."""
    return {sign: tuple(beside.split()) for sign, beside in table("keyboards")["layouts"][layout].items()}


@dataclass(frozen=True, eq=False, slots=True)
class Keys:
    """A layout whose keys write signs: letters, and in many scripts the vowel signs and marks around them.

    `composed` holds letters that take several keys, with what they become if one of these is missed.
    """

    keys: Neighbours
    composed: Neighbours

    def missed(self, cluster: str) -> Sequence[str]:
        """A letter gives way to a letter; in a cluster of several signs each may give way to one of its kind."""
        whole = self.keys.get(cluster) or self.composed.get(cluster)
        if whole or len(cluster) == 1 or script(cluster[0]) in ALPHABETS:
            return whole or ()
        slips = [
            cluster[:start] + sign + cluster[end:]
            for start, end in self.typed(cluster)
            for sign in self.keys.get(cluster[start:end], ())
        ]
        return [slip for slip in slips if unicodedata.is_normalized("NFC", slip) and len(clusters(slip)) == 1]

    def typed(self, cluster: str) -> Iterator[Span]:
        """Where the signs of a cluster stand; a consonant with a nukta is one, since it is another consonant."""
        start = 0
        while start < len(cluster):
            has_nukta = unicodedata.combining(cluster[start + 1 : start + 2] or " ") == NUKTA
            end = start + (2 if has_nukta else 1)
            yield start, end
            start = end

    def brushed(self, cluster: str) -> Sequence[str]:
        """The cluster with one more letter behind it, of a key beside that of its first."""
        first = cluster[:2] if cluster[:2] in self.keys else cluster[0]
        letter = first if first in self.keys else unicodedata.normalize("NFD", cluster)[0]
        if MARK.match(letter):
            return ()
        return [cluster + sign for sign in self.keys.get(letter, ())]


@dataclass(frozen=True, eq=False, slots=True)
class Dubeolsik:
    """The Korean keyboard of single jamo, consonants on the left and vowels on the right."""

    keys: Neighbours

    def missed(self, cluster: str) -> Sequence[str]:
        """The syllables that differ by one key, which is a neighbour's."""
        return written_once(map(syllable_of, replaced(keys_of(cluster), self.keys)), cluster)

    def brushed(self, cluster: str) -> Sequence[str]:
        """The syllables that hold one key more, beside one of its own, wherever the stray one fits in."""
        typed = keys_of(cluster)
        strays = dict.fromkeys(other for key in typed for other in self.keys[key])
        slips = [typed[:place] + other + typed[place:] for other in strays for place in range(1, len(typed) + 1)]
        return written_once(map(syllable_of, slips), cluster)


@dataclass(frozen=True, eq=False, slots=True)
class Pinyin:
    """Chinese characters, each typed as its toneless reading; a slip brings up the commonest character of another."""

    keys: Neighbours
    read: Readings

    def missed(self, cluster: str) -> Sequence[str]:
        """The commonest characters of the syllables that differ by one letter, which is a neighbour's."""
        return written_once(map(self.commonest, replaced(self.typed(cluster), self.keys)), cluster)

    def brushed(self, cluster: str) -> Sequence[str]:
        """The commonest characters of the syllables that hold one letter more, behind the one that it is beside."""
        typed = self.typed(cluster)
        slips = [
            typed[: place + 1] + other + typed[place + 1 :]
            for place, key in enumerate(typed)
            for other in self.keys[key]
        ]
        return written_once(map(self.commonest, slips), cluster)

    def typed(self, cluster: str) -> str:
        """The reading of a character; empty where it is not known, or needs the word to be known."""
        return "" if cluster in self.read.polyphones else self.read.toneless_of.get(cluster, "")

    def commonest(self, syllable: str) -> str:
        """The commonest character of a syllable; empty where there is none."""
        return self.read.toneless.get(syllable, "")[:1]


def replaced(typed: str, keys: Neighbours) -> Iterator[str]:
    """The sequences of keys in which one is a neighbour instead."""
    for place, key in enumerate(typed):
        for other in keys.get(key, ()):
            yield typed[:place] + other + typed[place + 1 :]


def written_once(found: Iterable[str], instead_of: str) -> list[str]:
    """What is really written and is not the same as before, each once."""
    return [one for one in dict.fromkeys(found) if one and one != instead_of]
