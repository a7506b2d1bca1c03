"""Where sentences end in any script: at its stops, or at spaces where a script has none.

The rules know no words, for they serve texts in fifty languages of which a few sentences are wanted, whole ones. What
they are unsure of they leave together. English data to learn from has rules of its own, see sentences.py.
"""

from collections.abc import Iterator

from crosswind.text.clusters import clusters
from crosswind.text.edits import Span
from crosswind.text.patterns import LETTER, pattern

CLOSING = r"""["'”’»›」』】）)\]]*"""
CLOSING_TOO = r"[“‘«‹]?"  # in German, Danish and their neighbours; elsewhere these open
END = pattern(
    r"\s*\n\s*\n\s*"  # an empty line; single new lines stand in the middle of formulas
    rf"|[。！？｡।॥။។።]+{CLOSING}\s*"  # these stand for nothing else, so no space need follow
    rf"|(?:[.!?…؟۔։]+|(?<=\p{{Script=Greek}});){CLOSING}{CLOSING_TOO}(?:\s+|$)"
)
UNFINISHED = pattern(
    r"(?<![\p{L}\p{M}\p{N}])"  # a full stop behind ...
    r"(?:\p{L}"  # an initial, or one letter of several words shortened together
    r"|(\p{Lu})\1"  # Spanish plurals: EE. UU.
    r"|\p{Lu}\p{Ll}{1,2}"  # a title: Dr, Mrs
    r"|[IVX]+"  # kings and their centuries, where a stop makes an ordinal
    r"|\p{Nd}{1,2})"  # a number that says which, as dates are written in half of Europe
    r"\.$"
)
GOES_ON = pattern(r"(?!\p{Script=Georgian})[\p{Ll},;:)\]]")  # all Georgian letters count as small
WITHOUT_STOPS = pattern(r"[\p{Script=Thai}\p{Script=Lao}]")
GAP = pattern(r"\s+")
SHORTEST = 40  # clusters of a stretch that stands for a sentence where only spaces part anything


def sentence_spans(text: str) -> Iterator[Span]:
    """Where each sentence begins and ends, without the space between them."""
    ends = at_spaces(text) if has_no_stops(text) else at_stops(text)
    start = len(text) - len(text.lstrip())
    for end, beginning in ends:
        if start < end:
            yield start, end
            start = beginning
    last = start + len(text[start:].rstrip())
    if start < last:
        yield start, last


def has_no_stops(text: str) -> bool:
    """Whether most letters are of a script that ends sentences with a space at most."""
    return 2 * len(WITHOUT_STOPS.findall(text)) > len(LETTER.findall(text))


def at_stops(text: str) -> Iterator[Span]:
    """Where sentences end, and where what follows begins."""
    for match in END.finditer(text):
        end = match.start() + len(match.group().rstrip())
        if "\n" in match.group() or not (GOES_ON.match(text, match.end()) or UNFINISHED.search(text[:end])):
            yield end, match.end()


def at_spaces(text: str) -> Iterator[Span]:
    """The same for spaces, so many that every stretch but the last has its length."""
    start = 0
    for match in GAP.finditer(text):
        if len(clusters(text[start : match.start()])) >= SHORTEST:
            yield match.span()
            start = match.end()
