"""An independent reader of Pocket's rows: it parses their text with the dictionary and derives every gold label anew.

Nothing here calls what made the rows. A sentence is read in all the ways that the language's dictionary and dials
allow; the gold must be among what follows from the readings, and rows with more than one possible gold are counted.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, product
from typing import Any, NamedTuple

import pytest

from crosswind import pocket
from crosswind.pocket import concepts
from crosswind.pocket.lexicon import lexicon

ROWS = {"nli": 150, "paws": 200, "copa": 200, "tags": 200, "ner": 200, "qa": 80, "tense": 200, "owning": 120}
# the largest share of rows whose text may allow more than one gold; in a language where one form is several verbs
# what someone did can be open, and what it led to
TURNED = (
    "solvane~order=SOV",
    "taruvik~adjective=after,adposition=after,order=VSO",
    "zhelnik~morphology=suffixing,order=SOV",
    "velmora~morphology=compounding,overlap=0.3,script=Grek,spaced=false",
    "velmora~morphology=suffixing,names=shared,order=VSO,script=Arab",
    "velmora~morphology=suffixing,script=Hang,spaced=false",
    "velmora~adjective=after,script=Hani",
)
STOPS = ".?;؟。？।"
Key = tuple[str, int]
Row = dict[str, Any]


class Morph(NamedTuple):
    """One way to read a written word."""

    concept: str
    endings: tuple[str, ...] = ()
    adjective: str | None = None


class Step(NamedTuple):
    """A word that is read as a part of the sentence: from where to where, and as what."""

    start: int
    end: int
    part: str
    concept: str


Steps = tuple[Step, ...]
Edges = list[list[tuple[int, Morph]]]


@dataclass(frozen=True)
class Phrase:
    noun: str
    surname: str | None = None
    adjective: str | None = None
    number: int = 1


@dataclass(frozen=True)
class Reading:
    """What a sentence says, and which of its words says what."""

    agent: Phrase
    verb: str
    patient: Phrase
    tense: str
    negated: bool
    place: str | None
    time: str | None
    manner: str | None
    steps: Steps

    @property
    def said(self) -> tuple[Any, ...]:
        return (*self.core, self.place, self.time, self.manner)

    @property
    def core(self) -> tuple[Any, ...]:
        return self.agent, self.verb, self.patient, self.tense, self.negated


TIME_OF = {time: tense for tense, times in concepts.TIMES.items() for time in times}
PLACES = {*concepts.PLACES, *concepts.TOWNS}
NOUN_KINDS = {noun: kind for kind, nouns in concepts.NOUNS.items() for noun in nouns}
GENERIC_KINDS = {noun: kind for kind, noun in concepts.GENERIC.items()}
COMMON = {*NOUN_KINDS, *GENERIC_KINDS}
CASES: tuple[tuple[str, ...], ...] = ((), ("plural",), ("accusative",), ("plural", "accusative"))
MARKS: tuple[tuple[str, ...], ...] = (("past",), ("future",), ("passive",), ("passive", "past"), ("passive", "future"))


@cache
def dictionary(code: str) -> dict[str, list[Morph]]:
    """Every written word of a language, in lower case, and all that it can be."""
    own, language = lexicon(code), pocket.find(code)
    found: dict[str, list[Morph]] = defaultdict(list)

    def enter(written: str, morph: Morph) -> None:
        if morph not in found[written.lower()]:
            found[written.lower()].append(morph)

    adjectives = [key for key in own.words if key[0] in concepts.QUALITIES]
    for concept, variant in own.words:
        enter(own.form(concept, variant), Morph(concept))
        inflected: tuple[tuple[str, ...], ...] = ()
        if language.morphology == "suffixing" and concept in concepts.POLES:
            inflected = MARKS
        elif language.morphology == "suffixing" and takes_case(concept):
            inflected = CASES[1:]
        for endings in inflected:
            enter(own.form(concept, variant, endings), Morph(concept, endings))
        if language.morphology == "compounding" and concept in COMMON:
            for key in adjectives:
                enter(own.form(concept, variant, modifier=key), Morph(concept, adjective=key[0]))
    return dict(found)


def takes_case(concept: str) -> bool:
    proper = {*concepts.NAMES, *concepts.FAMILIES, concepts.FIRM}
    return concept in COMMON or concept in proper or concept in concepts.QUESTIONS[:2]


class Reader:
    """All readings of one sentence of a language, given as edges of a lattice from place to place."""

    def __init__(self, code: str, edges: Edges):
        self.language = pocket.find(code)
        self.edges = edges
        self.end = len(edges) - 1
        self.kept: dict[tuple[Any, ...], list[Any]] = {}

    def readings(self) -> list[Reading]:
        """Whole sentences; two ways to cut the letters that say the same in the same places are one."""
        return list(dict.fromkeys(reading for at, reading in self.clauses() if at == self.end))

    def word(self, at: int, part: str, fits: Callable[[Morph], bool]) -> Iterator[tuple[int, Morph, Steps]]:
        for to, morph in self.edges[at]:
            if fits(morph):
                yield to, morph, (Step(at, to, part, morph.concept),)

    def bare(self, at: int, part: str, allowed: Any) -> Iterator[tuple[int, str, Steps]]:
        for to, morph, steps in self.word(at, part, lambda morph: not morph.endings and morph.concept in allowed):
            if morph.adjective is None:
                yield to, morph.concept, steps

    def phrase(self, at: int, role: str, accusative: bool) -> list[tuple[int, Phrase, Steps]]:
        key = (at, role, accusative)
        if key not in self.kept:
            self.kept[key] = list(self.phrases(at, role, accusative))
        return self.kept[key]

    def phrases(self, at: int, role: str, accusative: bool) -> Iterator[tuple[int, Phrase, Steps]]:
        suffixing = self.language.morphology == "suffixing"
        case = ("accusative",) * (accusative and suffixing)
        part = f"{role}.noun"
        single = {*concepts.NAMES, *concepts.FAMILIES, *concepts.QUESTIONS[:2]}
        for to, morph, steps in self.word(at, part, lambda morph: morph.concept in single and morph.endings == case):
            yield to, Phrase(morph.concept), steps
        for seconds, firsts in ((set(concepts.FAMILIES), concepts.NAMES), ({concepts.FIRM}, concepts.TOWNS)):
            for to, noun, steps in self.bare(at, part, firsts):
                for then, morph, more in self.word(to, f"{role}.surname", lambda morph: morph.endings == case):
                    if morph.concept in seconds:
                        yield then, Phrase(noun, surname=morph.concept), steps + more
        for to, number, steps in ((at, None, ()), *self.bare(at, f"{role}.number", concepts.NUMBERS)):
            endings = ("plural",) * (number is not None and suffixing) + case
            amount = 1 if number is None else concepts.NUMBERS.index(number) + 1
            for then, phrase, more in self.described(to, role, endings):
                yield then, replace(phrase, number=amount), steps + more

    def described(self, at: int, role: str, endings: tuple[str, ...]) -> Iterator[tuple[int, Phrase, Steps]]:
        def noun(place: int) -> Iterator[tuple[int, Morph, Steps]]:
            return self.word(place, f"{role}.noun", lambda morph: morph.concept in COMMON and morph.endings == endings)

        for to, morph, steps in noun(at):
            yield to, Phrase(morph.concept, adjective=morph.adjective), steps
        if self.language.morphology == "compounding":
            return
        if self.language.adjective == "before":
            for to, adjective, steps in self.bare(at, f"{role}.adjective", concepts.QUALITIES):
                for then, morph, more in noun(to):
                    yield then, Phrase(morph.concept, adjective=adjective), steps + more
        else:
            for to, morph, steps in noun(at):
                for then, adjective, more in self.bare(to, f"{role}.adjective", concepts.QUALITIES):
                    yield then, Phrase(morph.concept, adjective=adjective), steps + more

    def acted(self, at: int, passive: bool, first: bool) -> Iterator[tuple[int, tuple[str, Phrase], Steps]]:
        """The participant that stands first or second, and whether it acts."""
        if first or not passive:
            role = "agent" if first != passive else "patient"
            for to, phrase, steps in self.phrase(at, role, accusative=role == "patient" and not passive):
                yield to, (role, phrase), steps
            return
        if self.language.adposition == "before":
            for to, _, steps in self.bare(at, "by", {"by"}):
                for then, phrase, more in self.phrase(to, "agent", accusative=False):
                    yield then, ("agent", phrase), steps + more
        else:
            for to, phrase, steps in self.phrase(at, "agent", accusative=False):
                for then, _, more in self.bare(to, "by", {"by"}):
                    yield then, ("agent", phrase), steps + more

    def verbs(self, at: int) -> Iterator[tuple[int, tuple[str, str, bool, bool], Steps]]:
        """The verb with its helpers: which, its tense, whether denied, whether passive."""
        last = self.language.order == "SOV"
        suffixing = self.language.morphology == "suffixing"
        patterns: Iterator[tuple[Any, ...]] = product((None, "past", "future"), (None, "passive"), (None, "not"))
        for tense, passive, denied in patterns:
            marks = tuple(filter(None, (passive, tense)))
            helpers = [denied] if suffixing else [tense, passive, denied]
            sequence = [helper for helper in helpers if helper]
            endings = marks if suffixing else ()
            places: list[str | None] = [None, *reversed(sequence)] if last else [*sequence, None]
            ways: list[tuple[int, str, Steps]] = [(at, "", ())]
            for wanted in places:
                ways = [
                    (then, verb or found, steps + more)
                    for to, verb, steps in ways
                    for then, found, more in self.helper_or_verb(to, wanted, endings)
                ]
            for to, verb, steps in ways:
                yield to, (verb, tense or "present", bool(denied), bool(passive)), steps

    def helper_or_verb(self, at: int, helper: str | None, endings: tuple[str, ...]) -> Iterator[tuple[int, str, Steps]]:
        """The helper that is wanted, or if none is, a verb, which alone is named."""
        if helper:
            yield from ((to, "", steps) for to, _, steps in self.bare(at, helper, {helper}))
        else:
            for to, morph, steps in self.word(at, "verb", lambda morph: morph.endings == endings):
                if morph.concept in concepts.POLES:
                    yield to, morph.concept, steps

    def places(self, at: int) -> Iterator[tuple[int, str, Steps]]:
        yield from self.bare(at, "place", {"where"})
        before = self.language.adposition == "before"
        for to, first, steps in self.bare(at, "relation" if before else "place", {"in", "near"} if before else PLACES):
            allowed = PLACES if before else {"in", "near"}
            for then, second, more in self.bare(to, "place" if before else "relation", allowed):
                yield then, second if before else first, steps + more

    def adverbials(self, at: int, fronted: str | None) -> Iterator[tuple[int, dict[str, str], Steps]]:
        """Time and place in this order, without the one that stands in front already."""
        times: list[tuple[int, str | None, Steps]] = [(at, None, ())]
        if fronted != "time":
            times += self.bare(at, "time", {*TIME_OF, "when"})
        for to, time, steps in times:
            found = {"time": time} if time else {}
            yield to, found, steps
            if fronted != "place":
                for then, place, more in self.places(to):
                    yield then, found | {"place": place}, steps + more

    def manners(self, at: int) -> Iterator[tuple[int, str | None, Steps]]:
        yield at, None, ()
        yield from self.bare(at, "manner", {*concepts.WAYS, "how"})

    def clauses(self) -> Iterator[tuple[int, Reading]]:
        links = [(0, "", ()), *self.bare(0, "link", concepts.LINKS)]
        for at, _, steps in links:
            yield from self.fronting(at, None, {}, steps)
            for to, time, more in self.bare(at, "time", {*TIME_OF, "when"}):
                yield from self.fronting(to, "time", {"time": time}, steps + more)
            for to, place, more in self.places(at):
                yield from self.fronting(to, "place", {"place": place}, steps + more)

    def fronting(
        self, at: int, fronted: str | None, found: dict[str, str], before: Steps
    ) -> Iterator[tuple[int, Reading]]:
        orders = {"SVO": "1V2mr", "SOV": "1r2mV", "VSO": "V12mr"}
        for passive in (False, True):
            ways: list[tuple[int, dict[str, Any], Steps]] = [(at, dict(found), before)]
            for piece in orders[self.language.order]:
                ways = [
                    (then, known | new, steps + more)
                    for to, known, steps in ways
                    for then, new, more in self.piece(piece, to, fronted, passive)
                ]
            for to, known, steps in ways:
                optional = {name: known.get(name) for name in ("place", "time", "manner")}
                core = {name: known[name] for name in ("agent", "verb", "patient", "tense", "negated")}
                yield to, Reading(**core, **optional, steps=steps)

    def piece(
        self, piece: str, at: int, fronted: str | None, passive: bool
    ) -> Iterator[tuple[int, dict[str, Any], Steps]]:
        match piece:
            case "1" | "2":
                for to, (role, phrase), steps in self.acted(at, passive, piece == "1"):
                    yield to, {role: phrase}, steps
            case "V":
                for to, (verb, tense, negated, marked), steps in self.verbs(at):
                    if marked == passive:
                        yield to, {"verb": verb, "tense": tense, "negated": negated}, steps
            case "m":
                for to, manner, steps in self.manners(at):
                    yield to, {"manner": manner} if manner else {}, steps
            case "r":
                yield from self.adverbials(at, fronted)


def of_tokens(code: str, tokens: tuple[str, ...]) -> Edges:
    found = dictionary(code)
    return [[(at + 1, morph) for morph in found.get(token.lower(), ())] for at, token in enumerate(tokens)] + [[]]


def of_letters(code: str, text: str) -> Edges:
    """Every word that could begin at every letter."""
    found = dictionary(code)
    longest = max(map(len, found))
    return [
        [
            (to, morph)
            for to in range(at + 1, min(at + longest, len(text)) + 1)
            for morph in found.get(text[at:to].lower(), ())
        ]
        for at in range(len(text))
    ] + [[]]


@cache
def read(code: str, sentence: str) -> tuple[Reading, ...]:
    """All readings of one written sentence, their places those of characters."""
    bare = sentence.rstrip(STOPS)
    if not pocket.find(code).spaced:
        return known(tuple(Reader(code, of_letters(code, bare)).readings()), sentence)
    tokens = tuple(bare.split(" "))
    starts, at = [], 0
    for token in tokens:
        starts.append((at, at + len(token)))
        at += len(token) + 1
    placed = []
    for reading in Reader(code, of_tokens(code, tokens)).readings():
        steps = tuple(step._replace(start=starts[step.start][0], end=starts[step.end - 1][1]) for step in reading.steps)
        placed.append(replace(reading, steps=steps))
    return known(tuple(placed), sentence)


def known(readings: tuple[Reading, ...], sentence: str) -> tuple[Reading, ...]:
    assert readings, f"no reading of {sentence!r}"
    return readings


def sentences(code: str, text: str) -> list[tuple[int, str]]:
    """The sentences of a running text with where each begins: after a stop, or at a space where there are none."""
    last = " " if pocket.find(code).script == "Thai" else STOPS
    ends = [at + 1 for at, letter in enumerate(text) if letter in last]
    bounds = [0, *ends, *([len(text)] if not ends or ends[-1] < len(text) else [])]
    found = []
    for start, end in pairwise(bounds):
        piece = text[start:end]
        found.append((start + len(piece) - len(piece.lstrip(" ")), piece.strip(" ")))
    return found


# what follows from the readings, one function for each task: every gold that the text allows


def group(value: str, sets: Any) -> tuple[str, ...]:
    return next(tuple(words) for words in sets if value in words)


def same_noun(given: Phrase, claimed: Phrase) -> str:
    if (given.noun, given.surname) == (claimed.noun, claimed.surname):
        return "entailment"
    assert given.number == claimed.number
    general = claimed.noun in GENERIC_KINDS and given.surname is None
    return "entailment" if general and NOUN_KINDS.get(given.noun) == GENERIC_KINDS[claimed.noun] else "contradiction"


def modifier(given: str | None, claimed: str | None, sets: Any = None) -> str:
    if claimed is None or given == claimed:
        return "entailment"
    if given is None or (sets is not None and claimed not in group(given, sets)):
        return "neutral"
    return "contradiction"


def inferred(premise: Reading, hypothesis: Reading) -> str:
    """One situation: what differs contradicts, what is more than was said is open, all else follows."""
    same_deed = premise.verb == hypothesis.verb and premise.tense == hypothesis.tense
    verdicts = ["entailment" if same_deed and premise.negated == hypothesis.negated else "contradiction"]
    for given, claimed in ((premise.agent, hypothesis.agent), (premise.patient, hypothesis.patient)):
        verdicts.append(same_noun(given, claimed))
        verdicts.append(modifier(given.adjective, claimed.adjective, concepts.ADJECTIVES.values()))
    verdicts.append(modifier(premise.place, hypothesis.place))
    verdicts.append(modifier(premise.time, hypothesis.time))
    verdicts.append(modifier(premise.manner, hypothesis.manner, concepts.MANNERS))
    return next(label for label in ("contradiction", "neutral", "entailment") if label in verdicts)


def nli(code: str, row: Row) -> set[Any]:
    return {inferred(*both) for both in product(read(code, row["premise"]), read(code, row["hypothesis"]))}


def paws(code: str, row: Row) -> set[Any]:
    pairs = product(read(code, row["first"]), read(code, row["second"]))
    return {"same" if one.said == other.said else "different" for one, other in pairs}


def leads(cause: Reading, effect: Reading) -> bool:
    """Whether one event brings about the other, between the same participants in the places they must have."""
    verb, exchanged = concepts.EFFECTS.get(cause.verb, (None, False))
    people = [who.noun + (who.surname or "") for who in (cause.agent, cause.patient, effect.agent, effect.patient)]
    return verb == effect.verb and people[:2] == (people[:1:-1] if exchanged else people[2:])


def copa(code: str, row: Row) -> set[Any]:
    link = {lexicon(code).form(name): name for name in concepts.LINKS}
    written = next(form for form in link if row["prompt"].endswith(form))
    premise = row["prompt"][: -len(written)].strip()
    found = set()
    for given, *choices in product(read(code, premise), *(read(code, choice) for choice in row["choices"])):
        forward = link[written] == "therefore"
        ordered = [(given, choice) if forward else (choice, given) for choice in choices]
        right = [place for place, (cause, effect) in enumerate(ordered) if leads(cause, effect)]
        found.add(right[0] if len(right) == 1 else None)
    return found


def tag_of(step: Step) -> str:
    piece = step.part.partition(".")[2] or step.part
    if step.concept in concepts.QUESTIONS:
        return "PRON" if step.concept in {"who", "what"} else "ADV"
    if piece in {"noun", "surname", "place"}:
        return "PROPN" if step.concept.rstrip("0123456789") in {"name", "family", "town"} else "NOUN"
    tags = {"verb": "VERB", "adjective": "ADJ", "number": "NUM", "time": "ADV", "manner": "ADV", "not": "PART"}
    others = {"by": "ADP", "relation": "ADP", "link": "CONJ", "past": "AUX", "future": "AUX", "passive": "AUX"}
    return (tags | others)[piece]


def entity_of(reading: Reading, step: Step) -> str:
    role, _, piece = step.part.partition(".")
    sort = step.concept.rstrip("0123456789")
    if role == "place":
        return "B-LOC" if sort == "town" else "O"
    if piece == "surname":
        return "I-PER" if sort == "family" else "I-ORG"
    return {"name": "B-PER", "family": "B-ORG", "town": "B-ORG"}.get(sort, "O") if piece == "noun" else "O"


def labelled(code: str, row: Row, label: Callable[[Reading, Step], str], stop: str) -> set[Any]:
    tokens = tuple(row["tokens"])
    ends = tokens[-1] in STOPS
    readings = known(tuple(Reader(code, of_tokens(code, tokens[:-1] if ends else tokens)).readings()), " ".join(tokens))
    return {(*(label(reading, step) for step in reading.steps), *([stop] if ends else [])) for reading in readings}


def tags(code: str, row: Row) -> set[Any]:
    return labelled(code, row, lambda _, step: tag_of(step), "PUNCT")


def ner(code: str, row: Row) -> set[Any]:
    return labelled(code, row, entity_of, "O")


def tense(code: str, row: Row) -> set[Any]:
    readings = read(code, row["text"])
    for reading in readings:
        assert reading.time is None or TIME_OF[reading.time] == reading.tense
    return {reading.tense for reading in readings}


BLANKS = {"where": "place", "when": "time", "how": "manner"}


def answers(question: Reading, told: Reading) -> tuple[int, int] | None:
    """Where in the sentence the question's answer stands, None if the sentence says something else or nothing of it."""
    if (question.verb, question.tense, question.negated) != (told.verb, told.tense, told.negated):
        return None
    wanted: tuple[str, ...] = ()
    for role in ("agent", "patient"):
        asked, given = getattr(question, role), getattr(told, role)
        kind = NOUN_KINDS.get(given.noun, "person")
        if asked.noun in {"who", "what"}:
            wanted = tuple(f"{role}.{piece}" for piece in ("noun", "surname", "adjective", "number"))
            if (asked.noun == "who") != (kind in {"person", "animal"}):
                return None
        elif (asked.noun, asked.surname) != (given.noun, given.surname):
            return None
    for slot in BLANKS.values():
        if getattr(question, slot) in BLANKS:
            wanted = (slot,)
    steps = [step for step in told.steps if step.part in wanted]
    return (min(step.start for step in steps), max(step.end for step in steps)) if steps else None


def qa(code: str, row: Row) -> set[Any]:
    """Spans of the context; None where no sentence of a reading or more than one answers."""
    scene = sentences(code, row["context"])
    found: set[Any] = set()
    for question in read(code, row["question"]):
        spans = []
        for start, sentence in scene:
            ways = {answers(question, reading) for reading in read(code, sentence)}
            spans.append({span and (start + span[0], start + span[1]) for span in ways})
        for chosen in product(*spans):
            hits = [span for span in chosen if span]
            found.add(hits[0] if len(hits) == 1 else None)
    return found


def owning(code: str, row: Row) -> set[Any]:
    found = set()
    told = [read(code, sentence) for _, sentence in sentences(code, row["story"])]
    scene = [{(way.agent.noun, way.verb, way.patient.noun) for way in ways} for ways in told]
    claims = {(way.agent.noun, way.verb, way.patient.noun) for way in read(code, row["claim"])}
    claims = {claim for claim in claims if claim[1] in {"own", "lack"}}
    for events in product(*scene):
        owner: dict[str, str | None] = {}
        possible = True
        for who, verb, thing in events:
            if verb in {"buy/purchase", "find/discover", "bring/fetch"}:
                possible &= owner.get(thing) != who
                owner[thing] = who
            elif verb in {"sell", "lose", "remove"}:
                possible &= owner.get(thing) == who
                owner[thing] = None
            else:
                possible = False
        if possible:
            found |= {"yes" if (owner.get(thing) == who) == (verb == "own") else "no" for who, verb, thing in claims}
    return found


DERIVE = {"nli": nli, "paws": paws, "copa": copa, "tags": tags, "ner": ner, "qa": qa, "tense": tense, "owning": owning}


def gold(task: str, row: Row) -> Any:
    match task:
        case "copa":
            return row["answer"]
        case "tags" | "ner":
            return tuple(row["tags"])
        case "qa":
            assert row["context"][row["start"] : row["start"] + len(row["answer"])] == row["answer"]
            return row["start"], row["start"] + len(row["answer"])
    return row["label"]


every_language = pytest.mark.parametrize("code", pocket.LANGUAGES)


@every_language
@pytest.mark.parametrize("task", DERIVE)
def test_gold_follows_from_the_text(task: str, code: str) -> None:
    for row in pocket.rows(task, code, "test", ROWS[task]):
        derived = DERIVE[task](code, row)
        assert derived == {gold(task, row)}, row


@pytest.mark.parametrize("code", TURNED)
@pytest.mark.parametrize("task", [task for task in DERIVE if task not in {"qa", "owning"}])
def test_gold_follows_from_the_text_of_described_languages(task: str, code: str) -> None:
    for row in pocket.rows(task, code, "test", 30):
        assert gold(task, row) in DERIVE[task](code, row), row


@every_language
def test_gold_translations_say_the_same_and_no_other_candidate_does(code: str) -> None:
    if code == pocket.PIVOT:
        return
    rows = list(pocket.rows("tatoeba", code, "test"))
    candidates: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for way in read(pocket.PIVOT, row["candidate"]):
            candidates[str(way.said)].add(row["candidate_id"])
    for row in rows:
        fits = {uid for way in read(code, row["query"]) for uid in candidates.get(str(way.said), ())}
        assert set(row["gold"]) <= fits, row
        assert len(fits) == 1, row


@every_language
def test_partners_say_the_same_and_no_other_pair_does(code: str) -> None:
    if code == pocket.PIVOT:
        return
    rows = list(pocket.rows("bucc", code, "test"))
    others: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["side"] == "other":
            for way in read(pocket.PIVOT, row["text"]):
                others[str(way.said)].add(row["id"])
    own = [row for row in rows if row["side"] == "own"]
    assert len(own) == len(rows) // 2 == 2 * sum(bool(row["partner"]) for row in own)
    for row in own:
        fits = {uid for way in read(code, row["text"]) for uid in others.get(str(way.said), ())}
        assert fits == {row["partner"]} - {""}, row


def of_pool(row: Row, code: str) -> dict[str, tuple[str, str]]:
    """The candidates that a row brings: their language and text."""
    found = {row["candidate_id"]: (code, row["candidate"])}
    return found | {uid: (uid.rpartition("-")[2], text) for uid, text in row["others"]}


@every_language
def test_gold_answers_fit_their_question_and_no_other_in_the_language_does(code: str) -> None:
    rows = list(pocket.rows("lareqa", code, "test"))
    told = [read(code, row["candidate"]) for row in rows]
    for index, row in enumerate(rows):
        questions = read(code, row["query"])
        fits = {number for number, ways in enumerate(told) if any(answers(q, way) for q in questions for way in ways)}
        assert index in fits, row
        assert fits == {index}, [row, *(rows[number] for number in fits)]


def test_gold_answers_say_the_same_in_every_language() -> None:
    for row in pocket.rows("lareqa", pocket.PIVOT, "test", 60):
        pool = of_pool(row, pocket.PIVOT)
        assert set(row["gold"]) == set(pool)
        (first, *_), *others = [{way.said for way in read(code, text)} for code, text in pool.values()]
        assert all(first in other for other in others)


@every_language
def test_the_checker_notices_what_is_wrong(code: str) -> None:
    """Texts that belong to other labels are refused: each first sentence has every label, so trade the second."""
    for task, second in (("nli", "hypothesis"), ("paws", "second"), ("owning", "claim")):
        rows = list(pocket.rows(task, code, "test", 60))
        for row, other in pairwise(rows):
            if row["cluster"] == other["cluster"]:
                derived = DERIVE[task](code, row | {second: other[second]})
                assert derived == {other["label"]}


def course(row: Row) -> tuple[str, ...]:
    """Who does what to the claimed thing, in turn."""
    (claim,) = read(pocket.PIVOT, row["claim"])
    story = [read(pocket.PIVOT, sentence)[0] for _, sentence in sentences(pocket.PIVOT, row["story"])]
    steps = [f"{way.agent.noun} {way.verb}" for way in story if way.patient.noun == claim.patient.noun]
    return claim.patient.noun, *steps


def test_a_course_of_events_is_in_one_split_only_and_every_split_asks_about_much() -> None:
    splits = ("train", "dev", "test")
    seen = {split: [course(row) for row in pocket.rows("owning", pocket.PIVOT, split, 400)] for split in splits}
    for one, other in (("train", "dev"), ("train", "test"), ("dev", "test")):
        assert not {*seen[one]} & {*seen[other]}
    for courses in seen.values():
        assert len({thing for thing, *_ in courses}) == len(concepts.NOUNS["thing"])
        assert len({*courses}) > 100
