"""Sentences follow the dials of their language and know what each of their words says."""

from dataclasses import replace

import pytest

from crosswind import pocket
from crosswind.pocket import concepts, scenes, world
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
        entry = concepts.POLES[event.verb]
        for thing, kinds in ((event.agent, entry.agents), (event.patient, entry.patients)):
            assert ("person" if thing.kind in {"name", "firm"} else thing.kind) in kinds
            assert thing.adjective is None or thing.adjective in world.fitting(thing.kind)


@every
@pytest.mark.parametrize(
    "thing", [Thing("name3", surname="family5"), Thing("town2", surname="guild"), Thing("family1")]
)
def test_names_stand_together_and_bear_one_ending(code: str, thing: Thing) -> None:
    sentence = tell(replace(EVENT, patient=thing, negated=False), code)
    said = [index for index, word in enumerate(sentence.words) if word.parts[0].startswith("patient.")]
    assert len(said) == 1 + (thing.surname is not None)
    assert said[-1] - said[0] == len(said) - 1
    marked = [index for index in said if "patient.case" in sentence.words[index].parts]
    assert marked == (said[-1:] if pocket.LANGUAGES[code].morphology == "suffixing" else [])


@every
@pytest.mark.parametrize("slot", ["agent.noun", "patient.noun", "place", "time", "manner"])
def test_questions_have_a_question_word_where_the_answer_would_stand(code: str, slot: str) -> None:
    plain, question = tell(EVENT, code), tell(scenes.asked(EVENT, slot), code)
    word = next(word for word in question.words if word.parts[0] == slot)
    assert word.tag == ("PRON" if slot.endswith("noun") else "ADV")
    order = [word.parts[0] for word in plain.words if word.parts[0] != "relation" or slot != "place"]
    asked = [word.parts[0] for word in question.words]
    assert [part for part in order if part in asked] == asked
    stop = question.words[-1]
    assert (stop.tag == "PUNCT") == (pocket.LANGUAGES[code].script != "Thai")
    assert stop.tag != "PUNCT" or stop.form != plain.words[-1].form


@every
@pytest.mark.parametrize("passive", [False, True])
def test_a_part_is_found_where_it_is_written(code: str, passive: bool) -> None:
    sentence = tell(EVENT, code, Style(passive=passive))
    forms = {word.parts[0]: word.form for word in sentence.words}
    for part in ("place", "time", "manner", "verb"):
        first, last = sentence.place_of({part})
        assert sentence.text[first:last] == forms[part]
    first, last = sentence.place_of({"patient.noun", "patient.adjective", "patient.number"})
    gap = " " if sentence.spaced else ""
    assert sentence.text[first:last] == gap.join(
        word.form for word in sentence.words if word.parts[0].startswith("patient.")
    )


@every
def test_a_link_comes_first(code: str) -> None:
    words = tell(EVENT, code, Style(link="because", fronted="time")).words
    assert [word.parts[0] for word in words[:2]] == ["link", "time"]
    assert words[0].tag == "CONJ"


def test_an_order_turned_changes_nothing_but_the_order() -> None:
    for event in events(50):
        style = any_style(Draws("style"), event)
        told, turned = (tell(event, code, style) for code in ("taruvik", "taruvik~order=SOV"))
        assert sorted(word.form.lower() for word in told.words) == sorted(word.form.lower() for word in turned.words)
        assert [word.parts for word in told.words] != [word.parts for word in turned.words]
