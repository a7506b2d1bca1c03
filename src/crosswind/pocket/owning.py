"""Who owns what in the end: a scene in which things change hands, and a sentence that is true after it or is not.

The hard task of Pocket: the answer hangs on the last of several events that touch the thing asked about, on who takes
part in it and on whether he gains or loses. Of each scene two sentences are asked about the same thing, a true and a
false one, that differ in one word: in who owns or lacks it, or in whether the last to have it owns or lacks it. What
happens to that thing decides the split, so that every split asks about everyone and everything, but no course of events
recurs.
"""

from collections.abc import Iterator
from typing import NamedTuple

from crosswind.pocket import concepts, world
from crosswind.pocket.draws import Draws, Universe
from crosswind.pocket.grammar import any_style
from crosswind.pocket.inference import Told
from crosswind.pocket.world import Event, Split, Thing

EVENTS = 5
OWN, LACK = "own", "lack"


class Story(NamedTuple):
    """What happened, and after it the owner of each thing that has one, and everyone who ever had it."""

    events: tuple[Event, ...]
    owners: dict[str, str]
    had: dict[str, set[str]]


def story(draws: Draws) -> Story:
    """Two things among three people. Nobody loses what he has not; who takes a thing takes it from whoever had it."""
    people = draws.some(draws.there(concepts.NOUNS["person"]), 3)
    things = draws.some(draws.there(concepts.NOUNS["thing"]), 2)
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


def asked(draws: Draws, split: Split) -> tuple[Story, tuple[Event, Event]]:
    """A story of a split with a true and a false sentence about who owns or lacks a thing."""
    about = about_people if draws.chance(0.5) else about_gain if draws.chance(0.5) else about_loss
    while True:
        told = story(draws)
        things = [thing for thing in told.had if world.split_of(course(told, thing)) == split]
        options = [both for thing in things for both in about(told, thing)]
        if options:
            return told, draws.pick(options)


def about_people(told: Story, thing: str) -> list[tuple[Event, Event]]:
    """The owner of a thing and someone who had it before him: either may be the one who owns it, or who lacks it."""
    owner = told.owners.get(thing)
    earlier = sorted(told.had[thing] - {owner}) if owner else []
    owned = [(claim(owner, OWN, thing), claim(other, OWN, thing)) for other in earlier if owner]
    return owned + [(claim(other, LACK, thing), claim(owner, LACK, thing)) for other in earlier if owner]


def about_gain(told: Story, thing: str) -> list[tuple[Event, Event]]:
    """The owner of a thing, if it has one: he owns it and does not lack it."""
    owner = told.owners.get(thing)
    return [(claim(owner, OWN, thing), claim(owner, LACK, thing))] if owner else []


def about_loss(told: Story, thing: str) -> list[tuple[Event, Event]]:
    """Whoever lost a thing that nobody has taken since: he lacks it."""
    if thing in told.owners or not told.had[thing]:
        return []
    last = next(event.agent.noun for event in reversed(told.events) if event.patient.noun == thing)
    return [(claim(last, LACK, thing), claim(last, OWN, thing))]


def course(told: Story, thing: str) -> tuple[str, str, str]:
    """What becomes of a thing, in the form of an event's core."""
    steps = [f"{event.agent.noun} {event.verb}" for event in told.events if event.patient.noun == thing]
    return thing, OWN, " ".join(steps)


def claim(who: str, verb: str, thing: str) -> Event:
    return Event(Thing(who), verb, Thing(thing), "present")


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
