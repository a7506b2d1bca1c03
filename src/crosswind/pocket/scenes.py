"""Small scenes: a few events among the same few participants, as one comes upon them in a story."""

from collections.abc import Iterator
from dataclasses import replace

from crosswind.pocket import concepts, world
from crosswind.pocket.draws import Draws
from crosswind.pocket.grammar import any_style
from crosswind.pocket.inference import Told
from crosswind.pocket.world import Event, Split

EVENTS = 4
ASKED = 0.3


def scene(draws: Draws) -> Iterator[Told]:
    """Events of the training split as running text tells them; a scene may end in a question about one of them."""
    for event, link in ending(draws):
        yield Told(event, any_style(draws, event)._replace(link=link))


def translated(draws: Draws) -> Iterator[tuple[Told, Told]]:
    """A scene told twice. The second telling keeps the choice of words and mostly the style."""
    for event, link in ending(draws):
        style = any_style(draws, event)._replace(link=link)
        other = style if draws.chance(0.7) else any_style(draws, event)._replace(second=style.second, link=link)
        yield Told(event, style), Told(event, other)


def retold(draws: Draws) -> Iterator[tuple[Told, Told]]:
    """A scene told twice, each time in words and a style of its own."""
    for event, link in ending(draws):
        first, second = (any_style(draws, event)._replace(link=link) for _ in range(2))
        yield Told(event, first), Told(event, second)


def ending(draws: Draws) -> Iterator[tuple[Event, str | None]]:
    """The events of a scene, each with the word that links it to the one before; the last is a question at times."""
    told = list(events(draws, "train"))
    if draws.chance(ASKED):
        event = draws.pick(told[:-1])[0]
        told[-1] = (asked(event, draws.pick(answerable(event))), None)
    yield from told


def answerable(event: Event) -> list[str]:
    """The parts of an event that one can ask for."""
    return [slot for slot in ("agent.noun", "patient.noun", "place", "time", "manner") if world.read(event, slot)]


def asked(event: Event, slot: str) -> Event:
    """The question for one part of an event; what else is said of the thing asked for is left out."""
    match slot:
        case "agent.noun":
            return replace(event, agent=blank(event.agent))
        case "patient.noun":
            return replace(event, patient=blank(event.patient))
    return world.write(event, slot, {"place": "where", "time": "when", "manner": "how"}[slot])


def blank(thing: world.Thing) -> world.Thing:
    return world.Thing("who" if thing.role in {"person", "animal"} else "what")


def events(draws: Draws, split: Split, count: int = EVENTS) -> Iterator[tuple[Event, str | None]]:
    """What happens in a scene; each event takes up the one before."""
    event, link = opening(draws, split), None
    for _ in range(count):
        yield event, link
        event, link = sequel(draws, event, split)


def opening(draws: Draws, split: Split) -> Event:
    event = world.bare(draws, split)
    event = world.modified(draws, event, draws.some(world.open_slots(event), draws.below(5)))
    return world.deny(event) if draws.chance(0.2) else event


def sequel(draws: Draws, event: Event, split: Split) -> tuple[Event, str | None]:
    """The event after another: its effect, roles exchanged, another verb, other modifiers, or a new beginning."""
    turn = draws.below(6)
    effect = None if event.negated else follow(event)
    if turn < 2 and effect and world.split_of(effect.core) == split:
        return effect, "therefore" if draws.chance(0.5) else None
    if turn == 2 and event.reversible:
        return replace(event, agent=event.patient, patient=event.agent), None
    if turn == 3:
        return reworded(draws, event, split), None
    if turn == 4:
        event = world.modified(draws, event, draws.some(world.open_slots(event), 2))
        return (world.deny(event) if draws.chance(0.3) else event), None
    return opening(draws, split), None


def follow(event: Event) -> Event | None:
    """What an event leads to, with the participants that took part in it; None where it leads to nothing."""
    if event.verb not in concepts.EFFECTS:
        return None
    verb, exchanged = concepts.EFFECTS[event.verb]
    agent, patient = (event.patient, event.agent) if exchanged else (event.agent, event.patient)
    return Event(agent, verb, patient, event.tense) if fits(verb, agent, patient) else None


def fits(verb: str, agent: world.Thing, patient: world.Thing) -> bool:
    """Whether such participants can take part in an action."""
    entry = concepts.POLES[verb]
    return agent.role in entry.agents and patient.role in entry.patients


def reworded(draws: Draws, event: Event, split: Split) -> Event:
    """The participants under another verb that takes them, the opposite one where no other is left to the split."""
    poles = [pole for pole in concepts.POLES if fits(pole, event.agent, event.patient) and pole != event.verb]
    allowed = [replace(event, verb=pole) for pole in poles]
    allowed = [option for option in allowed if world.split_of(option.core) == split]
    return draws.pick(allowed) if allowed else opening(draws, split)
