"""What leads to what: a sentence and two others, one of which is its effect, or its cause.

The same two choices stand under two sentences, and the right one of the first is the wrong one of the second, so
choices alone say nothing. Both choices have the same participants: what tells them apart is what an action leads to,
or who does it to whom. Items of one split share no pair of participants with another split.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from crosswind.pocket import concepts, world
from crosswind.pocket.draws import Draws, Universe
from crosswind.pocket.grammar import Style, any_style
from crosswind.pocket.inference import Told
from crosswind.pocket.scenes import fits, follow
from crosswind.pocket.world import Event, Split, Thing

EXCHANGES = 0.4


class Item(NamedTuple):
    """What happens, the word that asks for its effect or cause, two choices, and which of them is right."""

    premise: Event
    link: str
    choices: tuple[Event, Event]
    answer: int


def pair(draws: Draws, split: Split) -> tuple[Item, Item]:
    """Two items with the same choices and opposite answers."""
    first, second = two(draws, split)
    effects = tuple(filter(None, (follow(first), follow(second))))
    link = draws.pick(concepts.LINKS)
    premises, choices = ((first, second), effects) if link == "therefore" else (effects, (first, second))
    dressed = [dress(draws, event) for event in premises]
    turned = draws.below(2)
    shown = (choices[turned], choices[1 - turned])
    return Item(dressed[0], link, shown, turned), Item(dressed[1], link, shown, 1 - turned)


def two(draws: Draws, split: Split) -> tuple[Event, Event]:
    """Two events of the same participants that lead to different things."""
    while True:
        first = world.bare(draws, split, within=seen_together)
        event = replace(first, agent=plain(first.agent), patient=plain(first.patient))
        if draws.chance(EXCHANGES):
            other = replace(event, agent=event.patient, patient=event.agent)
        else:
            other = replace(event, verb=draws.pick(tuple(concepts.EFFECTS)))
        possible = other.verb != event.verb or event.reversible
        possible = possible and other != event and fits(other.verb, other.agent, other.patient)
        if possible and follow(event) and follow(other):
            return event, other


def seen_together(event: Event) -> tuple[str, str, str]:
    """What decides the split of an item: its participants, under whatever verb."""
    first, _, second = event.core
    return first, "and", second


def plain(thing: Thing) -> Thing:
    return replace(thing, number=1)


def dress(draws: Draws, event: Event) -> Event:
    """The event with up to two modifiers that have nothing to do with what it leads to."""
    return world.modified(draws, event, draws.some(world.open_slots(event), draws.below(3)))


def rows(split: Split, universe: Universe) -> Iterator[tuple[str, str, Told, str, tuple[Told, Told], int]]:
    """Item id, id of the pair of items, premise, link, choices and the index of the right one, without end."""
    number = 0
    while True:
        draws = universe.draws(f"causes {split}", number)
        for index, item in enumerate(pair(draws, split)):
            first, second = (Told(choice, Style()) for choice in item.choices)
            name = f"causes-{split}-{number}"
            yield (
                f"{name}-{index}",
                name,
                Told(item.premise, any_style(draws, item.premise, 0.0)),
                item.link,
                (first, second),
                item.answer,
            )
        number += 1
