"""Small scenes: a few events among the same few participants, as one comes upon them in a story."""

from collections.abc import Iterator
from dataclasses import replace

from crosswind.pocket import world
from crosswind.pocket.draws import Draws
from crosswind.pocket.grammar import any_style
from crosswind.pocket.inference import Told
from crosswind.pocket.world import Event

EVENTS = 4


def scene(draws: Draws) -> Iterator[Told]:
    """Events of the training split with recurring participants, now and then in exchanged roles or denied."""
    for event in events(draws):
        yield Told(event, any_style(draws, event))


def translated(draws: Draws) -> Iterator[tuple[Told, Told]]:
    """A scene told twice. The second telling keeps the choice of words and mostly the style."""
    for event in events(draws):
        style = any_style(draws, event)
        other = style if draws.chance(0.7) else any_style(draws, event)._replace(second=style.second)
        yield Told(event, style), Told(event, other)


def events(draws: Draws) -> Iterator[Event]:
    """What happens in a scene; each event takes up the one before."""
    event = opening(draws)
    for _ in range(EVENTS):
        yield event
        event = sequel(draws, event)


def opening(draws: Draws) -> Event:
    event = world.bare(draws, "train")
    event = world.modified(draws, event, draws.some(world.open_slots(event), draws.below(5)))
    return world.deny(event) if draws.chance(0.2) else event


def sequel(draws: Draws, event: Event) -> Event:
    """The event after another: roles exchanged, another verb, other modifiers, or a new beginning."""
    turn = draws.below(4)
    if turn == 0 and event.reversible:
        return replace(event, agent=event.patient, patient=event.agent)
    if turn == 1:
        return reworded(draws, event)
    if turn == 2:
        event = world.modified(draws, event, draws.some(world.open_slots(event), 2))
        return world.deny(event) if draws.chance(0.3) else event
    return opening(draws)


def reworded(draws: Draws, event: Event) -> Event:
    """The participants under another verb that takes them, the opposite one where no other is left to training text."""
    kinds = ["person" if thing.kind == "name" else thing.kind for thing in (event.agent, event.patient)]
    poles = [
        pole
        for pole, entry in world.POLES.items()
        if kinds[0] in entry.agents and kinds[1] in entry.patients and pole != event.verb
    ]
    options = [replace(event, verb=pole) for pole in poles]
    allowed = [option for option in options if world.split_of(option.core) == "train"]
    return draws.pick(allowed) if allowed else opening(draws)
