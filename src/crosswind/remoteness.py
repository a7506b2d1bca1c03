"""How far languages are from the one that models learn in: what a study says, or what is known without measuring.

A study may name a distance of its own, `[language_distance]`. Without one, Pocket's languages are as far apart as the
dials that differ, and others as their branches and families are. How well a language does is no distance: it is what
the distance should explain.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from crosswind import pocket
from crosswind.catalog import suggestion
from crosswind.encoders import Part
from crosswind.languages import LANGUAGES
from crosswind.pocket.languages import PocketLanguage

# The branches of families that have several languages here. What stands alone in its family needs none.
BRANCHES = {
    "Germanic": "af de en nl", "Romance": "es fr it pt ro", "Slavic": "bg pl ru uk", "Baltic": "lt", "Hellenic": "el",
    "Iranian": "fa", "Indo-Aryan": "bn gu hi mr pa ur", "Semitic": "ar he", "Oghuz": "az tr", "Kipchak": "kk",
    "Finnic": "et fi", "Ugric": "hu", "Malayic": "id ms", "Javanese": "jv", "Philippine": "tl",
    "South Dravidian": "ml ta", "South-Central Dravidian": "te", "Bantu": "sw", "Atlantic": "wo", "Volta-Niger": "yo",
    "Burmish": "my", "Sinitic": "zh",
}  # fmt: skip
BRANCH = {code: branch for branch, codes in BRANCHES.items() for code in codes.split()}
OF_NOBODY = frozenset({"Isolate", "Creole"})  # what languages are called that have no family in common
DIALS = ("script", "order", "adjective", "adposition", "morphology", "spaced", "names")


class LanguageDistance(Part):
    """A distance of languages from the source of a study's targets: what it is called, and its value for each."""

    name: str = Field(min_length=1)
    values: Mapping[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field(min_length=1)

    def astray(self, known: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The languages that no target has, and why they are no good."""
        names = tuple(known)
        for code in self.values:
            if code not in names:
                yield code, f"no target has a language {code!r}{suggestion(code, names)}"


@dataclass(frozen=True, slots=True)
class Measured:
    """Distances of some languages from a source, what they are, and the languages that have none."""

    name: str
    values: Mapping[str, float]
    unknown: tuple[str, ...]


def measured(source: str, codes: Iterable[str], given: LanguageDistance | None = None) -> Measured:
    """The distances of languages from a source: those that are given, or else by dials or kinship."""
    others = [code for code in codes if code != source]
    if given is not None:
        return sorted_out(given.name, {code: given.values.get(code) for code in others})
    if is_constructed(source):
        found = {code: of_dials(source, code) if is_constructed(code) else None for code in others}
        return sorted_out("the share of Pocket’s dials that differ", found)
    return sorted_out(
        "kinship: 1/3 within a branch, 2/3 within a family, 1 beyond it",
        {code: of_kinship(source, code) for code in others},
    )


def sorted_out(name: str, values: Mapping[str, float | None]) -> Measured:
    known = {code: value for code, value in values.items() if value is not None}
    return Measured(name, known, tuple(code for code in values if code not in known))


def of_dials(source: str, code: str) -> float:
    """The mean over eight dials of how much they differ, all alike, since nobody knows which weighs more.

    Words count by the share that is not common. How much text an encoder has read is no difference between languages.
    """
    one, other = pocket.find(source), pocket.find(code)
    apart = [float(getattr(one, dial) != getattr(other, dial)) for dial in DIALS]
    return (sum(apart) + 1 - common_words(one, other)) / (len(DIALS) + 1)


def common_words(one: PocketLanguage, other: PocketLanguage) -> float:
    """The share of concepts that two languages call by one word: the pivot's, or that of a common stock."""
    if one.root == other.root:
        return 1 - abs(one.overlap - other.overlap)
    return one.overlap * other.overlap


def of_kinship(source: str, code: str) -> float | None:
    """A third within a branch, two within a family, 1 beyond it; None for a language that is not in the table."""
    if source not in LANGUAGES or code not in LANGUAGES:
        return None
    if family(source) != family(code):
        return 1.0
    return 1 / 3 if BRANCH.get(source) == BRANCH.get(code) else 2 / 3


def family(code: str) -> str:
    """The family of a language, or one of its own where it has none or none is known; of Pocket's the common stock."""
    if is_constructed(code):
        return pocket.find(code).root
    known = LANGUAGES.get(code)
    return code if known is None or known.family in OF_NOBODY else known.family


def script(code: str) -> str:
    """The script of a language, "" where it is not known."""
    if is_constructed(code):
        return pocket.find(code).script
    return LANGUAGES[code].script if code in LANGUAGES else ""


def is_constructed(code: str) -> bool:
    """Whether a language is one of Pocket's."""
    try:
        pocket.find(code)
    except ValueError:
        return False
    return True
