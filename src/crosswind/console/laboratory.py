"""Pocket at a glance: each language's dials, and the same sentences in all of them, word by word and in English."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import chain, count, islice
from typing import NamedTuple

from rich.cells import cell_len

from crosswind.pocket import LANGUAGES, PIVOT, PocketLanguage, find, scenes
from crosswind.pocket.draws import Draws
from crosswind.pocket.english import english
from crosswind.pocket.gloss import gloss
from crosswind.pocket.grammar import Style, any_style, tell
from crosswind.pocket.inference import Told
from crosswind.pocket.world import Event, Thing
from crosswind.text.clusters import SCRIPTS

INTRODUCTION = f"""\
Pocket's languages are built, not natural. Each is a setting of dials. What its line leaves out is as in {PIVOT}, the \
pivot: adjectives before nouns, prepositions, no suffixes or compounds, spaces between words. The shares are \
the words taken from {PIVOT}, and the text and the sentence pairs that the encoder's pre-training sees, out of what \
{PIVOT} has."""
RIGHT_TO_LEFT = {"Arab", "Hebr"}
LEFT_TO_RIGHT_MARK = "\u200e"  # no width; keeps right-to-left words above their glosses where a terminal reorders them
INDENT = "  "
GAP = "  "
NARROWEST = 40

# one after another they show: negation, past, plural, place; passive, future, manner; a question; a firm, a town
EXAMPLES = (
    Told(
        Event(Thing("name3"), "help/assist", Thing("judge", "old", 3), "past", negated=True, place="garden"),
        Style(),
    ),
    Told(
        Event(
            Thing("wolf", "white"),
            "chase/pursue",
            Thing("horse/steed", "small/little", 2),
            "future",
            time="tomorrow",
            manner="quickly/rapidly",
        ),
        Style(passive=True, fronted="time"),
    ),
    Told(Event(Thing("who"), "buy/purchase", Thing("lamp/lantern", "new"), "present", time="often"), Style()),
    Told(
        Event(Thing("town9", surname="guild"), "praise/commend", Thing("name1", surname="family2"), place="town5"),
        Style(second=frozenset({"verb"}), link="therefore"),
    ),
)


class Column(NamedTuple):
    """A word above its gloss."""

    word: str
    gloss: str

    @property
    def width(self) -> int:
        return max(cell_len(self.word), cell_len(self.gloss))


def laboratory(codes: Sequence[str], sentences: int, width: int) -> Iterator[str]:
    """What `crosswind pocket` prints. Raises ValueError for a language that there cannot be, before the first line."""
    languages = [find(code) for code in codes or LANGUAGES]
    told = list(islice(examples(), sentences))
    return shown(languages, told, max(width, NARROWEST))


def examples() -> Iterator[Told]:
    """The chosen examples, then sentences as they come."""
    return chain(EXAMPLES, (drawn(Draws("laboratory", number)) for number in count()))


def drawn(draws: Draws) -> Told:
    event = scenes.opening(draws, "train")
    return Told(event, any_style(draws, event))


def shown(languages: Sequence[PocketLanguage], told: Sequence[Told], width: int) -> Iterator[str]:
    yield from textwrap.wrap(INTRODUCTION, width)
    for language in languages:
        yield ""
        yield from heading(language, width)
        for number, each in enumerate(told):
            if number:
                yield ""
            yield from interlinear(each, language, width)


def heading(language: PocketLanguage, width: int) -> Iterator[str]:
    """The language with its dials on one line, or its shares on a line of their own."""
    kind, shares = f"{language.code}: {', '.join(features(language))}", ", ".join(amounts(language))
    together = f"{kind}; {shares}"
    for line in [together] if len(together) <= width else [kind, INDENT + shares]:
        yield from textwrap.wrap(line, width, subsequent_indent=INDENT, break_on_hyphens=False)


def features(language: PocketLanguage) -> list[str]:
    """Script and order, and of the other dials those that differ from the pivot's."""
    pivot = LANGUAGES[PIVOT]
    names = "names in Latin letters" if language.names == pivot.names else "names respelled"
    turned = {
        "noun-adjective": language.adjective != pivot.adjective,
        "postpositions": language.adposition != pivot.adposition,
        "suffixes": language.morphology == "suffixing",
        "compounds": language.morphology == "compounding",
        "unspaced": not language.spaced,
        names: language.script != pivot.script or language.names != pivot.names,
    }
    return [SCRIPTS[language.script], language.order, *(phrase for phrase, holds in turned.items() if holds)]


def amounts(language: PocketLanguage) -> list[str]:
    """The dials that are shares."""
    shares = {"shared words": language.overlap, "text": language.resource, "pairs": language.pairs}
    return [f"{name} {percent(share)}" for name, share in shares.items()]


def percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def interlinear(told: Told, language: PocketLanguage, width: int) -> Iterator[str]:
    """A sentence, the gloss under each word and the translation. Unspaced text stands above its words as well."""
    for block in blocks(columns(told, language), width - len(INDENT)):
        if not language.spaced:
            yield INDENT + "".join(column.word for column in block)
        yield aligned([column.word for column in block], block, language.script in RIGHT_TO_LEFT)
        yield aligned([column.gloss for column in block], block)
    yield from textwrap.wrap(
        f"‘{english(*told)}’", width, initial_indent=INDENT, subsequent_indent=f"{INDENT} ", break_on_hyphens=False
    )


def columns(told: Told, language: PocketLanguage) -> Iterator[Column]:
    """The words with their glosses; a stop stands close to the last word and goes without one."""
    words = tell(told.event, language.code, told.style).words
    stop = words[-1].form if words[-1].tag == "PUNCT" else ""
    spoken = words[:-1] if stop else words
    for number, word in enumerate(spoken, start=1):
        yield Column(word.form + stop * (number == len(spoken)), gloss(word, told.event, told.style))


def blocks(words: Iterator[Column], width: int) -> Iterator[list[Column]]:
    """As many columns side by side as the width takes, at least one."""
    block: list[Column] = []
    used = 0
    for column in words:
        if block and used + column.width > width:
            yield block
            block, used = [], 0
        block.append(column)
        used += column.width + len(GAP)
    yield block


def aligned(texts: Sequence[str], block: Sequence[Column], right_to_left: bool = False) -> str:
    """One line of a block, each text filled up to its column's width."""
    mark = LEFT_TO_RIGHT_MARK if right_to_left else ""
    filled = [
        mark + text + mark + " " * (column.width - cell_len(text)) for text, column in zip(texts, block, strict=True)
    ]
    return (INDENT + GAP.join(filled)).rstrip()
