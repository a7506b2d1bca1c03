"""Premises with three hypotheses each: one that follows, one that may or may not be so, one that cannot be so.

All sentences describe one situation, so a detail that differs contradicts and one that the premise does not give is
neutral. The three hypotheses of a premise are told with as many modifiers, as many new content words and the same
choice of styles, and every change that decides a label leads back to equally frequent words: neither the hypothesis
alone nor what it shares with the premise gives the label away.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from crosswind.pocket import concepts, world
from crosswind.pocket.draws import Draws, Universe
from crosswind.pocket.grammar import Style, any_style, parts, tell
from crosswind.pocket.languages import PIVOT
from crosswind.pocket.world import Event, Split

Label = Literal["entailment", "neutral", "contradiction"]
LABELS: tuple[Label, ...] = ("entailment", "neutral", "contradiction")
ADJECTIVES = ("agent.adjective", "patient.adjective")
MODIFIERS = 3
NEGATED = 0.5
NOUN_EDITS = 0.3
VERB_EDITS = 0.25
TRIES = 12


class Told(NamedTuple):
    """An event and how it is told."""

    event: Event
    style: Style


class Edited(NamedTuple):
    """A hypothesis in the making: its event, the parts told in new words already, and how many more are due."""

    event: Event
    fixed: frozenset[str]
    due: int


class Item(NamedTuple):
    premise: Told
    hypotheses: tuple[tuple[Label, Told], ...]


def item(draws: Draws, split: Split) -> Item:
    """One premise of a split and its hypotheses, labels in random order."""
    event = situation(draws, split)
    premise = Told(event, any_style(draws, event))
    general = generalised(draws, event)
    new = 0 if movable(event) and draws.chance(0.6) else 1 + (len(parts(event)) > 3 and draws.chance(0.4))
    tries = [{label: hypothesis(draws, premise, label, new, general) for label in LABELS} for _ in range(TRIES)]
    chosen = min(tries, key=lambda told: spread(told.values()))
    return Item(premise, tuple((label, chosen[label]) for label in draws.some(LABELS, 3)))


def spread(hypotheses: Iterable[Told]) -> int:
    """By how many words the lengths of hypotheses differ in the pivot language: length must not give a label away."""
    lengths = [len(tell(told.event, PIVOT, told.style).words) for told in hypotheses]
    return max(lengths) - min(lengths)


def situation(draws: Draws, split: Split) -> Event:
    """An event for a premise, with two words at least that an entailed hypothesis can exchange for their synonyms."""
    while True:
        event = world.bare(draws, split)
        slots = world.open_slots(event)
        # at least one slot stays open, for what a neutral hypothesis adds
        event = world.modified(draws, event, draws.some(slots, min(MODIFIERS, len(slots) - 1)))
        if len(parts(event)) > 1:
            return world.deny(event) if draws.chance(NEGATED) else event


def hypothesis(draws: Draws, premise: Told, label: Label, new: int, general: str | None) -> Told:
    """A hypothesis of a label with `new` new content words, and one noun made general in all three alike."""
    edited = edit(draws, premise.event, label, new, general)
    event = edited.event
    if general is not None:
        event = world.write(event, general, concepts.GENERIC[concepts.KINDS[world.read(event, general) or ""]])
    return Told(event, restyle(draws, premise.style, edited._replace(event=event), general))


def edit(draws: Draws, event: Event, label: Label, new: int, general: str | None) -> Edited:
    """The premise's event with one modifier less and the change that decides the label."""
    match label, new:
        case "entailment", _:
            return Edited(drop(draws, event), frozenset(), new)
        case "contradiction", 0:
            return Edited(world.deny(drop(draws, event)), frozenset(), 0)
        case "neutral", 0:
            return Edited(move(draws, event), frozenset(), 0)
        case "contradiction", _:
            changed, slot = contradict(draws, drop(draws, event), general)
            return Edited(changed, frozenset({slot}), new - 1)
    slot = draws.pick([slot for slot in world.open_slots(event) if world.read(event, slot) is None])
    event = drop(draws, drop(draws, event))
    return Edited(world.modified(draws, event, [slot]), frozenset({slot}), new - 1)


def filled(event: Event) -> list[str]:
    return [slot for slot in world.MODIFIERS if world.read(event, slot)]


def drop(draws: Draws, event: Event) -> Event:
    """The event with one modifier less."""
    return world.write(event, draws.pick(filled(event)), None)


def movable(event: Event) -> bool:
    """Whether just one participant has an adjective and the other could have it instead."""
    source, target = sorted(ADJECTIVES, key=lambda slot: world.read(event, slot) is None)
    value = world.read(event, source)
    return value is not None and world.read(event, target) is None and value in world.choices(event, target)


def move(draws: Draws, event: Event) -> Event:
    """The event with one modifier less and the adjective on the other participant."""
    source, target = sorted(ADJECTIVES, key=lambda slot: world.read(event, slot) is None)
    value = world.read(event, source)
    others = [slot for slot in filled(event) if slot != source]
    event = world.write(event, draws.pick(others), None)
    return world.write(world.write(event, source, None), target, value)


def contradict(draws: Draws, event: Event, general: str | None) -> tuple[Event, str]:
    """The event with one detail that cannot be true together with it, and where that detail is."""
    nouns = [slot for slot in ("agent.noun", "patient.noun") if slot != general]
    chosen = draws.uniform()
    slots = nouns if chosen < NOUN_EDITS else ["verb"] if chosen < NOUN_EDITS + VERB_EDITS else filled(event)
    slot = draws.pick(slots)
    taken = {event.agent.noun, event.patient.noun}
    options = [value for value in world.rivals(event, slot) if value not in taken]
    return world.write(event, slot, draws.pick(options)), slot


def generalised(draws: Draws, event: Event) -> str | None:
    """Now and then a noun that all hypotheses name by its kind only."""
    if not draws.chance(0.1):
        return None
    options = [
        f"{role}.noun" for role in ("agent", "patient") if getattr(event, role).kind == getattr(event, role).role
    ]
    return draws.pick(options) if options else None


def restyle(draws: Draws, style: Style, edited: Edited, general: str | None) -> Style:
    """A random style that keeps the premise's words but for as many changes of synonym as are due."""
    fresh = any_style(draws, edited.event)
    new = edited.fixed | ({general} if general else frozenset())
    kept = [part for part in parts(edited.event) if part not in new]
    swapped = frozenset(draws.some(kept, edited.due))
    second = (style.second & frozenset(kept)) ^ swapped
    return fresh._replace(second=second | (fresh.second & new))


def rows(split: Split, universe: Universe) -> Iterator[tuple[str, str, Told, Told, Label]]:
    """Item id, premise id, premise, hypothesis and label, without end."""
    number = 0
    while True:
        made = item(universe.draws(f"nli {split}", number), split)
        for index, (label, told) in enumerate(made.hypotheses):
            yield f"nli-{split}-{number}-{index}", f"nli-{split}-{number}", made.premise, told, label
        number += 1
