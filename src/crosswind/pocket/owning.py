"""Who owns what in the end: a scene in which things change hands, and a sentence that is true after it or is not.

The hard task of Pocket: the answer hangs on the last of several events that touch the thing asked about. Of each scene
two sentences are asked about the same thing: one names its owner, the other someone who had it before. What happens to
that thing decides the split, so that every split asks about everyone and everything, but no course of events recurs.
"""

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

from crosswind.pocket import concepts, world
from crosswind.pocket.draws import SMALLEST, Draws, Universe
from crosswind.pocket.grammar import any_style
from crosswind.pocket.inference import Told
from crosswind.pocket.world import Event, Split, Thing

EVENTS = 5
VERB = "own"


class Story(NamedTuple):
    """What happened, and after it the owner of each thing that has one, and everyone who ever had it."""

    events: tuple[Event, ...]
    owners: dict[str, str]
    had: dict[str, set[str]]


def story(draws: Draws) -> Story:
    """Two things among three people. Nobody loses what he has not; who takes a thing takes it from whoever had it."""
    people = draws.some(part_of(draws, concepts.NOUNS["person"]), 3)
    things = draws.some(part_of(draws, concepts.NOUNS["thing"]), 2)
    owners: dict[str, str] = {}
    had: dict[str, set[str]] = {thing: set() for thing in things}
    events = []
    for _ in range(EVENTS):
        thing = draws.pick(things)
        if thing in owners and draws.chance(0.25):
            who, verb = owners.pop(thing), draws.pick(concepts.LOSSES)
        else:
            who = draws.pick([person for person in people if person != owners.get(thing)])
            owners[thing], verb = who, draws.pick(concepts.GAINS)
            had[thing].add(who)
        events.append(Event(Thing(who), verb, Thing(thing), "past"))
    return Story(tuple(events), owners, had)


def part_of(draws: Draws, nouns: tuple[str, ...]) -> tuple[str, ...]:
    """The nouns that a world of this size has."""
    return nouns[: max(ceil(draws.size * len(nouns)), SMALLEST)]


def asked(draws: Draws, split: Split) -> tuple[Story, tuple[Event, Event]]:
    """A story of a split with a true and a false sentence about who owns a thing."""
    while True:
        told = story(draws)
        options = [
            (claim(owner, thing), claim(other, thing))
            for thing, owner in told.owners.items()
            for other in sorted(told.had[thing] - {owner})
            if world.split_of(course(told, thing)) == split
        ]
        if options:
            return told, draws.pick(options)


def course(told: Story, thing: str) -> tuple[str, str, str]:
    """What becomes of a thing, in the form of an event's core."""
    steps = [f"{event.agent.noun} {event.verb}" for event in told.events if event.patient.noun == thing]
    return thing, VERB, " ".join(steps)


def claim(who: str, thing: str) -> Event:
    return Event(Thing(who), VERB, Thing(thing), "present")


def rows(split: Split, universe: Universe) -> Iterator[tuple[str, str, tuple[Told, ...], Told, str]]:
    """Item id, id of the scene, the scene, the sentence, and whether it is true, without end."""
    number = 0
    while True:
        draws = universe.draws(f"owning {split}", number)
        told, (true, false) = asked(draws, split)
        scene = tuple(Told(event, any_style(draws, event, 0.0)) for event in told.events)
        both = [(Told(true, any_style(draws, true, 0.0)), "yes"), (Told(false, any_style(draws, false, 0.0)), "no")]
        for index, (sentence, label) in enumerate(draws.some(both, 2)):
            yield f"owning-{split}-{number}-{index}", f"owning-{split}-{number}", scene, sentence, label
        number += 1
