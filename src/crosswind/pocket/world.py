"""What can happen: concepts, what goes with what, and events drawn from them. Nothing here knows of any language.

Every event has a core: who and what take part and the verb between them, whichever way round. The core decides the
split that an event belongs to, so no pair of participants of a test event meets under the same verb in training text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from crosswind.pocket.draws import SEED, Draws
from crosswind.randomness import stream

Split = Literal["train", "dev", "test"]
Tense = Literal["past", "present", "future"]


def glosses(text: str) -> tuple[str, ...]:
    """The concepts of a list. A concept is its gloss; one with a slash has a second word in every language."""
    return tuple(text.split())


def doubled(concept: str) -> bool:
    """Whether every language has two words for the concept."""
    return "/" in concept


NOUNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "person": glosses(
            "teacher/tutor doctor/physician farmer baker sailor/seaman singer painter/artist judge guard/watchman "
            "tailor pilot poet thief/robber merchant/trader"
        ),
        "animal": glosses("dog/hound cat horse/steed goat wolf bear crow/raven mouse"),
        "food": glosses("bread/loaf apple soup/broth cheese rice honey"),
        "thing": glosses("book/volume letter lamp/lantern coat/jacket knife rope/cord basket mirror drum box/chest"),
        "vehicle": glosses("cart/wagon boat/vessel sled bicycle"),
    }
)
GENERIC: Mapping[str, str] = MappingProxyType(
    dict(zip(NOUNS, glosses("person animal food thing vehicle"), strict=True))
)
NAMES = tuple(f"name{number}" for number in range(24))
ADJECTIVES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "size": glosses("big/large small/little"),
        "age": glosses("old new"),
        "colour": glosses("red white black green"),
        "temper": glosses("kind/gentle cruel/brutal"),
        "wealth": glosses("rich poor"),
        "strength": glosses("strong/powerful weak/feeble"),
        "weight": glosses("heavy light"),
        "state": glosses("clean dirty/filthy"),
        "worth": glosses("good/fine bad"),
    }
)
DESCRIBED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "person": ("size", "age", "temper", "wealth", "strength"),
        "animal": ("size", "age", "temper", "colour", "strength"),
        "food": ("size", "colour", "worth", "weight"),
        "thing": ("size", "age", "colour", "weight", "state", "worth"),
        "vehicle": ("size", "age", "colour", "weight", "state", "worth"),
        "name": (),
    }
)
PLACES = glosses("market/bazaar river/stream school forest/wood garden bridge kitchen harbour/port temple tower")
TIMES: Mapping[Tense, tuple[str, ...]] = MappingProxyType(
    {
        "past": glosses("yesterday lately/recently formerly"),
        "present": glosses("now/currently today often"),
        "future": glosses("tomorrow soon/shortly later"),
    }
)
TENSES: tuple[Tense, ...] = ("past", "present", "future")
MANNERS: tuple[tuple[str, ...], ...] = (
    glosses("quickly/rapidly slowly"),
    glosses("quietly/silently loudly"),
    glosses("openly secretly/covertly"),
)
NUMBERS = ("one", "two", "three", "four")
FUNCTIONS = ("not", "past", "future", "passive", "by", "in", "near")


@dataclass(frozen=True, slots=True)
class Verb:
    """Two opposite actions that the same kinds of participants can take."""

    poles: tuple[str, ...]
    agents: tuple[str, ...]
    patients: tuple[str, ...]


def verb(poles: str, agents: str, patients: str) -> Verb:
    return Verb(glosses(poles), tuple(agents.split()), tuple(patients.split()))


VERBS = (
    verb("help/assist hinder", "person", "person animal"),
    verb("praise/commend blame", "person", "person"),
    verb("follow/trail lead/guide", "person animal", "person animal"),
    verb("love/adore hate/detest", "person", "person animal"),
    verb("see/spot overlook", "person animal", "person animal"),
    verb("catch/capture release/free", "person", "person animal"),
    verb("chase/pursue flee", "animal person", "animal person"),
    verb("protect/defend attack/assault", "person animal", "person animal"),
    verb("trust doubt", "person", "person"),
    verb("buy/purchase sell", "person", "thing food vehicle animal"),
    verb("find/discover lose", "person", "thing food vehicle animal"),
    verb("break/smash repair/mend", "person", "thing vehicle"),
    verb("hide/conceal show", "person", "thing food vehicle"),
    verb("push pull/drag", "person", "thing vehicle"),
    verb("eat/devour spare", "person animal", "food"),
    verb("bring/fetch remove", "person", "thing food"),
)
POLES: Mapping[str, Verb] = MappingProxyType({pole: entry for entry in VERBS for pole in entry.poles})
KINDS: Mapping[str, str] = MappingProxyType(
    {noun: kind for kind, nouns in NOUNS.items() for noun in nouns}
    | {noun: kind for kind, noun in GENERIC.items()}
    | dict.fromkeys(NAMES, "name")
)
QUALITIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {word: words for words in ADJECTIVES.values() for word in words}
)
WAYS: Mapping[str, tuple[str, ...]] = MappingProxyType({word: words for words in MANNERS for word in words})


@dataclass(frozen=True, slots=True)
class Thing:
    """A participant; `number` 1 goes unsaid."""

    noun: str
    adjective: str | None = None
    number: int = 1

    @property
    def kind(self) -> str:
        return KINDS[self.noun]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens, or, if negated, does not."""

    agent: Thing
    verb: str
    patient: Thing
    tense: Tense = "past"
    negated: bool = False
    place: str | None = None
    time: str | None = None
    manner: str | None = None

    @property
    def core(self) -> tuple[str, str, str]:
        first, second = sorted((self.agent.noun, self.patient.noun))
        return first, self.verb, second

    @property
    def reversible(self) -> bool:
        """Whether agent and patient could change places."""
        kinds = {"person" if thing.kind == "name" else thing.kind for thing in (self.agent, self.patient)}
        entry = POLES[self.verb]
        return kinds <= set(entry.agents) and kinds <= set(entry.patients)


MODIFIERS = ("agent.adjective", "patient.adjective", "place", "time", "manner")


def read(event: Event, slot: str) -> str | None:
    """What fills a slot: one of MODIFIERS, "verb", "agent.noun" or "patient.noun"."""
    owner, _, part = slot.partition(".")
    value: str | None = getattr(getattr(event, owner), part) if part else getattr(event, owner)
    return value


def write(event: Event, slot: str, value: str | None) -> Event:
    """The event with a slot filled otherwise."""
    owner, _, part = slot.partition(".")
    fields: dict[str, Any] = {owner: replace(getattr(event, owner), **{part: value}) if part else value}
    return replace(event, **fields)


def deny(event: Event) -> Event:
    """The opposite: the event denied, or no longer denied."""
    return replace(event, negated=not event.negated)


def choices(event: Event, slot: str) -> tuple[str, ...]:
    """What could fill a modifier's slot in this event."""
    match slot:
        case "place":
            return PLACES
        case "time":
            return TIMES[event.tense]
        case "manner":
            return tuple(WAYS)
    thing = event.agent if slot == "agent.adjective" else event.patient
    return fitting(thing.kind)


@cache
def fitting(kind: str) -> tuple[str, ...]:
    """The adjectives that go with nouns of a kind."""
    return tuple(word for quality in DESCRIBED[kind] for word in ADJECTIVES[quality])


def rivals(event: Event, slot: str) -> tuple[str, ...]:
    """What could fill a filled slot instead and cannot be true together with what does."""
    value = read(event, slot) or ""
    match slot:
        case "place":
            others = PLACES
        case "time":
            others = TIMES[event.tense]
        case "manner":
            others = WAYS[value]
        case "verb":
            others = POLES[value].poles
        case "agent.noun" | "patient.noun":
            others = NAMES if value in NAMES else NOUNS[KINDS[value]]
        case _:
            others = QUALITIES[value]
    return tuple(other for other in others if other != value)


@cache
def split_of(core: tuple[str, str, str]) -> Split:
    """The split that events of a core belong to: 8 in 10 to train, 1 to dev, 1 to test."""
    bucket = stream(SEED, " ".join(core)) % 10
    return "test" if bucket == 0 else "dev" if bucket == 1 else "train"


def participant(draws: Draws, kinds: tuple[str, ...]) -> Thing:
    """A bare participant of one of the kinds; people have a name now and then."""
    kind = draws.pick(kinds)
    if kind == "person" and draws.chance(0.12):
        return Thing(draws.pick(NAMES))
    return Thing(draws.pick(NOUNS[kind]), number=2 + draws.below(3) if draws.chance(0.15) else 1)


def bare(draws: Draws, split: Split, reversible: bool = False) -> Event:
    """An event of a split without modifiers, with a tense and nothing denied."""
    entries = REVERSIBLE if reversible else VERBS
    while True:
        entry = draws.pick(entries)
        agent, patient = participant(draws, entry.agents), participant(draws, entry.patients)
        event = Event(agent, draws.pick(entry.poles), patient, draws.pick(TENSES))
        if agent.noun != patient.noun and split_of(event.core) == split and (event.reversible or not reversible):
            return event


REVERSIBLE = tuple(entry for entry in VERBS if set(entry.agents) & set(entry.patients))


def open_slots(event: Event) -> list[str]:
    """The modifiers that the event could have."""
    return [slot for slot in MODIFIERS if not slot.endswith("adjective") or choices(event, slot)]


def modified(draws: Draws, event: Event, slots: list[str]) -> Event:
    """The event with something drawn for each of the slots."""
    for slot in slots:
        event = write(event, slot, draws.pick(choices(event, slot)))
    return event
