"""Mixed text: what is a unit, what goes into its place, and which tasks can be mixed with what."""

from collections import Counter
from dataclasses import replace

import pytest
from pydantic import ValidationError

from crosswind import catalog
from crosswind.conditions import Condition, cases
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.dictionary import Files
from crosswind.perturbations.sampling import sample
from crosswind.stages import label
from crosswind.tasks.base import Task
from crosswind.text.item import Item, plain_field, token_field
from crosswind.text.stock import Phrase, Stock
from tests.perturbations.specimens import sentence_items
from tests.perturbations.translated import TRANSLATED
from tests.text.sentences import nfc

ALL_WORDS = {"phrase": (0.5,)}
FILES = Files(contents={"deu-eng.tei": "0" * 64, "swa-eng.tsv": "1" * 64})


def item(text: str, lang: str, *phrases: tuple[str, str, str], keep: str = "") -> Item:
    """A text with phrases: its own words, their translation, the language of that."""
    start = text.find(keep)
    field = plain_field(text, lang, "1", [(start, start + len(keep))] if keep else [])
    found = [
        Phrase((text.find(own), text.find(own) + len(own)), other, code, 1.0, "aligned") for own, other, code in phrases
    ]
    return Item("fixture", "test", "1", {"text": field}, Stock(phrases={"text": tuple(found)}))


def options(given: Item) -> list[tuple[str, str, float]]:
    """Every option of every unit: its op, its new text, its weight."""
    change = Codemix()
    return [
        (option.op, option.edits[0][1].new, option.weight)
        for unit in change.units(given)
        for option in change.options(given, unit, lambda *_: 0.5)  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize("given", sentence_items(), ids=lambda given: given.uid)
def test_a_share_of_the_linked_phrases_is_exchanged_for_their_translations(given: Item) -> None:
    own = TRANSLATED[given.uid]
    text, seen = given.fields["text"].text, set()
    for seed in range(12):
        perturbed = sample(Codemix(), given, 5, seed)
        for edit in perturbed.edits["text"]:
            phrase = text[edit.start : edit.end]
            seen.add(phrase)
            assert edit.new.strip() in {
                nfc(own[code][each]) for code in own for each in own[code] if nfc(each) == phrase
            }
    assert seen == {nfc(each) for phrases in own.values() for each in phrases}


def test_a_phrase_stays_apart_from_the_letters_around_it() -> None:
    assert options(item("那座老桥早就封闭了", "zh", ("老桥", "old bridge", "en"))) == [
        ("aligned en", " old bridge ", 1.0)
    ]
    assert options(item("那座老桥。", "zh", ("老桥", "old bridge", "en")))[0][1] == " old bridge"
    assert options(item("那座老桥早", "zh", ("老桥", "古い橋", "ja")))[0][1] == "古い橋"
    assert options(item("old bridge", "en", ("old", "老", "zh")))[0][1] == "老"
    assert options(item("พูดได้", "th", ("พูด", "speak", "en")))[0][1] == "speak "


def test_words_that_say_the_same_are_no_units() -> None:
    given = item("Paris est une ville", "fr", ("Paris", "PARIS", "en"), ("ville", "city", "en"))
    assert options(given) == [("aligned en", "city", 1.0)]


def test_languages_are_equally_likely_however_many_words_they_have() -> None:
    given = item("a bridge", "en", ("bridge", "Brücke", "de"), ("bridge", "Steg", "de"), ("bridge", "पुल", "hi"))
    seen = Counter(
        sample(Codemix(), given, 1, seed, rates=ALL_WORDS).text("text").removeprefix("a ") for seed in range(2000)
    )
    assert set(seen) == {"bridge", "Brücke", "Steg", "पुल"}
    assert abs(seen["पुल"] - 500) < 70
    assert abs(seen["Brücke"] - 250) < 60


def test_more_than_half_is_refused() -> None:
    given = sentence_items()[0]
    assert sample(Codemix(), given, 1, 1, rates=ALL_WORDS)
    with pytest.raises(ValueError, match=r"a rate of 0\.6 for codemix: expected at most 0\.5"):
        sample(Codemix(), given, 1, 1, rates={"phrase": (0.6,)})


def test_tokens_take_single_words_only() -> None:
    field = token_field(["the", "old", "bridge"], "en", "1")
    found = (Phrase((4, 7), "सब से पुराना", "hi", 1.0, "dictionary"), Phrase((8, 14), "पुल", "hi", 1.0, "dictionary"))
    given = Item("fixture", "test", "1", {"tokens": field}, Stock(phrases={"tokens": found}))
    texts = {sample(Codemix(), given, 1, seed, rates=ALL_WORDS).text("tokens") for seed in range(30)}
    assert texts == {"the old bridge", "the old पुल"}


def test_nothing_is_drawn_where_nothing_lies_beside_an_item() -> None:
    bare = replace(sentence_items()[0], stock=Stock())
    assert not sample(Codemix(), bare, 5, 1).edits["text"]


# Settings


def test_names_of_languages_are_a_variant_and_the_rest_is_told() -> None:
    assert label(Codemix()) == "codemix"
    assert label(Codemix(languages=("de",))) == "codemix:de"
    assert label(Codemix(languages=("de", "zh"))) == "codemix:de+zh"
    assert label(Codemix(languages=("de",), sources=("dictionary",), dictionary=FILES)) == (
        "codemix:de(sources=['dictionary'])"
    )
    assert Codemix(sources=("dictionary", "aligned"), dictionary=FILES).sources == ("aligned", "dictionary")


def test_dictionaries_and_the_sources_that_read_them_go_together() -> None:
    with pytest.raises(ValidationError, match="the source 'confirmed' needs a dictionary"):
        Codemix(sources=("aligned", "confirmed"))
    with pytest.raises(ValidationError, match="a dictionary serves the sources"):
        Codemix(dictionary=FILES)


# Tasks


def task(name: str, **settings: object) -> Task:
    found: Task = catalog.load("tasks", name)(**settings)
    return found


WORDS = Codemix(sources=("dictionary",), dictionary=FILES)
BOTH = Codemix(sources=("aligned", "dictionary"), dictionary=FILES)


@pytest.mark.parametrize(
    ("name", "language", "change", "reason"),
    [
        ("xnli", "de", Codemix(), ""),
        ("xnli", "en", Codemix(), "already"),
        ("xnli", "en", Codemix(languages=("de",)), ""),
        ("xnli", "de", Codemix(languages=("fi",)), "no version in that language"),
        ("xquad", "el", Codemix(), ""),
        ("mlqa", "de", Codemix(), ""),
        ("lareqa", "th", Codemix(), ""),
        ("pawsx", "ko", Codemix(), ""),
        ("pawsx", "de", WORDS, "aligned phrases only"),
        ("pawsx", "de", BOTH, ""),
        ("xcopa", "sw", Codemix(), ""),
        ("xcopa", "sw", Codemix(languages=("de",)), "no version in that language"),
        ("tydiqa", "sw", Codemix(), "no version in that language"),
        ("tydiqa", "sw", WORDS, ""),
        ("tydiqa", "fi", WORDS, "no dictionary has this pair"),
        ("tydiqa", "sw", BOTH, ""),
        ("udpos", "de", WORDS, ""),
        ("tatoeba", "de", WORDS, "the other side of its pairs is in en"),
        ("tatoeba", "en", Codemix(languages=("de",), sources=("dictionary",), dictionary=FILES), ""),
    ],
)
def test_what_cannot_be_mixed_is_said_with_its_reason(name: str, language: str, change: Codemix, reason: str) -> None:
    told = change.unsuited(task(name), language)
    assert (reason in told) if reason else not told


def test_sources_that_a_task_cannot_have_are_passed_over() -> None:
    assert BOTH.usable(task("xnli"), "de", "en") == ("aligned", "dictionary")
    assert BOTH.usable(task("pawsx"), "de", "en") == ("aligned",)
    assert BOTH.usable(task("tydiqa"), "sw", "en") == ("dictionary",)
    assert BOTH.usable(task("xnli"), "fr", "en") == ("aligned",)


@pytest.mark.parametrize(
    ("name", "language", "change", "validity"),
    [
        ("xnli", "de", Codemix(), "B"),
        ("xnli", "de", WORDS, "C"),
        ("udpos", "de", WORDS, "C"),
        ("tydiqa", "sw", WORDS, "C"),
        ("xquad", "el", Codemix(), "B"),
        ("mewslix", "de", Codemix(), ""),
        ("xquad", "el", Codemix(fields=("context",)), ""),
    ],
)
def test_nobody_vouches_for_a_dictionary_alone(name: str, language: str, change: Codemix, validity: str) -> None:
    found = list(cases(Condition(perturbation=change), task(name), language, (language,)))
    assert {case.validity for case in found} == {validity}
    assert all(case.perturbation.fields == ("question",) for case in found if name in {"xquad", "tydiqa"} and validity)


def test_a_language_is_not_mixed_with_itself() -> None:
    several = Codemix(languages=("de", "en", "zh"))
    assert several.guests(task("xnli"), "zh") == ("de", "en")
    assert Codemix().guests(task("pocket-nli"), "zhelnik") == ("solvane",)


def test_other_pairs_of_a_dictionary_leave_the_identity_alone() -> None:
    more = Codemix(sources=("dictionary",), dictionary=Files(contents=FILES.contents | {"fra-eng.tei": "2" * 64}))
    assert more.id != WORDS.id
    assert more.only(task("tydiqa"), "sw").id == WORDS.only(task("tydiqa"), "sw").id
    assert more.only(task("xnli"), "fr").id != WORDS.only(task("xnli"), "fr").id
