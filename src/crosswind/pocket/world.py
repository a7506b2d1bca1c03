"""What can happen: events, and how they are drawn. Nothing here knows of any language.

Every event has a core: who and what take part and the verb between them, whichever way round. The core decides the
split that an event belongs to, so no pair of participants of a test event meets under the same verb in training text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from crosswind.pocket.concepts import (
    ADJECTIVES,
    DESCRIBED,
    FAMILIES,
    FIRM,
    KINDS,
    NAMES,
    NOUNS,
    PLACES,
    POLES,
    PROPER,
    QUALITIES,
    TENSES,
    TIMES,
    TOWNS,
    VERBS,
    WAYS,
    Tense,
)
from crosswind.pocket.draws import SEED, Draws
from crosswind.randomness import stream

Split = Literal["train", "dev", "test"]


@dataclass(frozen=True, slots=True)
class Thing:
    """A participant; `number` 1 goes unsaid, `surname` is the second word of a name."""

    noun: str
    adjective: str | None = None
    number: int = 1
    surname: str | None = None

    @property
    def kind(self) -> str:
        return KINDS[self.noun]

    @property
    def role(self) -> str:
        """The kind whose part it can play: whoever has a name is a person."""
        return "person" if self.kind in {"name", "firm"} else self.kind


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
        kinds = {self.agent.role, self.patient.role}
        entry = POLES[self.verb]
        return kinds <= set(entry.agents) and kinds <= set(entry.patients)


MODIFIERS = ("agent.adjective", "patient.adjective", "place", "time", "manner")
SLOTS = ("agent.noun", "verb", "patient.noun", *MODIFIERS)


def read(event: Event, slot: str) -> str | None:
    """What fills one of SLOTS."""
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
            others = TOWNS if value in TOWNS else PLACES
        case "time":
            others = TIMES[event.tense]
        case "manner":
            others = WAYS[value]
        case "verb":
            others = POLES[value].poles
        case "agent.noun" | "patient.noun":
            others = namesakes(value) if value in PROPER else NOUNS[KINDS[value]]
        case _:
            others = QUALITIES[value]
    return tuple(other for other in others if other != value)


def namesakes(name: str) -> tuple[str, ...]:
    """The names of the same sort."""
    return next(names for names in (NAMES, FAMILIES, TOWNS) if name in names)


@cache
def split_of(core: tuple[str, str, str]) -> Split:
    """The split that events of a core belong to: 8 in 10 to train, 1 to dev, 1 to test."""
    bucket = stream(SEED, " ".join(core)) % 10
    return "test" if bucket == 0 else "dev" if bucket == 1 else "train"


def participant(draws: Draws, kinds: tuple[str, ...], named: float = 0.12) -> Thing:
    """A bare participant of one of the kinds; people go by a name with the given probability."""
    kind = draws.pick(kinds)
    if kind == "person" and draws.chance(named):
        return name(draws)
    return Thing(draws.within(NOUNS[kind]), number=2 + draws.below(3) if draws.chance(0.15) else 1)


def name(draws: Draws) -> Thing:
    """A person by one name or two, or a firm named after a family or a town."""
    sort = draws.below(8)
    if sort < 4:
        return Thing(draws.within(NAMES))
    if sort < 6:
        return Thing(draws.within(NAMES), surname=draws.within(FAMILIES))
    return Thing(draws.within(FAMILIES)) if sort == 6 else Thing(draws.within(TOWNS), surname=FIRM)


def core_of(event: Event) -> tuple[str, str, str]:
    return event.core


def bare(
    draws: Draws,
    split: Split,
    reversible: bool = False,
    named: float = 0.12,
    within: Callable[[Event], tuple[str, str, str]] = core_of,
) -> Event:
    """An event of a split without modifiers, with a tense and nothing denied. `within` says what decides its split."""
    entries = REVERSIBLE if reversible else VERBS
    while True:
        entry = draws.within(entries)
        agent, patient = (participant(draws, kinds, named) for kinds in (entry.agents, entry.patients))
        event = Event(agent, draws.pick(entry.poles), patient, draws.pick(TENSES))
        if agent.noun != patient.noun and split_of(within(event)) == split and (event.reversible or not reversible):
            return event


REVERSIBLE = tuple(entry for entry in VERBS if set(entry.agents) & set(entry.patients))


def open_slots(event: Event) -> list[str]:
    """The modifiers that the event could have."""
    return [slot for slot in MODIFIERS if not slot.endswith("adjective") or choices(event, slot)]


def modified(draws: Draws, event: Event, slots: Sequence[str]) -> Event:
    """The event with something drawn for each of the slots; a place is a town now and then."""
    for slot in slots:
        options = TOWNS if slot == "place" and draws.chance(0.2) else choices(event, slot)
        event = write(event, slot, draws.within(options))
    return event
