"""Sentences follow the dials of their language and know what each of their words says."""

import pytest

from crosswind import pocket
from crosswind.pocket import world
from crosswind.pocket.draws import Draws
from crosswind.pocket.grammar import Style, align, any_style, tell
from crosswind.pocket.world import Event, Thing

every = pytest.mark.parametrize("code", pocket.LANGUAGES)
EVENT = Event(
    agent=Thing("doctor/physician", "old"),
    verb="help/assist",
    patient=Thing("judge", "rich", 3),
    tense="past",
    negated=True,
    place="garden",
    time="yesterday",
    manner="quickly/rapidly",
)


def events(count: int) -> list[Event]:
    made = [Draws("test", number) for number in range(count)]
    bare = [(draws, world.bare(draws, "train")) for draws in made]
    return [world.modified(draws, event, draws.some(world.open_slots(event), draws.below(6))) for draws, event in bare]


def where(code: str, part: str, style: Style = Style()) -> int:  # noqa: B008 - a constant of immutable parts
    return next(index for index, word in enumerate(tell(EVENT, code, style).words) if part in word.parts)


@every
def test_order_follows_the_dial(code: str) -> None:
    letters = {"S": where(code, "agent.noun"), "V": where(code, "verb"), "O": where(code, "patient.noun")}
    assert "".join(sorted(letters, key=letters.__getitem__)) == pocket.LANGUAGES[code].order


@every
def test_adjectives_and_adpositions_follow_the_dial(code: str) -> None:
    language = pocket.LANGUAGES[code]
    adjective, noun = where(code, "agent.adjective"), where(code, "agent.noun")
    if language.morphology == "compounding":
        assert adjective == noun
    else:
        assert (adjective < noun) == (language.adjective == "before")
    assert (where(code, "relation") < where(code, "place")) == (language.adposition == "before")


@every
def test_the_passive_exchanges_places_and_fronting_comes_first(code: str) -> None:
    active = where(code, "agent.noun") < where(code, "patient.noun")
    style = Style(passive=True, fronted="time")
    assert active
    assert where(code, "patient.noun", style) < where(code, "agent.noun", style)
    assert where(code, "time", style) == 0


@every
def test_the_parse_is_a_tree_over_all_words(code: str) -> None:
    for event in events(50):
        sentence = tell(event, code, any_style(Draws("style"), event))
        heads = [head for head, _ in sentence.parse]
        assert heads.count(None) == 1
        for start in range(len(heads)):
            seen, at = set(), start
            while heads[at] is not None:
                assert at not in seen
                seen.add(at)
                at = heads[at] or 0


@every
def test_content_words_are_aligned_with_the_pivot(code: str) -> None:
    for event in events(50):
        here, there = tell(event, pocket.PIVOT), tell(event, code)
        found = {first for first, _ in align(here, there)}
        content = {
            index for index, word in enumerate(here.words) if word.tag in {"NOUN", "PROPN", "VERB", "ADJ", "ADV"}
        }
        assert content <= found


@every
def test_text_and_words_agree(code: str) -> None:
    for event in events(50):
        sentence = tell(event, code)
        assert sentence.text.replace(" ", "") == "".join(word.form for word in sentence.words)


def test_selection_holds() -> None:
    for event in events(300):
        entry = world.POLES[event.verb]
        for thing, kinds in ((event.agent, entry.agents), (event.patient, entry.patients)):
            assert ("person" if thing.kind == "name" else thing.kind) in kinds
            assert thing.adjective is None or thing.adjective in world.fitting(thing.kind)
