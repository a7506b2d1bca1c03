"""Where English sentences end, by rules that fit in a few lines: for training data that need sentences to learn from.

They suit Wikipedia's prose. An abbreviation that is not listed splits a sentence in two; a sentence that begins with a
small letter joins the one before.
"""

import re
from collections.abc import Iterator

END = re.compile(r"""[.!?…]+["'”’)\]]*\s+(?=["'“‘(\[]*[A-ZÀ-ÖØ-Þ0-9])""")
SHORT = frozenset((
    "adm", "al", "approx", "brig", "c", "ca", "capt", "cf", "co", "col", "cpl", "dept", "dr", "ed", "eds", "est", "etc",
    "fig", "fr", "gen", "gov", "hon", "inc", "jr", "lt", "ltd", "maj", "mr", "mrs", "ms", "mt", "nos", "op", "p", "pp",
    "prof", "rep", "rev", "sen", "sgt", "sr", "st", "u.s", "u.k", "v", "vol", "vs",
))  # fmt: skip
LAST_WORD = re.compile(r"(\S+?)[.!?…]+\S*\s*$")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence of an English text begins and ends, without the space between them."""
    start = len(text) - len(text.lstrip())
    for match in END.finditer(text):
        if not is_short(text[start : match.end()]):
            yield start, match.start() + len(match.group().rstrip())
            start = match.end()
    if last := text[start:].rstrip():
        yield start, start + len(last)


def is_short(sentence: str) -> bool:
    """Whether what looks like the end of a sentence is an abbreviation or an initial."""
    found = LAST_WORD.search(sentence)
    if found is None or "." not in sentence[found.end(1) :]:
        return False
    word = found.group(1).strip("\"'“‘([")
    return word.lower() in SHORT or (len(word) == 1 and word.isalpha())
