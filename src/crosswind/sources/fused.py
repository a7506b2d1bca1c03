"""Words of CoNLL-U as they are written: a form that several tokens share, such as French `du`, takes their place.

It needs one tag. XTREME takes that of the token nearest to the root, counted in ancestors over basic and enhanced edges
together, and among equals the tag that comes first in a list. A tag that is in no list, on which its script stops,
comes last here.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from crosswind.sources.rows import Broken, Row

USUAL = [
    "VERB",
    "NOUN",
    "PROPN",
    "PRON",
    "ADJ",
    "NUM",
    "ADV",
    "INTJ",
    "AUX",
    "ADP",
    "DET",
    "PART",
    "CCONJ",
    "SCONJ",
    "X",
    "PUNCT",
]
FIRST: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "es": ["VERB", "AUX", "PRON", "ADP", "DET"],
        "fr": ["VERB", "AUX", "PRON", "NOUN", "ADJ", "ADV", "ADP", "DET", "PART", "SCONJ"],
        "it": ["VERB", "AUX", "ADV", "PRON", "ADP", "DET", "INTJ"],
    }
)
INVISIBLE = str.maketrans("", "", " \u200c")


def surface_words(row: Row, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The forms and tags of one sentence; raises Broken where ids or heads are none."""
    ids, forms, tags = row.words("id"), row.words("form"), row.words("upos")
    place = {number: index for index, number in enumerate(ids)}
    parents: dict[str, set[str]] | None = None
    found: list[tuple[str, str]] = []
    inside: set[str] = set()
    for number, form, tag in zip(ids, forms, tags, strict=True):
        if "-" in number:
            parents = parents or edges(row)
            parts = tokens_of(number, place)
            inside.update(parts)
            found.append((form, tags[place[head_of(parts, parents, tags, place, language)]]))
        elif "." not in number and number not in inside:
            found.append((form, tag))
    words, chosen = zip(*((form.translate(INVISIBLE), tag) for form, tag in found), strict=True)
    return tuple(words), tuple(chosen)


def tokens_of(fused: str, place: Mapping[str, int]) -> list[str]:
    """The ids that a range such as `3-4` stands for."""
    first, _, last = fused.partition("-")
    numbers = [str(number) for number in range(int(first), int(last) + 1)] if (first + last).isdigit() else []
    if not numbers or not set(numbers) <= place.keys():
        raise Broken(f"has the id {fused!r}; expected a range of tokens of the same sentence")
    return numbers


def edges(row: Row) -> dict[str, set[str]]:
    """The heads of every token, basic and enhanced; edges from and to empty nodes count for nothing."""
    parents: dict[str, set[str]] = {}
    for number, head, enhanced in zip(row.words("id"), row.words("head"), row.words("deps"), strict=True):
        if number.isdigit():
            named = {head, *(each.partition(":")[0] for each in enhanced.split("|"))}
            parents[number] = {each for each in named if each.isdigit()}
    return parents


def head_of(
    parts: Sequence[str],
    parents: Mapping[str, set[str]],
    tags: Sequence[str],
    place: Mapping[str, int],
    language: str,
) -> str:
    """The token whose tag the fused word takes."""
    order = [*FIRST.get(language, USUAL), *USUAL]
    ranks = {tag: rank for rank, tag in reversed([*enumerate(order)])}

    def height(number: str) -> tuple[int, int]:
        return num_ancestors(number, parents), ranks.get(tags[place[number]], len(order))

    return min(parts, key=height)


def num_ancestors(number: str, parents: Mapping[str, set[str]]) -> int:
    """How many other nodes, the root among them, lead down to a token."""
    seen: set[str] = set()
    waiting = [number]
    while waiting:
        above = parents.get(waiting.pop(), set()) - seen
        seen |= above
        waiting += above
    return len(seen - {number})
