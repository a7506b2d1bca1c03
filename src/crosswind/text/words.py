"""Where the words of a text are, in scripts with and without spaces."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby, pairwise
from typing import Any, Protocol

from crosswind.text.clusters import found_clusters, script
from crosswind.text.edits import Span
from crosswind.text.memo import Memo
from crosswind.text.patterns import LETTER, pattern

# Emoji modifiers and tags extend the cluster of whatever they follow, be it a letter.
INSIDE = r"[\p{L}\p{M}\p{N}\U0001F3FB-\U0001F3FF\U000E0020-\U000E007F]"
RUN = pattern(
    rf"[\p{{L}}\p{{N}}]{INSIDE}*"
    # apostrophes, the Catalan dot, Hebrew geresh and gershayim, and joiners hold a word together between two letters
    rf"(?:(?<=\p{{L}}\p{{M}}*)['’ʼ·׳״\u200C\u200D](?=\p{{L}}){INSIDE}+)*"
    # joiners at the end belong to the last cluster, and so do their marks
    r"[\u200C\u200D\p{M}]*"
)
UNSPACED = pattern(
    r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Thai}\p{Script=Myanmar}\p{Script=Khmer}\p{Script=Lao}]"
)
KANA = pattern(r"[\p{Script=Hiragana}\p{Script=Katakana}]")
# BudouX's features by the distance from the n-gram's beginning to the offset that it speaks about.
SHIFTS = {"UW1": 3, "UW2": 2, "UW3": 1, "UW4": 0, "UW5": -1, "UW6": -2, "BW1": 2, "BW2": 1, "BW3": 0}
SIZES = {"U": 1, "B": 2, "T": 3}
SHIFTS |= {"TW1": 3, "TW2": 2, "TW3": 1, "TW4": 0}
# Letters without marks of scripts with spaces; the first of these blocks alone is told faster without the pattern.
SPACED = pattern(r"[\0-\u08FF\u10A0-\u10FF\u1E00-\u1FFF\uAC00-\uD7A3]+")
FIRST_MARKED = "\u0900"
FIRST_UNSPACED = "\u0e00"
STOPS = ".,;:!?…"
LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")  # written before the consonant that they belong to

EXTRA_CLASS = {"々": "Hani", "〆": "Hani", "ヶ": "Hani", "ー": "Kana"}
EAST_ASIAN = frozenset({"Hani", "Hira", "Kana"})
CHUNK_LENGTH = {"Mymr": 2, "Khmr": 3, "Laoo": 3}  # clusters; a stand-in where no word model ships


Cut = Callable[[str], tuple[Span, ...]]  # a run that holds letters of an unspaced script into words


class Segmenter(Protocol):
    """Cuts words; the id is part of the identity of everything that is built on them."""

    @property
    def id(self) -> str:
        """Name and version; bytes of output differ only if this differs."""
        ...

    def words(self, text: str, lang: str) -> tuple[Span, ...]:
        """The words of an NFC text, sorted and disjoint, each with a letter and on cluster edges."""
        ...


@dataclass(frozen=True, slots=True)
class Builtin:
    """Runs of letters, marks and digits; BudouX and script changes for Han, Kana and Thai; chunks for my, km, lo."""

    id: str = "builtin-1"

    def words(self, text: str, lang: str) -> tuple[Span, ...]:
        """As the protocol says; the language decides only which model cuts a run of Han without Kana."""
        return words_of(text, pieces_by(han_model(lang)))


BUILTIN = Builtin()


def segmenter(name: str = "builtin") -> Segmenter:
    """The segmenter of that name or id."""
    if name == "icu" or name.startswith("icu-"):
        from crosswind.text.icu import icu_segmenter  # an optional extra

        return icu_segmenter(name)
    if name not in {"builtin", BUILTIN.id}:
        raise ValueError(
            f"there is no segmenter {name!r}; expected 'builtin', which needs nothing installed, or 'icu', which cuts "
            "Chinese, Japanese, Thai, Burmese, Khmer and Lao by dictionaries"
        )
    return BUILTIN


@cache
def han_model(lang: str) -> str:
    """The BudouX model for Han text in a language; simplified Chinese for all that say nothing else."""
    if lang == "ja":
        return "ja"
    return "zh-hant" if lang.casefold().replace("_", "-").startswith("zh-hant") else "zh-hans"


def words_of(text: str, cut: Cut) -> tuple[Span, ...]:
    """The words of a text, with runs that hold letters of unspaced scripts cut by `cut`."""
    found: list[Span] = []
    start, stretches = 0, stretches_of(cut)
    for stretch in text.split(" "):  # no run goes beyond a space, and most stretches between spaces are met again
        for left, right in stretches[stretch]:
            found.append((start + left, start + right))
        start += len(stretch) + 1
    return tuple(found)


@cache
def stretches_of(cut: Cut) -> Memo[str, tuple[Span, ...]]:
    """The words of texts without spaces."""
    return Memo(lambda text: words_between_spaces(text, cut), 2**16)


def words_between_spaces(text: str, cut: Cut) -> tuple[Span, ...]:
    """The words of a text without spaces."""
    if word := only_word(text):
        return ((0, len(word)),)
    found: list[Span] = []
    unspaced = max(text, default="") >= FIRST_UNSPACED and UNSPACED.search(text) is not None
    for match in RUN.finditer(text):
        start, end = match.span()
        if unspaced and UNSPACED.search(text, start, end):
            found.extend((start + left, start + right) for left, right in cut(match.group()))
        elif text[start].isalpha() or LETTER.search(text, start, end):
            found.append((start, end))
    return tuple(found)


def only_word(text: str) -> str:
    """The word of a text that is one word, perhaps with stops behind it; else nothing, or where only `RUN` can tell."""
    bare = text.rstrip(STOPS)
    return bare if bare.isalpha() and (max(bare) < FIRST_MARKED or SPACED.fullmatch(bare)) else ""


@cache
def pieces_by(model: str) -> Cut:
    """`pieces` with Han cut by `model`."""
    return lambda run: pieces(run, model)


def pieces(run: str, model: str) -> tuple[Span, ...]:
    """The words inside a run that holds letters of an unspaced script."""
    model = "ja" if KANA.search(run) else model
    found: list[Span] = []
    for kind, group in groupby(found_clusters(run), key=lambda span: script_class(run[span[0]])):
        spans = list(group)
        found.extend(between(run, spans, allowed_cuts(run, spans, kind, model)))
    return tuple(found)


def between(run: str, spans: list[Span], allowed: Collection[int]) -> Iterator[Span]:
    """The words in a stretch of clusters, cut at the places that are allowed but behind leading vowels."""
    cuts = [start for start, _ in spans[1:] if start in allowed and run[start - 1] not in LEADING_VOWELS]
    found = pairwise([spans[0][0], *cuts, spans[-1][1]])
    return (span for span in found if run[span[0]].isalpha() or LETTER.search(run, *span))


@lru_cache(maxsize=2**13)
def script_class(character: str) -> str:
    """The script for the purpose of cutting: Japanese signs by the company they keep, all spaced scripts as one."""
    own = EXTRA_CLASS.get(character) or script(character)
    return own if own in EAST_ASIAN or own in CHUNK_LENGTH or own == "Thai" else "spaced"


def allowed_cuts(run: str, spans: list[Span], kind: str, model: str) -> frozenset[int]:
    """Where a stretch of one script class may be cut."""
    if kind in CHUNK_LENGTH:
        return frozenset(start for start, _ in spans[:: CHUNK_LENGTH[kind]])
    if kind == "Thai" or kind in EAST_ASIAN:
        return budoux_cuts(run, "th" if kind == "Thai" else model)
    return frozenset()


@lru_cache(maxsize=64)
def budoux_cuts(run: str, model: str) -> frozenset[int]:
    """The offsets at which BudouX begins a new phrase; asked once for every stretch of a run.

    BudouX adds up weights of the n-grams around each offset. Here each n-gram gives its weights to the offsets around
    it, which is the same sum in less than half the time.
    """
    weights, total = budoux_weights(model)
    length = len(run)
    sums = [0] * (length + 5)  # an offset before the text counts from the end, where there is room for it
    for size in (1, 2, 3):
        for start in range(length - size + 1):
            for shift, weight in weights.get(run[start : start + size], ()):
                sums[start + shift] += weight
    return frozenset([offset for offset in range(1, length) if 2 * sums[offset] > total])


@cache
def budoux_weights(model: str) -> tuple[Mapping[str, Sequence[tuple[int, int]]], int]:
    """What each n-gram says about the offset so many characters behind its beginning, and the sum of all weights."""
    weights: dict[str, list[tuple[int, int]]] = {}
    total = 0
    for feature, ngrams in parser(model).model.items():
        total += sum(ngrams.values())
        for ngram, weight in ngrams.items():
            if len(ngram) == SIZES[feature[0]]:  # the Thai model has a few shorter ones, which BudouX never meets
                weights.setdefault(ngram, []).append((SHIFTS[feature], weight))
    return weights, total


def parser(model: str) -> Any:
    """BudouX with a model."""
    import budoux  # only texts in unspaced scripts need it and its tables

    match model:
        case "ja":
            return budoux.load_default_japanese_parser()
        case "th":
            return budoux.load_default_thai_parser()
        case "zh-hant":
            return budoux.load_default_traditional_chinese_parser()
        case _:
            return budoux.load_default_simplified_chinese_parser()
