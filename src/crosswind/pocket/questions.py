"""Questions about scenes, and where in the scene the answer stands.

Every question fits exactly one event of its scene, and at least one other event has something that could answer a
question of its kind, so that finding a place, a time or a person is not enough.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from crosswind.pocket import world
from crosswind.pocket.draws import Draws, Universe
from crosswind.pocket.grammar import Style, any_style, parts
from crosswind.pocket.inference import Told
from crosswind.pocket.scenes import answerable, asked, events
from crosswind.pocket.world import Event, Split, Thing

EVENTS = 4
PARTS = {
    role: tuple(f"{role}.{part}" for part in ("noun", "surname", "adjective", "number"))
    for role in ("agent", "patient")
}


class Item(NamedTuple):
    """A scene, the event that a question is about, the question, and the parts of the event that answer it."""

    scene: tuple[Told, ...]
    where: int
    question: Told
    parts: tuple[str, ...]


def item(draws: Draws, split: Split) -> Item:
    """One scene of a split with one question."""
    while True:
        scene = [event for event, _ in events(draws, split, EVENTS)]
        options = [
            (index, slot)
            for index, event in enumerate(scene)
            for slot in answerable(event)
            if is_clear(scene, index, slot) and has_rival(scene, index, slot)
        ]
        if options:
            # slot first, so that what is asked for hangs little on how often it is there
            wanted = draws.pick(sorted({slot for _, slot in options}))
            index, slot = draws.pick([option for option in options if option[1] == wanted])
            return told(draws, scene, index, slot)


def told(draws: Draws, scene: list[Event], index: int, slot: str) -> Item:
    """The scene and the question in words; the question keeps most of the words of what it is about."""
    styles = [any_style(draws, event) for event in scene]
    question = asked(bare(scene[index]), slot)
    kept = styles[index].second ^ frozenset(part for part in parts(scene[index]) if draws.chance(0.2))
    style = Style(second=kept & frozenset(parts(question)))
    role = slot.partition(".")[0]
    return Item(
        tuple(Told(event, each) for event, each in zip(scene, styles, strict=True)),
        index,
        Told(question, style),
        PARTS.get(role, (slot,)),
    )


def bare(event: Event) -> Event:
    """The event as a question names it: who, what and the verb, without what describes them."""
    return Event(naked(event.agent), event.verb, naked(event.patient), event.tense, event.negated)


def naked(thing: Thing) -> Thing:
    return replace(thing, adjective=None, number=1)


def is_clear(scene: list[Event], index: int, slot: str) -> bool:
    """Whether no other event of the scene could be what the question is about."""
    question = asked(bare(scene[index]), slot)
    return not any(asked(bare(other), slot) == question for number, other in enumerate(scene) if number != index)


def has_rival(scene: list[Event], index: int, slot: str) -> bool:
    """Whether another event has something else that a question of this kind could be answered with."""
    answer = world.read(scene[index], slot)
    return any(world.read(other, slot) not in {None, answer} for number, other in enumerate(scene) if number != index)


def rows(split: Split, universe: Universe) -> Iterator[tuple[str, str, Item]]:
    """Item id, id of the scene, and the item, without end."""
    number = 0
    while True:
        name = f"questions-{split}-{number}"
        yield name, name, item(universe.draws(f"questions {split}", number), split)
        number += 1
