"""Pairs of sentences made of the same words, save for synonyms, that say the same or do not.

Both sentences of a pair always differ in style, and those that say different things by an exchange besides: of the two
participants or of their adjectives. Which words there are tells nothing; who does what to whom tells all.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

from crosswind.pocket import world
from crosswind.pocket.draws import Draws, Universe
from crosswind.pocket.grammar import Style, any_style
from crosswind.pocket.inference import Told
from crosswind.pocket.world import Event, Split

Label = Literal["different", "same"]
PASSIVE = 0.05
LABELS: tuple[Label, ...] = ("different", "same")


def roles(event: Event) -> Event:
    """Who acts is acted upon; adjectives and numbers go with their nouns."""
    return replace(event, agent=event.patient, patient=event.agent)


def adjectives(event: Event) -> Event:
    """Each participant gets what described the other."""
    agent = replace(event.agent, adjective=event.patient.adjective)
    return replace(event, agent=agent, patient=replace(event.patient, adjective=event.agent.adjective))


def base(draws: Draws, split: Split) -> tuple[Event, Callable[[Event], Event]]:
    """An event of a split and an exchange that it allows."""
    event = world.bare(draws, split, reversible=True)
    adverbials = draws.some(("place", "time", "manner"), 1 + draws.below(2))
    if draws.chance(0.65):
        open_slots = [slot for slot in world.open_slots(event) if slot not in ("place", "time", "manner")]
        return world.modified(draws, event, [*adverbials, *draws.some(open_slots, draws.below(3))]), roles
    event = world.modified(draws, event, adverbials)
    shared = [
        word for word in world.choices(event, "agent.adjective") if word in world.choices(event, "patient.adjective")
    ]
    if len(shared) < 2:
        return event, roles
    one, other = draws.some(shared, 2)
    return world.write(world.write(event, "agent.adjective", one), "patient.adjective", other), adjectives


def other_style(draws: Draws, event: Event, style: Style) -> Style:
    """A style unlike the given one, with few changes of word."""
    while True:
        fresh = any_style(draws, event, PASSIVE)
        second = style.second ^ frozenset(part for part in sorted(fresh.second ^ style.second) if draws.chance(0.3))
        if fresh._replace(second=second) != style:
            return fresh._replace(second=second)


def carried(style: Style, exchange: Callable[[Event], Event]) -> Style:
    """The style with the words of the parts where the exchange has put them."""
    moved = {"agent": "patient", "patient": "agent"}
    owners = ("noun", "adjective", "number", "surname") if exchange is roles else ("adjective",)
    second = frozenset(
        f"{moved[part.partition('.')[0]]}.{part.partition('.')[2]}" if part.partition(".")[2] in owners else part
        for part in style.second
    )
    return style._replace(second=second)


def rows(split: Split, universe: Universe) -> Iterator[tuple[str, str, Told, Told, Label]]:
    """Item id, id of the first sentence, both sentences and label, without end. A first sentence has both labels."""
    number = 0
    while True:
        draws = universe.draws(f"paws {split}", number)
        event, exchange = base(draws, split)
        style = any_style(draws, event, PASSIVE)
        for index, label in enumerate(draws.some(LABELS, 2)):
            fresh = other_style(draws, event, style)
            second = Told(event, fresh) if label == "same" else Told(exchange(event), carried(fresh, exchange))
            yield f"paws-{split}-{number}-{index}", f"paws-{split}-{number}", Told(event, style), second, label
        number += 1
