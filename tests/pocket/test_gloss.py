"""What people read of Pocket: English that is right, a gloss under every word, and a page that fits."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from rich.cells import cell_len

from crosswind.console import laboratory
from crosswind.pocket import LANGUAGES, PIVOT, concepts, scenes, world
from crosswind.pocket.draws import Draws
from crosswind.pocket.english import english, participle, past, plural, third_person
from crosswind.pocket.gloss import gloss, pieces
from crosswind.pocket.grammar import Style, any_style, tell
from crosswind.pocket.inference import Told
from crosswind.pocket.languages import DIALS, find
from crosswind.pocket.lexicon import lexicon
from crosswind.pocket.world import Event, Thing

CODES = [*LANGUAGES, "murnaki~morphology=suffixing,order=VSO,script=Hebr", "lanthep~morphology=compounding"]
CAPITALS = {"NOT", "PST", "FUT", "PASS", "PL", "ACC"}

every = pytest.mark.parametrize("code", CODES)

# as a grammar book has them: the verb, its past, its participle, its third person
FORMS = """
adore adored adored adores, assault assaulted assaulted assaults, assist assisted assisted assists,
attack attacked attacked attacks, blame blamed blamed blames, break broke broken breaks, bring brought brought brings,
buy bought bought buys, capture captured captured captures, catch caught caught catches, chase chased chased chases,
commend commended commended commends, conceal concealed concealed conceals, defend defended defended defends,
detest detested detested detests, devour devoured devoured devours, discover discovered discovered discovers,
doubt doubted doubted doubts, drag dragged dragged drags, eat ate eaten eats, fetch fetched fetched fetches,
find found found finds, flee fled fled flees, follow followed followed follows, free freed freed frees,
guide guided guided guides, hate hated hated hates, help helped helped helps, hide hid hidden hides,
hinder hindered hindered hinders, lack lacked lacked lacks, lead led led leads, lose lost lost loses,
love loved loved loves, mend mended mended mends, overlook overlooked overlooked overlooks, own owned owned owns,
praise praised praised praises, protect protected protected protects, pull pulled pulled pulls,
purchase purchased purchased purchases, pursue pursued pursued pursues, push pushed pushed pushes,
release released released releases, remove removed removed removes, repair repaired repaired repairs,
see saw seen sees, sell sold sold sells, show showed shown shows, smash smashed smashed smashes,
spare spared spared spares, spot spotted spotted spots, trail trailed trailed trails, trust trusted trusted trusts
"""
IRREGULAR_NOUNS = {
    "box": "boxes",
    "knife": "knives",
    "loaf": "loaves",
    "mouse": "mice",
    "person": "people",
    "seaman": "seamen",
    "thief": "thieves",
    "watchman": "watchmen",
    "wolf": "wolves",
}
DOCTOR, JUDGES = Thing("doctor/physician", "old"), Thing("judge", "rich", 3)
HELP = Event(DOCTOR, "help/assist", JUDGES, "past", negated=True, place="garden", time="yesterday")
PLAINLY = replace(HELP, negated=False, place=None, time=None)
PASSIVE = Style(passive=True)


def name(concept: str) -> str:
    return lexicon(PIVOT).form(concept)


def told(count: int) -> Iterator[Told]:
    """Statements and questions in every style, the first word linking now and then."""
    for number in range(count):
        draws = Draws("gloss", number)
        event = world.bare(draws, "train", named=0.4)
        event = world.modified(draws, event, draws.some(world.open_slots(event), draws.below(6)))
        event = replace(event, negated=draws.chance(0.3))
        link = draws.pick(concepts.LINKS) if draws.chance(0.2) else None
        yield Told(event, any_style(draws, event, 0.3)._replace(link=link))
        question = scenes.asked(event, draws.pick(scenes.answerable(event)))
        yield Told(question, any_style(draws, question, 0.3))


@pytest.mark.parametrize(
    ("event", "style", "said"),
    [
        (HELP, Style(), "The old doctor did not help three rich judges in the garden yesterday."),
        (HELP, Style(fronted="time"), "Yesterday the old doctor did not help three rich judges in the garden."),
        (HELP, Style(fronted="place"), "In the garden the old doctor did not help three rich judges yesterday."),
        (HELP, PASSIVE, "Three rich judges were not helped by the old doctor in the garden yesterday."),
        (
            PLAINLY,
            Style(second=frozenset({"agent.noun", "verb"})),
            "The old physician assisted three rich judges.",
        ),
        (PLAINLY, Style(link="therefore"), "Therefore the old doctor helped three rich judges."),
        (replace(PLAINLY, tense="present"), Style(), "The old doctor helps three rich judges."),
        (replace(PLAINLY, tense="present"), PASSIVE, "Three rich judges are helped by the old doctor."),
        (
            replace(HELP, tense="present", time="often"),
            Style(fronted="place"),
            "In the garden the old doctor does not often help three rich judges.",
        ),
        (
            replace(PLAINLY, tense="present", agent=JUDGES, patient=DOCTOR),
            Style(),
            "Three rich judges help the old doctor.",
        ),
        (replace(PLAINLY, tense="future"), Style(), "The old doctor will help three rich judges."),
        (
            replace(PLAINLY, tense="future", negated=True),
            PASSIVE,
            "Three rich judges will not be helped by the old doctor.",
        ),
        (replace(PLAINLY, manner="slowly"), Style(), "The old doctor helped three rich judges slowly."),
        (replace(PLAINLY, manner="slowly"), PASSIVE, "Three rich judges were slowly helped by the old doctor."),
        (replace(PLAINLY, place="bridge"), Style(), "The old doctor helped three rich judges on the bridge."),
        (
            replace(PLAINLY, verb="eat/devour", patient=Thing("rice", "white", 2)),
            PASSIVE,
            "Two bowls of white rice were eaten by the old doctor.",
        ),
    ],
)
def test_statements(event: Event, style: Style, said: str) -> None:
    assert english(event, style) == said


@pytest.mark.parametrize(
    ("slot", "style", "said"),
    [
        ("agent.noun", Style(), "Who did not help three rich judges in the garden yesterday?"),
        ("agent.noun", PASSIVE, "Who were three rich judges not helped by in the garden yesterday?"),
        ("agent.noun", Style(fronted="time"), "Yesterday, who did not help three rich judges in the garden?"),
        ("patient.noun", Style(), "Who did the old doctor not help in the garden yesterday?"),
        ("patient.noun", PASSIVE, "Who was not helped by the old doctor in the garden yesterday?"),
        ("place", Style(fronted="place"), "Where did the old doctor not help three rich judges yesterday?"),
        ("time", Style(), "When did the old doctor not help three rich judges in the garden?"),
        ("manner", Style(), "How did the old doctor not help three rich judges in the garden yesterday?"),
    ],
)
def test_questions(slot: str, style: Style, said: str) -> None:
    assert english(scenes.asked(replace(HELP, manner="slowly" if slot == "manner" else None), slot), style) == said


def test_what_is_asked_for_things() -> None:
    bought = Event(DOCTOR, "buy/purchase", Thing("book/volume"), "future")
    assert english(scenes.asked(bought, "patient.noun")) == "What will the old doctor buy?"
    assert english(scenes.asked(replace(bought, tense="present"), "agent.noun")) == "Who buys the book?"


def test_names_are_the_pivots() -> None:
    event = Event(Thing("town5", surname="guild"), "trust", Thing("name3", surname="family2"), place="town7")
    said = f"The {name('town5')} guild trusted {name('name3')} {name('family2')} near {name('town7')}."
    assert english(event) == said
    assert english(replace(event, agent=Thing("family4"), place=None)).startswith(f"{name('family4')} trusted ")


def test_every_form_of_every_verb() -> None:
    forms = [entry.split() for entry in FORMS.split(",")]
    assert {verb for verb, *_ in forms} == {verb for pole in concepts.POLES for verb in pole.split("/")}
    assert [[verb, past(verb), participle(verb), third_person(verb)] for verb, *_ in forms] == forms


def test_every_plural() -> None:
    nouns = {word for concept in (*world.KINDS, *concepts.PLACES) for word in concept.split("/")} - set(concepts.PROPER)
    assert {noun: plural(noun) for noun in nouns if plural(noun) != f"{noun}s"} == IRREGULAR_NOUNS


def test_english_is_one_sentence_without_leftovers() -> None:
    for event, style in told(300):
        said = english(event, style)
        assert said[-1] in ".?"
        assert said[0].isupper()
        assert not {"  ", " .", " ,", "/", "None"} & {
            said[at : at + size] for at in range(len(said)) for size in (1, 2, 4)
        }


@every
def test_every_word_has_a_gloss(code: str) -> None:
    for event, style in told(150):
        for word in tell(event, code, style).words:
            said = gloss(word, event, style)
            assert said
            assert "/" not in said
            assert said.count("-") == len(word.parts) - 1


@every
def test_content_is_the_same_in_every_language(code: str) -> None:
    for event, style in told(150):
        assert content(code, event, style) == content(PIVOT, event, style)


def content(code: str, event: Event, style: Style) -> Counter[str]:
    """The glosses that are no grammar; a number or a name is content too."""
    words = [word for word in tell(event, code, style).words if word.tag != "PUNCT"]
    return Counter(piece for word in words for piece in pieces(word, event, style) if piece not in CAPITALS)


def glosses(code: str, event: Event, style: Style) -> str:
    return " ".join(gloss(word, event, style) for word in tell(event, code, style).words[:-1])


def test_grammar_is_glossed_where_it_is_written() -> None:
    style = Style(second=frozenset({"agent.noun"}))
    assert glosses("solvane", HELP, style) == "old physician PST NOT help three rich judge yesterday in garden"
    assert glosses("prashil", HELP, style) == "old physician yesterday garden in three rich judge-PL-ACC help-PST NOT"
    assert (
        glosses("gvarubi", HELP, PASSIVE) == "NOT help-PASS-PST three judge-PL rich doctor old by yesterday garden in"
    )
    assert glosses("sohanbi", HELP, style) == "old-physician yesterday garden in three rich-judge help NOT PST"
    assert glosses("qamirut", HELP, PASSIVE) == "PST PASS NOT help three judge rich by doctor old yesterday in garden"


@every
@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_page_fits(code: str, width: int) -> None:
    lines = list(laboratory.laboratory([code], 12, width))
    assert max(map(cell_len, lines)) <= width
    assert sum(line.startswith("  ‘") for line in lines) == 12


@every
def test_glosses_stand_under_their_words(code: str) -> None:
    for each in told(20):
        for block in laboratory.blocks(laboratory.columns(each, find(code)), 78):
            words = laboratory.aligned([column.word for column in block], block, right_to_left=True)
            under = laboratory.aligned([column.gloss for column in block], block)
            assert starts(words) == starts(under)
            assert len(starts(words)) == len(block)


def starts(line: str) -> list[int]:
    """Where the words of a line begin on the screen."""
    return [cell_len(line[: match.start()]) for match in re.finditer(r"\S+", line)]


@every
def test_the_words_of_a_page_are_the_sentence(code: str) -> None:
    for each in told(50):
        sentence = tell(each.event, code, each.style)
        words = [column.word for column in laboratory.columns(each, find(code))]
        assert (" " * sentence.spaced).join(words) == sentence.text


@pytest.mark.parametrize("dial", DIALS)
def test_every_dial_shows(dial: str) -> None:
    turned = {
        "script": "Thai",
        "adjective": "after",
        "adposition": "after",
        "order": "VSO",
        "morphology": "compounding",
        "spaced": "false",
        "names": "transliterated",
    }.get(dial, "0.3")
    plain, other = (laboratory.heading(find(code), 80) for code in ("taruvik", f"taruvik~{dial}={turned}"))
    assert "".join(plain).partition(": ")[2] != "".join(other).partition(": ")[2]
