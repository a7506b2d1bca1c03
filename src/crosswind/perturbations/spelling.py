"""Rules of misspelling: where one applies in a word, and what the word becomes.

Rules are written in NFD, where a syllable of Hangul falls into its sounds and a letter with an accent into two
characters, so that one rule for an accent or a coda serves every letter. What they make is composed again.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Literal, NamedTuple
from unicodedata import category, combining, normalize

from crosswind.text.casing import lower, upper
from crosswind.text.clusters import clusters
from crosswind.text.tables import table

Where = Literal["any", "initial", "medial", "final", "whole"]
EVERY = "*"  # languages without rules of their own in a script
TIGHT = frozenset({7, 8})  # combining classes of nukta and dakuten, which make another letter, as do those from 200 on


class Rule(NamedTuple):
    """`find` may become `replace`, behind one of the characters in `left` and before one of those in `right` if given;
    where these begin with "^", behind and before none of them.

    `validity` is A where a reader sees the same word, in another encoding or by another convention.
    """

    op: str
    find: str
    replace: str
    where: Where = "any"
    left: str = ""
    right: str = ""
    weight: float = 1.0
    validity: Literal["A", "B"] = "B"


class Misspelling(NamedTuple):
    """What a rule makes of a word: `word[start:end]`, whole clusters, becomes `new`."""

    start: int
    end: int
    new: str
    rule: Rule


Index = Mapping[str, tuple[Rule, ...]]  # by the first character that they find


def index(rules: Iterable[Rule]) -> Index:
    """Rules as they are looked up, in the order given."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.find[0], []).append(rule)
    return {first: tuple(some) for first, some in found.items()}


@cache
def native_rules(lang: str, script: str) -> tuple[Rule, ...]:
    """The rules of a language in a script; where it has none there, those that need no language."""
    rows = [row for row in table("native_rules")["rules"] if row["script"] == script]
    own = [row for row in rows if lang in row["langs"]] or [row for row in rows if EVERY in row["langs"]]
    return tuple(
        Rule(
            op=row["op"],
            find=row["find"],
            replace=row["replace"],
            where=row["where"],
            left=row.get("left", ""),
            right=row.get("right", ""),
            weight=row["weight"],
            validity=row["class"],
        )
        for row in own
    )


class Spelled:
    """A word taken apart: its characters in NFD, as they are and in small letters, each knowing its cluster."""

    def __init__(self, word: str, lang: str) -> None:
        self.word, self.lang = word, lang
        self.spans = clusters(word)
        parts = [taken_apart(word[start:end], lang) for start, end in self.spans]
        self.capital = [given != small for given, small in parts]
        self.text = "".join(small for _, small in parts)
        self.given = "".join(given if len(given) == len(small) else small for given, small in parts)
        self.owner = [number for number, (_, small) in enumerate(parts) for _ in small]

    def misspellings(self, rules: Index) -> Iterator[Misspelling]:
        """Everything that the rules can make of the word, from its start to its end.

        Nothing of a word in capitals: as a rule it is an abbreviation or a number.
        """
        if len(self.spans) > 1 and all(self.capital):
            return
        for start in range(len(self.text)):
            for made in self.misspellings_at(start, rules):
                if made.new != self.word[made.start : made.end]:
                    yield made

    def misspellings_at(self, start: int, rules: Index) -> Iterator[Misspelling]:
        """What rules for small letters make of the word at a place, keeping its case, then those for capitals."""
        for rule in rules.get(self.text[start], ()):
            if self.text.startswith(rule.find, start) and self.fits(rule, start) and self.keeps_case(rule, start):
                first, last, text = self.replaced(rule, start)
                yield self.misspelling(rule, first, last, self.cased(text, first))
        if self.given[start] != self.text[start]:
            for rule in rules.get(self.given[start], ()):
                if self.given.startswith(rule.find, start) and self.fits(rule, start):
                    yield self.misspelling(rule, *self.replaced(rule, start))

    def fits(self, rule: Rule, start: int) -> bool:
        """Whether a rule that finds its characters at a place applies there."""
        end = start + len(rule.find)
        if not is_placed(rule.where, start, end, len(self.text)):
            return False
        following = self.text[end : end + 1]
        if following and is_tight(following) and not is_mark(rule.find[-1]):
            return False
        return allows(rule.right, following) and (rule.left == "" or allows(rule.left, self.base_before(start)))

    def base_before(self, start: int) -> str:
        """The last character before a place that is no accent; empty where there is none."""
        while start and is_tight(self.text[start - 1]):
            start -= 1
        return self.text[start - 1] if start else ""

    def keeps_case(self, rule: Rule, start: int) -> bool:
        """Whether no capital would be lost: only the first of the clusters that change may have one."""
        return not any(self.capital[self.owner[start] + 1 : self.owner[start + len(rule.find) - 1] + 1])

    def replaced(self, rule: Rule, start: int) -> tuple[int, int, str]:
        """The first and the last cluster that a rule changes, and what it makes of them."""
        end = start + len(rule.find)
        first, last = self.owner[start], self.owner[end - 1]
        text = self.of_cluster(first, 0, start) + rule.replace + self.of_cluster(last, end, len(self.text))
        if not text and self.capital[first] and last + 1 < len(self.spans):
            last += 1  # the capital goes over to the next letter
            text = self.of_cluster(last, end, len(self.text))
        return first, last, text

    def of_cluster(self, number: int, start: int, end: int) -> str:
        """The characters of a cluster that lie between two places."""
        return "".join(self.text[place] for place in range(start, end) if self.owner[place] == number)

    def cased(self, text: str, first: int) -> str:
        """A text in NFD with a capital if the cluster that it begins with had one."""
        return upper(text[0], self.lang) + text[1:] if text and self.capital[first] else text

    def misspelling(self, rule: Rule, first: int, last: int, text: str) -> Misspelling:
        """The change of some clusters to a text in NFD."""
        return Misspelling(self.spans[first][0], self.spans[last][1], normalize("NFC", text), rule)


@lru_cache(maxsize=2**14)
def taken_apart(sign: str, lang: str) -> tuple[str, str]:
    """A cluster in NFD, as it is and in small letters."""
    return normalize("NFD", sign), normalize("NFD", lower(sign, lang))


def allows(characters: str, neighbour: str) -> bool:
    """Whether a neighbour, empty at the edge of a word, is one of the characters, or none where they are excluded."""
    if characters.startswith("^"):
        return neighbour == "" or neighbour not in characters
    return characters == "" or (neighbour != "" and neighbour in characters)


def is_placed(where: Where, start: int, end: int, length: int) -> bool:
    """Whether a stretch of a word of some length stands where a rule wants it."""
    match where:
        case "initial":
            return start == 0
        case "final":
            return end == length
        case "medial":
            return start > 0 and end < length
        case "whole":
            return start == 0 and end == length
    return True


@cache
def is_tight(character: str) -> bool:
    """Whether a mark is part of the letter before it, so that rules for the bare letter do not apply."""
    place = combining(character)
    return place in TIGHT or place >= 200


@cache
def is_mark(character: str) -> bool:
    """Whether a character is a mark."""
    return category(character)[0] == "M"
