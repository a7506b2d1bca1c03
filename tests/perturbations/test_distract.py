"""Odds and ends behind a text, sentences of other articles by a context: where they stand and what they never hold."""

import itertools
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from crosswind.formats import CHOOSE, CLASSIFY, MINE, RETRIEVE, SPAN, TAG
from crosswind.formats.choose import Choice
from crosswind.formats.classify import Classification
from crosswind.formats.mine import OTHER, OWN, Sentence
from crosswind.formats.retrieve import Lookup
from crosswind.formats.span import Question
from crosswind.formats.tag import Tagging
from crosswind.perturbations.base import Perturbed
from crosswind.perturbations.distract import Distract
from crosswind.perturbations.passages import holds_any, is_beside, passages_of
from crosswind.perturbations.sampling import sample
from crosswind.tasks.panx import Panx
from crosswind.tasks.xquad import Xquad
from crosswind.text.stops import sentence_spans
from tests.perturbations.articles import TOLD, UNSPACED
from tests.perturbations.specimens import sentence_items
from tests.text.sentences import nfc

GOLDEN = Path(__file__).parent / "golden" / "distract-contexts.json"
LEVELS = Distract().levels.severities

languages = pytest.mark.parametrize("code", TOLD)


def changed(code: str, level: int, perturbation: Distract | None = None, seed: int = 1) -> tuple[Question, Perturbed]:
    """The question of a language with the other article's sentences beside it, distracted."""
    perturbation = perturbation or Distract()
    asked, elsewhere = TOLD[code].question_of(code), TOLD[code].elsewhere(code, "" if code in UNSPACED else " ")
    stocks = perturbation.stocks(SPAN, [asked, elsewhere], [])
    item = SPAN.item(asked, "fixture", "test", code, stocks[asked.uid])
    perturbed = sample(perturbation, item, level, seed)
    return SPAN.restore(asked, perturbed), perturbed


# Odds and ends


def test_a_level_begins_with_the_one_below() -> None:
    for item in sentence_items():
        found = [sample(Distract(), item, level, 1).text("text") for level in (0, *LEVELS)]
        added = [text.removeprefix(found[0]).split() for text in found]
        assert [len(each) for each in added] == [0, 1, 1, 2, 2, 3]
        assert all(longer.startswith(shorter) for shorter, longer in itertools.pairwise(found))


def test_the_last_text_gets_them_and_the_prompt_of_choices() -> None:
    pair = Classification(uid="1", cluster="1", first="One.", second="Two.", label="x")
    alone = Classification(uid="1", cluster="1", first="One.", label="x")
    choice = Choice(uid="1", cluster="1", prompt="Why?", choices=("This.", "That."), answer=0)
    search = Lookup(uid="1", cluster="1", query="Where?", candidate="c", candidate_uid="c", gold=("c",))
    ours, theirs = (Sentence(uid=side, cluster="1", text="Text.", side=side) for side in (OWN, OTHER))
    for form, example, expected in (
        (CLASSIFY, pair, {"second"}),
        (CLASSIFY, alone, {"first"}),
        (CHOOSE, choice, {"prompt"}),
        (RETRIEVE, search, {"query"}),
        (MINE, ours, {"query"}),
        (MINE, theirs, set()),
    ):
        perturbed = sample(Distract(), form.item(example, "fixture", "test", "en"), 5, 1)  # type: ignore[attr-defined]
        assert {name for name, edits in perturbed.edits.items() if edits} == expected


def test_texts_that_may_be_the_same_get_the_same() -> None:
    pair = Classification(uid="1", cluster="1", first="One.", second="Two.", label="1")
    item = CLASSIFY.item(pair, "fixture", "test", "en", role="pawsx")
    for level in LEVELS:
        found = CLASSIFY.restore(pair, sample(Distract(), item, level, 1))
        assert found.second
        assert found.first.removeprefix("One.") == found.second.removeprefix("Two.") != ""


def test_words_behind_tagged_ones_are_not_scored() -> None:
    example = Tagging(uid="1", cluster="1", tokens=("Ada", "lives", "here"), tags=("B-PER", "O", "O"))
    item = TAG.item(example, "fixture", "test", "en")
    found = [TAG.restore(example, sample(Distract(), item, level, 1)) for level in LEVELS]
    assert [len(each.extra) for each in found] == [1, 1, 2, 2, 3]
    assert all((each.tokens, TAG.gold(each)) == (example.tokens, example.tags) for each in found)
    assert found[-1].extra[0] == found[0].extra[0]
    assert TAG.fields(found[0]) != TAG.fields(example)


def test_a_question_alone_can_get_them() -> None:
    _, perturbed = changed("en", 1, Distract(fields=("question",)))
    assert perturbed.edits["question"]
    assert not perturbed.edits["context"]


# Sentences


@languages
def test_sentences_are_cut_as_they_were_written(code: str) -> None:
    told = TOLD[code]
    found = [passage.text for passage in passages_of([told.elsewhere(code, "" if code in UNSPACED else " ")])]
    assert [nfc(told.similar) in found, nfc(told.other) in found] == [True, True]


@languages
def test_levels_draw_search_and_search_twice(code: str) -> None:
    told = TOLD[code]
    fitting = {nfc(told.similar), nfc(told.other)}
    texts = {level: changed(code, level)[1] for level in LEVELS}
    added = {level: [edit.new.strip() for edit in found.edits["context"]] for level, found in texts.items()}
    assert added[1] == added[2]
    assert set(added[1]) <= fitting
    assert added[3] == added[4] == [nfc(told.similar)]
    assert added[5] == [nfc(told.other), nfc(told.similar)]
    assert texts[3].edits["context"][0].start == len(nfc(told.context))
    assert [edit.start for edit in texts[5].edits["context"]] == [0, len(nfc(told.context))]


@languages
def test_no_distractor_holds_the_answer_and_the_answer_is_found_again(code: str) -> None:
    for level in LEVELS:
        for seed in range(6):
            found, perturbed = changed(code, level, seed=seed)
            assert perturbed.edits["context"]
            assert not perturbed.edits["question"]
            assert [quote.text for quote in found.answers] == [TOLD[code].answer]
            SPAN.check(found, ())
            for edit in perturbed.edits["context"]:
                assert TOLD[code].answer not in edit.new.replace(",", "")


@languages
def test_both_sentences_are_drawn(code: str) -> None:
    found = {changed(code, 1, seed=seed)[1].edits["context"][0].new.strip() for seed in range(12)}
    assert found == {nfc(TOLD[code].similar), nfc(TOLD[code].other)}


def test_texts_without_spaces_are_joined_without() -> None:
    for code, told in TOLD.items():
        found = changed(code, 5)[0].context
        parts = [nfc(each) for each in (told.other, told.context, told.similar)]
        assert found == ("" if code in UNSPACED else " ").join(parts)
        if code != "th":
            assert [found[start:end] for start, end in sentence_spans(found)][-1] == parts[-1]


def test_contexts_are_those_that_were_read() -> None:
    """Written by CROSSWIND_WRITE_GOLDEN=1, then read by eye."""
    found = {code: changed(code, level)[0].context for code in TOLD for level in (1,)}
    if os.environ.get("CROSSWIND_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_nothing_comes_from_the_own_article() -> None:
    asked = TOLD["en"].question_of("en")
    beside = replace(TOLD["en"].elsewhere("en", " "), article="bridges")
    stocks = Distract().stocks(SPAN, [asked, beside], [])
    item = SPAN.item(asked, "fixture", "test", "en", stocks[asked.uid])
    assert not any(sample(Distract(), item, level, 1).edits["context"] for level in LEVELS)
    unnamed = [replace(asked, article=""), replace(beside, article="")]
    assert Distract().stocks(SPAN, unnamed, [])[asked.uid].near  # then a paragraph stands for its article


def test_questions_on_one_paragraph_draw_for_themselves() -> None:
    asked, elsewhere = TOLD["en"].question_of("en"), TOLD["en"].elsewhere("en", " ")
    many = [replace(asked, uid=f"q{number}") for number in range(12)]
    stocks = Distract().stocks(SPAN, [*many, elsewhere], [])
    items = [SPAN.item(each, "fixture", "test", "en", stocks[each.uid]) for each in many]
    assert len({sample(Distract(), item, 1, 1).text("context") for item in items}) == 2


def test_sentences_in_another_language_are_found_by_the_question_in_it() -> None:
    asked = [TOLD[code].question_of("x") for code in ("de", "en")]
    told = [TOLD[code].elsewhere("x", " ") for code in ("de", "en")]
    perturbation = Distract(language="en")
    stocks = perturbation.stocks(SPAN, [asked[0], told[0]], [[asked[1], told[1]]])
    item = SPAN.item(asked[0], "fixture", "test", "de", stocks[asked[0].uid])
    found = sample(perturbation, item, 3, 1).edits["context"]
    assert [edit.new for edit in found] == [" " + TOLD["en"].similar]
    assert perturbation.label == "distract:en"
    assert perturbation.wanted(Xquad(), "de", "test") == (("en", "test"),)


@pytest.mark.parametrize(
    ("task", "asked", "language", "reason"),
    [
        (Xquad(), "", "de", ""),
        (Xquad(), "en", "de", ""),
        (Xquad(), "en", "en", "in that language"),
        (Xquad(), "fi", "de", "no sentences in fi"),
        (Panx(), "en", "de", "no contexts"),
        (Panx(), "", "de", ""),
    ],
)
def test_where_it_does_not_apply(task: Xquad | Panx, asked: str, language: str, reason: str) -> None:
    found = Distract(language=asked).unsuited(task, language)
    assert reason in found
    assert bool(reason) == bool(found)


# What no distractor holds


@pytest.mark.parametrize(
    ("text", "answer", "language", "holds"),
    [
        ("It had 1,912 seats.", "1912", "en", True),
        ("A cat sat.", "The cat", "en", True),
        ("Eine Katze saß.", "Die Katze", "de", True),
        ("Los gatos", "un gato", "es", True),
        ("那是 桥。", "桥", "zh", True),
        ("Concatenate.", "cat", "en", True),
        ("A dog sat.", "cat", "en", False),
        ("An end.", "the", "en", False),
        ("Then.", "the", "en", True),
        ("Ten percent.", "%", "en", False),
        ("10%.", "%", "en", True),
    ],
)
def test_an_answer_is_held_as_the_metrics_read_it(text: str, answer: str, language: str, holds: bool) -> None:
    assert holds_any(text, [answer], language) == holds


def test_a_sentence_that_says_what_the_question_says_is_no_distractor() -> None:
    assert not is_beside("The old bridge was closed by the mayor.", "When was the old bridge closed?")
    assert is_beside("An old mill was bought when heavy rain fell.", "When was the old bridge closed?")
    assert is_beside("Anything.", "")
