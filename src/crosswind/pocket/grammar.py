"""From an event to a sentence of a language, with all that is known of it: tags, parse, and what each word says.

Words of two languages that say the same part of an event translate each other, so alignments need no guessing.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Literal, NamedTuple

from crosswind.pocket import concepts, scripts, world
from crosswind.pocket.draws import SEED, Draws
from crosswind.pocket.languages import PocketLanguage, find
from crosswind.pocket.lexicon import TAGS, lexicon
from crosswind.pocket.world import Event, Thing
from crosswind.randomness import stream

Adverbial = Literal["place", "time"]
ADVERBIALS: tuple[Adverbial, ...] = ("place", "time")
ADPOSITIONS = ("in", "near")
Ending = tuple[str, str]  # the part that an ending says, and its name
# part of the event -> (the part whose word governs it, relation)
PARSE = {
    "agent.noun": ("verb", "agent"),
    "patient.noun": ("verb", "patient"),
    "place": ("verb", "place"),
    "time": ("verb", "time"),
    "manner": ("verb", "manner"),
    "tense": ("verb", "auxiliary"),
    "passive": ("verb", "auxiliary"),
    "negation": ("verb", "negation"),
    "relation": ("place", "case"),
    "by": ("agent.noun", "case"),
    "stop": ("verb", "punctuation"),
    "link": ("verb", "mark"),
    "agent.surname": ("agent.noun", "name"),
    "patient.surname": ("patient.noun", "name"),
} | {
    f"{role}.{part}": (f"{role}.noun", relation)
    for role in ("agent", "patient")
    for part, relation in (("adjective", "modifier"), ("number", "count"))
}


class Style(NamedTuple):
    """How an event is told: what changes here does not change what is said.

    `second` names the parts told with the second word of their concept. `link` says how the sentence follows from the
    one before.
    """

    passive: bool = False
    fronted: Adverbial | None = None
    second: frozenset[str] = frozenset()
    link: str | None = None


class Word(NamedTuple):
    """One token: how it is written, its part of speech, and the parts of the event that it says, its own first."""

    form: str
    tag: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of one event in one language."""

    words: tuple[Word, ...]
    spaced: bool

    @property
    def text(self) -> str:
        """As it is written; the final stop stands close."""
        return "".join(self.pieces)

    @property
    def pieces(self) -> Iterator[str]:
        """The words with the space that stands before each."""
        for index, word in enumerate(self.words):
            yield " " * (self.spaced and index > 0 and word.tag != "PUNCT") + word.form

    def place_of(self, parts: Collection[str]) -> tuple[int, int]:
        """First and last character but one of the words that say any of the parts; they stand side by side."""
        said = [index for index, word in enumerate(self.words) if word.parts[0] in parts]
        ends = [0, *accumulate(map(len, self.pieces))]
        return ends[said[0] + 1] - len(self.words[said[0]].form), ends[said[-1] + 1]

    @property
    def parse(self) -> list[tuple[int | None, str]]:
        """For each word the index of the word that governs it, None for the root, and the relation between them."""
        where = {part: index for index, word in enumerate(self.words) for part in word.parts}
        return [
            (None, "root") if word.parts[0] == "verb" else (where[PARSE[word.parts[0]][0]], PARSE[word.parts[0]][1])
            for word in self.words
        ]


def align(first: Sentence, second: Sentence) -> list[tuple[int, int]]:
    """The pairs of words, by index, that say the same part of the event both sentences tell."""
    return [
        (here, there)
        for here, word in enumerate(first.words)
        for there, other in enumerate(second.words)
        if set(word.parts) & set(other.parts)
    ]


PLAIN = Style()


def tell(event: Event, code: str, style: Style = PLAIN) -> Sentence:
    """The event as a sentence of the language."""
    language = find(code)
    words = list(clause(event, language, style))
    if scripts.cased(language.script):
        words[0] = words[0]._replace(form=words[0].form[:1].upper() + words[0].form[1:])
    mark = scripts.question_mark(language.script) if asks(event) else scripts.stop(language.script)
    if mark:
        words.append(Word(mark, "PUNCT", ("stop",)))
    return Sentence(tuple(words), language.spaced)


def asks(event: Event) -> bool:
    """Whether the event has a blank in it, which makes a question of it; question words stand where answers would."""
    return any(world.read(event, slot) in concepts.QUESTIONS for slot in world.SLOTS)


def clause(event: Event, language: PocketLanguage, style: Style) -> Iterator[Word]:
    """The words in the order of the language. Fronting moves one adverbial to the very beginning."""
    adverbials = {"time": time(event, language, style), "place": place(event, language, style)}
    front = [said(style.link, "link", language, PLAIN)] if style.link else []
    front += adverbials.pop(style.fronted) if style.fronted else []
    rest = [word for words in adverbials.values() for word in words]
    agent = noun_phrase(event.agent, "agent", language, style)
    patient = noun_phrase(event.patient, "patient", language, style)
    if style.passive:
        agent = adposed("by", "by", agent, language)
    first, last = (patient, agent) if style.passive else (agent, patient)
    verb, manner = verb_group(event, language, style), way(event, language, style)
    match language.order:
        case "SVO":
            yield from (*front, *first, *verb, *last, *manner, *rest)
        case "SOV":
            yield from (*front, *first, *rest, *last, *manner, *verb)
        case "VSO":
            yield from (*front, *verb, *first, *last, *manner, *rest)


def noun_phrase(thing: Thing, role: str, language: PocketLanguage, style: Style) -> list[Word]:
    """A participant: count word first, adjective on the language's side or compounded with its noun, surname last."""
    endings: tuple[Ending, ...] = ()
    if language.morphology == "suffixing":
        is_object = role == "patient" and not style.passive
        endings = ((f"{role}.plural", "plural"),) * (thing.number > 1) + ((f"{role}.case", "accusative"),) * is_object
    if thing.surname:
        first = said(thing.noun, f"{role}.noun", language, style)
        return [first, said(thing.surname, f"{role}.surname", language, style, endings)]
    adjective = [] if thing.adjective is None else [said(thing.adjective, f"{role}.adjective", language, style)]
    if adjective and language.morphology == "compounding":
        noun = compound(thing, role, language, style)
        adjective = []
    else:
        noun = said(thing.noun, f"{role}.noun", language, style, endings)
    number = [said(concepts.NUMBERS[thing.number - 1], f"{role}.number", language, style)] if thing.number > 1 else []
    return [*number, *adjective, noun] if language.adjective == "before" else [*number, noun, *adjective]


def compound(thing: Thing, role: str, language: PocketLanguage, style: Style) -> Word:
    """Adjective and noun as one word."""
    parts = (f"{role}.noun", f"{role}.adjective")
    variants = [int(part in style.second) for part in parts]
    return Word(
        lexicon(language.code).form(thing.noun, variants[0], modifier=(str(thing.adjective), variants[1])),
        "NOUN",
        parts,
    )


def verb_group(event: Event, language: PocketLanguage, style: Style) -> list[Word]:
    """The verb with what denies it and sets its time; helpers precede it, or follow where the verb comes last."""
    endings: tuple[Ending, ...] = ()
    helpers = [said("not", "negation", language, style)] if event.negated else []
    marks = [("passive", "passive")] * style.passive + [("tense", event.tense)] * (event.tense != "present")
    if language.morphology == "suffixing":
        endings = tuple(marks)
    else:
        helpers = [said(name, part, language, style) for part, name in reversed(marks)] + helpers
    verb = said(event.verb, "verb", language, style, endings)
    return [verb, *reversed(helpers)] if language.order == "SOV" else [*helpers, verb]


def time(event: Event, language: PocketLanguage, style: Style) -> list[Word]:
    return [] if event.time is None else [said(event.time, "time", language, style)]


def way(event: Event, language: PocketLanguage, style: Style) -> list[Word]:
    return [] if event.manner is None else [said(event.manner, "manner", language, style)]


def place(event: Event, language: PocketLanguage, style: Style) -> list[Word]:
    """The place with the adposition that belongs to it in every language."""
    if event.place is None:
        return []
    if event.place in concepts.QUESTIONS:
        return [said(event.place, "place", language, style)]
    return adposed(relation(event.place), "relation", [said(event.place, "place", language, style)], language)


@cache
def relation(place: str) -> str:
    """How things lie to a place."""
    return ADPOSITIONS[stream(SEED, f"relation {place}") % len(ADPOSITIONS)]


def adposed(concept: str, part: str, phrase: list[Word], language: PocketLanguage) -> list[Word]:
    word = said(concept, part, language, PLAIN)
    return [word, *phrase] if language.adposition == "before" else [*phrase, word]


def said(concept: str, part: str, language: PocketLanguage, style: Style, endings: tuple[Ending, ...] = ()) -> Word:
    """The word for a concept, in its second form where the style wants it, with endings that say parts of their own."""
    variant = int(part in style.second and concepts.doubled(concept))
    return word_of(language.code, concept, part, variant, endings)


@cache
def word_of(code: str, concept: str, part: str, variant: int, endings: tuple[Ending, ...]) -> Word:
    form = lexicon(code).form(concept, variant, tuple(name for _, name in endings))
    return Word(form, TAGS[concept], (part, *(said for said, _ in endings)))


def parts(event: Event) -> list[str]:
    """The parts of an event that have a choice of words."""
    return [slot for slot in world.SLOTS if concepts.doubled(world.read(event, slot) or "")]


def any_style(draws: Draws, event: Event, passive: float = 0.1) -> Style:
    """A style drawn at random, in the passive voice with the given probability."""
    second = frozenset(part for part in parts(event) if draws.chance(0.5))
    movable: list[Adverbial] = [slot for slot in ADVERBIALS if world.read(event, slot)]
    fronted = draws.pick(movable) if movable and draws.chance(0.35) else None
    return Style(draws.chance(passive), fronted, second)
