"""Where words of another language come from when no translation of the text is asked: files of the user, or Pocket."""

import unicodedata
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, PrivateAttr, SerializeAsAny, ValidationInfo
from pydantic_core import PydanticCustomError

from crosswind import pocket
from crosswind.identity import Record
from crosswind.languages import LANGUAGES
from crosswind.pocket.lexicon import translations
from crosswind.sources.dictionaries import READERS, Pair, pairs
from crosswind.sources.published import digest

LEXICON = "lexicon"
# What files call languages of which the table of languages names one variety.
GENERAL: Mapping[str, str] = MappingProxyType(
    {"ar": "ara", "az": "aze", "et": "est", "fa": "fas", "ms": "msa", "qu": "que", "sw": "swa", "zh": "zho"}
)

LEXICON = "lexicon"


class Dictionary(Record):
    """Words and their translations for pairs of languages."""

    @property
    def places(self) -> Mapping[str, str]:
        """Where its files lie, by their digest."""
        return {}

    @abstractmethod
    def has(self, language: str, other: str) -> bool:
        """Whether it translates from one language into the other."""

    @abstractmethod
    def pairs(self, language: str, other: str, places: Mapping[str, str]) -> Iterator[Pair]:
        """Words of the language with translations in the other; `places` says where files lie, by their digest."""

    @abstractmethod
    def only(self, language: str, others: Collection[str]) -> "Dictionary":
        """As far as it bears on a language and its translations: what else it has cannot change a text in it."""


class PocketLexicon(Dictionary):
    """The words of Pocket's languages, uninflected: endings that the other language lacks would be lost."""

    def has(self, language: str, other: str) -> bool:
        try:
            return bool(pocket.find(language) and pocket.find(other))
        except ValueError:
            return False

    def pairs(self, language: str, other: str, places: Mapping[str, str]) -> Iterator[Pair]:  # noqa: ARG002
        return translations(language, other)

    def only(self, language: str, others: Collection[str]) -> Dictionary:  # noqa: ARG002
        return self


class Files(Dictionary):
    """Files of a folder, named by the languages that they translate from and into, as deu-eng.tei or de-en.tsv.

    `contents` is the digest of each by its name. Where a pair has no file, the one for the opposite direction is read
    backwards. Where the folder lies is no part of what it is.
    """

    contents: Mapping[str, str]

    _folder: str = PrivateAttr(default="")

    @property
    def places(self) -> Mapping[str, str]:
        return {own: str(Path(self._folder, name)) for name, own in self.contents.items()}

    @classmethod
    def of(cls, folder: Path) -> Self:
        """The dictionaries of a folder; raises ValueError where there are none."""
        paths = [path for path in sorted(folder.iterdir()) if path.suffix in READERS] if folder.is_dir() else []
        if not paths:
            what = "holds no dictionary" if folder.is_dir() else "is no folder"
            raise ValueError(
                f"{folder} {what}; expected files named by two languages, as deu-eng.tei or de-en.tsv "
                f"({' and '.join(READERS)} are read)"
            )
        found = cls(contents={path.name: digest(path) for path in paths})
        found._folder = str(folder)
        return found

    def has(self, language: str, other: str) -> bool:
        return bool(self.named(language, other) or self.named(other, language))

    def named(self, language: str, other: str) -> str | None:
        """The file from one language into another, if there is one."""
        stems = {f"{one}-{two}" for one in spellings(language) for two in spellings(other)}
        return next((name for name in sorted(self.contents) if Path(name).stem in stems), None)

    def pairs(self, language: str, other: str, places: Mapping[str, str]) -> Iterator[Pair]:
        forth, back = self.named(language, other), self.named(other, language)
        if forth:
            yield from pairs(Path(places[self.contents[forth]]))
        elif back:
            yield from ((word, headword) for headword, word in pairs(Path(places[self.contents[back]])))

    def only(self, language: str, others: Collection[str]) -> Dictionary:
        pairs_both = [pair for other in others for pair in ((language, other), (other, language))]
        names = {name for pair in pairs_both if (name := self.named(*pair))}
        return Files(contents={name: self.contents[name] for name in sorted(names)})


def by_name(value: Any, info: ValidationInfo) -> Any:
    """A dictionary may be given as in a study: by its name, or by the path of its folder from there."""
    if not isinstance(value, str | dict | Dictionary):
        raise refusal(f"expected a folder in quotes, found {value!r}")
    if not isinstance(value, str):
        return value
    if value == LEXICON:
        return PocketLexicon()
    try:
        return Files.of(Path((info.context or {}).get("folder", "."), value).expanduser().resolve())
    except ValueError as error:
        raise refusal(str(error)) from error


def refusal(reason: str) -> PydanticCustomError:
    """What is wrong with the settings, in words."""
    return PydanticCustomError("kind", "{reason}", {"reason": reason})


DictionaryChoice = Annotated[SerializeAsAny[Dictionary], BeforeValidator(by_name)]


def spellings(language: str) -> tuple[str, ...]:
    """The codes by which a file may name a language."""
    known = LANGUAGES.get(language)
    return (language, known.iso639_3, GENERAL.get(language, language)) if known else (language,)


class Translations:
    """A dictionary to look things up in: case and space do not count."""

    def __init__(self, pairs: Iterable[Pair]):
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for word, translation in pairs:
            found[folded(word)][unicodedata.normalize("NFC", translation)] = None
        self.found = {word: tuple(each) for word, each in found.items()}

    def of(self, text: str) -> tuple[str, ...]:
        """The translations of a word or phrase, in the dictionary's order."""
        return self.found.get(folded(text), ())


def folded(text: str) -> str:
    """A text without its case and the kind of its spaces."""
    return unicodedata.normalize("NFC", " ".join(text.casefold().split()))
