"""What to find: the translation of a sentence among others much like it, and the sentence that answers a question."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle

from crosswind.pocket import world
from crosswind.pocket.draws import Draws, Universe
from crosswind.pocket.grammar import any_style
from crosswind.pocket.inference import Told
from crosswind.pocket.questions import bare, item
from crosswind.pocket.scenes import answerable, asked
from crosswind.pocket.world import Event, Split


def sentences(split: Split, universe: Universe) -> Iterator[tuple[str, str, Told, Told]]:
    """Item id, id of a pair of twins, a sentence and its translation, without end.

    The twin of a sentence has its participants exchanged: the same words say something else. No event comes twice, so
    only one candidate is right.
    """
    number, seen = 0, set[Event]()
    while True:
        draws = universe.draws(f"sentences {split}", number)
        event = world.bare(draws, split, reversible=True)
        event = world.modified(draws, event, draws.some(world.open_slots(event), draws.below(4)))
        twin = replace(event, agent=event.patient, patient=event.agent)
        if event not in seen:
            seen |= {event, twin}
            for index, each in enumerate((event, twin)):
                yield f"sentences-{split}-{number}-{index}", f"sentences-{split}-{number}", *translated(draws, each)
        number += 1


def mixed(split: Split, universe: Universe) -> Iterator[tuple[str, str, Told, str, str]]:
    """Id, cluster, a sentence, its side, and the id of its translation or "", without end.

    In turn a sentence is told on both sides, on the own alone, and on the other alone. One whose twin is told on the
    other side stands among its words there, and is no translation.
    """
    turns = cycle((("own", "other"), ("own",), ("other",)))
    for (name, cluster, *told), sides in zip(sentences(split, universe), turns, strict=False):
        for side in sides:
            partner = f"{name}-other" if sides == ("own", "other") and side == "own" else ""
            yield f"{name}-{side}", cluster, told[side == "other"], side, partner


def translated(draws: Draws, event: Event) -> tuple[Told, Told]:
    """A sentence and a translation that keeps its words and, mostly, its style."""
    style = any_style(draws, event)
    other = style if draws.chance(0.7) else any_style(draws, event)._replace(second=style.second)
    return Told(event, style), Told(event, other)


def answers(split: Split, universe: Universe) -> Iterator[tuple[str, str, Told, Told]]:
    """Item id, again as cluster, a question and the sentence that answers it, without end.

    Outside of training no sentence answers the question of another item.
    """
    number, asked_for, answered = 0, set[Event](), set[Event]()
    while True:
        found = item(universe.draws(f"answers {split}", number), split)
        told = found.scene[found.where]
        question, possible = found.question.event, {asked(bare(told.event), slot) for slot in answerable(told.event)}
        if split == "train" or not (question in answered or possible & asked_for):
            asked_for.add(question)
            answered |= possible
            yield f"answers-{split}-{number}", f"answers-{split}-{number}", found.question, told
        number += 1
