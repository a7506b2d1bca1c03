"""What was done to words: found by comparing copies of a sentence or rare words with frequent ones; told by type."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from unicodedata import normalize

from crosswind.text.clusters import clusters

ALIKE = 0.6  # share of words from which on two sentences are copies of one
SURER = 3  # how many times more frequent the right one of two forms must be
OPERATIONS = ("insert", "delete", "substitute", "transpose", "several", "case")
PLACES = ("first", "inner", "last")


class Change(NamedTuple):
    """A word as it should be and as it was written."""

    clean: str
    noisy: str


class Shape(NamedTuple):
    """How a change looks: the operation on clusters ("case" where only that differs, "several" where it takes more than
    one), how many they are, in which cluster the first of them is, and whether only its marks change."""

    operation: str
    distance: int
    place: str
    marks: bool


def signs(word: str) -> list[str]:
    """The clusters of a word."""
    return [word[start:end] for start, end in clusters(word)]


def shape(change: Change) -> Shape:
    """How a change looks."""
    clean, noisy = signs(change.clean), signs(change.noisy)
    steps = operations(clean, noisy)
    case = change.clean.lower() == change.noisy.lower()
    operation = "case" if case else steps[0][0] if len(steps) == 1 else "several"
    first = min(place for _, place in steps)
    place = "first" if first == 0 else "last" if first >= len(clean) - 1 else "inner"
    marks = operation == "substitute" and base(clean[first]) == base(noisy[first])
    return Shape(operation, len(steps), place, marks)


def base(sign: str) -> str:
    """The letter of a cluster without its marks and vowel signs."""
    return normalize("NFD", sign)[0]


def operations(clean: Sequence[str], noisy: Sequence[str]) -> list[tuple[str, int]]:
    """The fewest operations that lead from one to the other, each with its place in the first; neighbours may change
    places, but nothing is touched twice."""
    costs = cost_table(clean, noisy)
    found: list[tuple[str, int]] = []
    i, j = len(clean), len(noisy)
    while i or j:
        operation, di, dj = step_back(clean, noisy, costs, i, j)
        i, j = i - di, j - dj
        if operation:
            found.append((operation, i))
    return found[::-1]


def cost_table(clean: Sequence[str], noisy: Sequence[str]) -> list[list[int]]:
    """How many operations lead from each beginning of one to each beginning of the other."""
    costs = [[i + j if i * j == 0 else 0 for j in range(len(noisy) + 1)] for i in range(len(clean) + 1)]
    for i in range(1, len(clean) + 1):
        for j in range(1, len(noisy) + 1):
            ways = [costs[i - di][j - dj] + cost for _, di, dj, cost in steps(clean, noisy, i, j)]
            costs[i][j] = min(ways)
    return costs


def steps(clean: Sequence[str], noisy: Sequence[str], i: int, j: int) -> Iterator[tuple[str, int, int, int]]:
    """What the last step to two beginnings can be: its operation, how far it reaches back in both, its cost."""
    if i and j:
        same = clean[i - 1] == noisy[j - 1]
        yield "" if same else "substitute", 1, 1, int(not same)
    if i > 1 and j > 1 and clean[i - 1] == noisy[j - 2] and clean[i - 2] == noisy[j - 1]:
        yield "transpose", 2, 2, 1
    if i:
        yield "delete", 1, 0, 1
    if j:
        yield "insert", 0, 1, 1


def step_back(
    clean: Sequence[str], noisy: Sequence[str], costs: Sequence[Sequence[int]], i: int, j: int
) -> tuple[str, int, int]:
    """The step that the cheapest way took last."""
    for operation, di, dj, cost in steps(clean, noisy, i, j):
        if costs[i - di][j - dj] + cost == costs[i][j]:
            return operation, di, dj
    raise AssertionError("every entry of the table was reached by some step")


# ---- copies of one sentence, each with noise of its own


def copies(sentences: Sequence[Sequence[str]]) -> list[list[Sequence[str]]]:
    """Sentences as lists of words, grouped where neighbours are copies of one."""
    groups: list[list[Sequence[str]]] = []
    for sentence in sentences:
        if groups and matcher(groups[-1][-1], sentence).ratio() >= ALIKE:
            groups[-1].append(sentence)
        else:
            groups.append([sentence])
    return groups


def matcher(one: Sequence[str], other: Sequence[str]) -> difflib.SequenceMatcher[str]:
    return difflib.SequenceMatcher(None, one, other, autojunk=False)


def columns(group: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """The forms that the copies have for one word, for every word of the first that all others have at its place."""
    aligned = [counterparts(group[0], other) for other in group[1:]]
    for place, word in enumerate(group[0]):
        if all(place in found for found in aligned):
            yield word, *(found[place] for found in aligned)


def counterparts(one: Sequence[str], other: Sequence[str]) -> dict[int, str]:
    """For the places of one sentence the word of the other: where they agree, or one word stands for one word."""
    found = {}
    for tag, start, end, begin, stop in matcher(one, other).get_opcodes():
        if tag == "equal" or (tag == "replace" and end - start == stop - begin == 1):
            found.update(zip(range(start, end), other[begin:stop], strict=True))
    return found


def judged(forms: tuple[str, ...], counts: Mapping[str, int]) -> tuple[str, list[Change]] | None:
    """The right form of a word and the changes that its copies show: by majority, or by frequency where two disagree.

    None where that does not decide.
    """
    (first, most), *others = Counter(forms).most_common()
    if not others:
        return first, []
    if len(others) > 1:
        return None
    (second, fewer) = others[0]
    if most > fewer:
        return first, [Change(first, second)]
    for clean, noisy in ((first, second), (second, first)):
        if counts[clean] >= SURER * counts[noisy]:
            return clean, [Change(clean, noisy)]
    return None


# ---- rare forms beside frequent ones that they are nearly equal to


def paired(counts: Mapping[str, int], known: Iterable[str], common: int, least: int) -> dict[str, str]:
    """For rare forms (once or twice) of enough clusters that are not known otherwise: the common one nearest to them.

    Nearest is one operation on clusters away; of several the most frequent.
    """
    frequent = sorted((word for word in counts if counts[word] >= common), key=lambda word: (counts[word], word))
    by_shorter = {shorter: word for word in frequent for shorter in shortened(word)}
    taken = set(known)
    found = {}
    for rare in sorted(word for word in counts if counts[word] <= 2 and word not in taken):
        if len(signs(rare)) < least:
            continue
        candidates = {by_shorter[shorter] for shorter in shortened(rare) if shorter in by_shorter}
        near = [word for word in candidates if len(operations(signs(word), signs(rare))) == 1]
        if near:
            found[rare] = max(near, key=lambda word: (counts[word], word))
    return found


def shortened(word: str) -> set[str]:
    """A word and what is left of it without one of its clusters."""
    parts = signs(word)
    return {word, *("".join(parts[:place] + parts[place + 1 :]) for place in range(len(parts)))}


def shares(names: Iterable[str]) -> dict[str, float]:
    """How often each name occurs, as shares."""
    counted = Counter(names)
    return {name: count / counted.total() for name, count in counted.most_common()}


def difference(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Half the sum of the differences of two tables of shares: 0 for equal ones, 1 for those that share nothing."""
    return sum(abs(one.get(name, 0) - other.get(name, 0)) for name in {*one, *other}) / 2
