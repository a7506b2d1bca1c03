"""Words of scripts without spaces by the dictionaries of ICU, for who has PyICU and asks for it.

All other scripts are cut as they are without it, so that only texts in these depend on what is installed.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, groupby
from typing import Any

from crosswind.text.clusters import clusters
from crosswind.text.edits import Span
from crosswind.text.words import EAST_ASIAN, Segmenter, between, script_class, words_of


@dataclass(frozen=True, slots=True)
class Icu:
    """Runs of letters, marks and digits; ICU's dictionaries for Han, Kana, Thai, Burmese, Khmer and Lao."""

    id: str

    def words(self, text: str, lang: str) -> tuple[Span, ...]:  # noqa: ARG002  a script has one dictionary
        """As the protocol says; the language decides nothing."""
        return words_of(text, pieces)


def icu_segmenter(name: str) -> Segmenter:
    """The segmenter of the installed ICU; raises ValueError where there is none, or another than the id in `name`."""
    try:
        import icu
    except ModuleNotFoundError:
        raise ValueError(
            f"the segmenter {name!r} needs PyICU, which is not installed: install crosswind[icu]. PyICU is built on "
            "the spot, from ICU's headers by pkg-config and a C++ compiler (on Debian: libicu-dev, pkg-config, g++). "
            "'builtin' needs nothing of that"
        ) from None
    found = Icu(f"icu-{icu.ICU_VERSION}")
    if name not in {"icu", found.id}:
        raise ValueError(
            f"the segmenter {name!r} is not the one of the installed ICU, {found.id!r}, and words may differ between "
            f"them: build PyICU against ICU {name.removeprefix('icu-')}, or ask for {found.id!r}, which is other data"
        )
    return found


@lru_cache(maxsize=2**15)
def pieces(run: str) -> tuple[Span, ...]:
    """The words inside a run that holds letters of an unspaced script."""
    found: list[Span] = []
    for kind, group in groupby(clusters(run), key=lambda span: dictionary(run[span[0]])):
        found.extend(between(run, list(group), frozenset() if kind == "spaced" else boundaries(run)))
    return tuple(found)


def dictionary(character: str) -> str:
    """Which of the dictionaries knows a character; Chinese and Japanese share one."""
    own = script_class(character)
    return "East Asian" if own in EAST_ASIAN else own


@lru_cache(maxsize=64)
def boundaries(run: str) -> frozenset[int]:
    """The offsets of the boundaries that ICU sees; asked once for every stretch of a run."""
    iterator = breaks()
    iterator.setText(run)
    found = list(iterator)
    if max(run) <= "\uffff":
        return frozenset(found)
    units = dict(zip(accumulate(1 + (sign > "\uffff") for sign in run), range(1, len(run) + 1), strict=True))
    return frozenset(units[place] for place in found)  # ICU counts UTF-16


@cache
def breaks() -> Any:
    """ICU's iterator over words."""
    import icu

    return icu.BreakIterator.createWordInstance(icu.Locale.getRoot())
