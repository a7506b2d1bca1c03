"""Writes src/crosswind/resources/latin_ascii.json: Latin letters with marks, and what is left of them in ASCII.

The replacement is that of CLDR's transform Latin-ASCII. Which letters have marks is decided here: those that decompose
into an ASCII letter and marks, and a few whose stroke, missing dot or ligature Unicode does not decompose. Letters of
their own such as thorn, eth and schwa are none.

    apt-get install libicu-dev && pip install pyicu==2.17 && python -m tools.latin_ascii
"""

import unicodedata
from string import ascii_letters

import icu
from tools.table_file import write

BLOCKS = (range(0x00C0, 0x0250), range(0x1E00, 0x1F00))  # Latin-1, Extended-A and -B, Extended Additional
UNDECOMPOSED = frozenset("đĐłŁøØßẞıæÆœŒŋŊ")


def main() -> None:
    """Map, and write the table with its provenance."""
    write("latin_ascii", body(), source="CLDR transform Latin-ASCII, through ICU")


def body() -> dict[str, str]:
    """The ASCII counterpart of every marked letter."""
    transform = icu.Transliterator.createInstance("Latin-ASCII")
    letters = [chr(number) for block in BLOCKS for number in block]
    return {letter: transform.transliterate(letter) for letter in letters if is_marked(letter)}


def is_marked(letter: str) -> bool:
    """Whether the letter is an ASCII letter, or one of those above, under marks; or one of those above."""
    base = unicodedata.normalize("NFD", letter)[0]
    return letter in UNDECOMPOSED or (base != letter and base in UNDECOMPOSED.union(ascii_letters))


if __name__ == "__main__":
    main()
