"""Bilingual dictionaries as their users keep them: FreeDict's TEI files, and plain tables of two columns."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree

from crosswind.sources.rows import Unreadable

Pair = tuple[str, str]  # a word or phrase and one translation


def pairs(path: Path) -> Iterator[Pair]:
    """Every headword with each of its translations; raises Unreadable for a file that is no dictionary."""
    return READERS[path.suffix](path)


def table(path: Path) -> Iterator[Pair]:
    """Lines of a word, a tab and its translations, parted by semicolons; empty lines and comments (#) say nothing."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        word, tab, translations = line.partition("\t")
        if not tab:
            raise Unreadable(f"{path}:{number}: has no tab; expected word, tab, translation[; translation]...")
        for translation in translations.split(";"):
            if word.strip() and translation.strip():
                yield word.strip(), translation.strip()


def tei(path: Path) -> Iterator[Pair]:
    """The written forms of each entry with the quotes of its translations, in the order of the file."""
    try:
        for _, element in ElementTree.iterparse(path):
            if plain(element.tag) == "entry":
                yield from entry(element)
                element.clear()
    except ElementTree.ParseError as error:
        raise Unreadable(f"{path}: is no TEI file: {error}") from error


def entry(element: ElementTree.Element) -> Iterator[Pair]:
    """One entry: every spelling of its headword with every translation of every sense."""
    forms = [each for form in element if plain(form.tag) == "form" for each in form.iter() if plain(each.tag) == "orth"]
    quotes = list(translations(element))
    for form in forms:
        for quote in quotes:
            word, translation = (" ".join("".join(each.itertext()).split()) for each in (form, quote))
            if word and translation:
                yield word, translation


def translations(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """What translates the headword itself: neither its examples nor the entries that hang on it."""
    for child in element:
        name = plain(child.tag)
        if name == "cit":
            if child.get("type", "").startswith("trans"):
                yield from (each for each in child if plain(each.tag) == "quote")
        elif name not in {"re", "entry"}:
            yield from translations(child)


def plain(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2]


READERS: Mapping[str, Callable[[Path], Iterator[Pair]]] = MappingProxyType({".tei": tei, ".tsv": table})
