"""Words that change places near by, and words that are gone."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosswind.formats import SPAN, TAG
from crosswind.formats.span import Question, Quote
from crosswind.formats.tag import Tagging
from crosswind.perturbations.sampling import rewritten, sample
from crosswind.perturbations.shuffle_local import WINDOWS, ShuffleLocal
from crosswind.perturbations.word_drop import WordDrop
from crosswind.text.item import Item, plain_field
from tests.perturbations.specimens import plain_item, sentence_items
from tests.text.sentences import SENTENCES

LEVELS = ShuffleLocal().levels.severities


def words_of(text: str, lang: str) -> list[str]:
    field = plain_field(text, lang, "1")
    return [field.text[slice(*span)] for span in field.words]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from("abcdefgh"), max_size=17), st.sampled_from(LEVELS), st.integers(1, 5))
def test_words_stay_in_their_window_and_no_window_stays_as_it_was(words: list[str], level: int, seed: int) -> None:
    size = WINDOWS[level - 1]
    found = sample(ShuffleLocal(), plain_item(" ".join(words), "en"), level, seed).text("text").split()
    for first in range(0, len(words), size):
        before, after = words[first : first + size], found[first : first + size]
        assert Counter(before) == Counter(after)
        if len(set(before)) == len(before) > 1:
            assert before != after


def test_all_orders_of_a_window_are_drawn_but_the_old_one() -> None:
    found = Counter(sample(ShuffleLocal(), plain_item("a b c", "en"), 3, seed).text("text") for seed in range(120))
    assert found.keys() == {"a c b", "b a c", "b c a", "c a b", "c b a"}


def test_what_is_between_words_stays() -> None:
    for item in sentence_items():
        before, after = item.fields["text"].text, sample(ShuffleLocal(), item, 5, seed=1).text("text")
        lang = item.fields["text"].lang
        assert Counter(before) == Counter(after)
        if lang not in {"th", "my", "km", "lo", "zh", "ja"}:
            assert Counter(words_of(before, lang)) == Counter(words_of(after, lang))
            assert [sign for sign in before if sign in " ,.،।"] == [sign for sign in after if sign in " ,.،।"]


@pytest.mark.parametrize("level", LEVELS)
def test_an_answer_stays_whole_in_its_place(level: int) -> None:
    context = "one two three Ada Lovelace four five six seven"
    question = Question(uid="1", cluster="p", question="who", context=context, answers=(Quote("Ada Lovelace", 14),))
    item = SPAN.item(question, "fixture", "test", "en")
    found = SPAN.restore(question, sample(ShuffleLocal(), item, level, seed=1))
    SPAN.check(found, ())
    assert found.answers == (Quote("Ada Lovelace", found.context.index("Ada")),)
    assert found.context.split()[3:5] == ["Ada", "Lovelace"]
    assert found.context != context


def test_questions_on_one_paragraph_shuffle_what_they_share_alike() -> None:
    context = "one two three four five six seven eight nine ten"
    items = [
        SPAN.item(
            Question(uid=answer, cluster="p", question="q", context=context, answers=(Quote(answer, start),)),
            "fixture",
            "test",
            "en",
        )
        for answer, start in (("one", 0), ("ten", 45))
    ]
    first, second = (sample(ShuffleLocal(), item, 1, seed=1).text("context").split() for item in items)
    assert first[2:8] == second[2:8]
    assert (first[0], second[9]) == ("one", "ten")


def test_links_stay() -> None:
    text = "see https://example.org/a/b for more of it"
    for level in LEVELS:
        assert "https://example.org/a/b" in sample(ShuffleLocal(), plain_item(text, "en"), level, seed=1).text("text")


def shuffled(tokens: Sequence[str], tags: Sequence[str], level: int) -> Tagging:
    example = Tagging(uid="1", cluster="1", tokens=tuple(tokens), tags=tuple(tags))
    item = TAG.item(example, "fixture", "test", "en")
    return TAG.rewritten(example, rewritten(ShuffleLocal(), item, example.tags, level, seed=1))


@pytest.mark.parametrize("level", LEVELS)
def test_tags_move_with_their_words_and_signs_stay(level: int) -> None:
    tokens = ["Ada", "and", "Grace", ",", "42", "New York", "sleeps", "now", "."]
    tags = ["PROPN", "CCONJ", "PROPN", "PUNCT", "NUM", "PROPN", "VERB", "ADV", "PUNCT"]
    found = shuffled(tokens, tags, level)
    assert Counter(zip(found.tokens, found.tags, strict=True)) == Counter(zip(tokens, tags, strict=True))
    assert [found.tokens[place] for place in (3, 4, 8)] == [",", "42", "."]
    assert found.tokens[:2] != tuple(tokens[:2])


def test_words_without_tags_move_too() -> None:
    item = Item("fixture", "test", "1", {"tokens": TAG.field(Tagging(uid="1", cluster="1", tokens=("a", "b"), tags=()),
                                                             "tokens", "a b", "en", None)})  # type: ignore[arg-type]  # fmt: skip
    found = rewritten(ShuffleLocal(), item, (), 1, seed=1)
    assert (found.tokens, found.labels, found.order) == (("b", "a"), (), (1, 0))


# Words gone


def test_a_word_goes_with_one_space() -> None:
    most = {"word": (1.0,)}
    for text, left in (
        ("one longest two.", "longest."),
        ("longest, one two", "longest, two"),
        ("(one) longest", "() longest"),
        ("longest", "longest"),
        ("one  longest", " longest"),
        ("one \u0301 longest", " \u0301 longest"),
    ):
        assert sample(WordDrop(), plain_item(text, "en"), 1, seed=1, rates=most).text("text") == left


def test_no_text_ends_empty() -> None:
    for code, text in SENTENCES.items():
        for seed in range(5):
            found = sample(WordDrop(), plain_item(text, code), 1, seed, rates={"word": (1.0,)}).text("text")
            assert words_of(found, code)


def test_answers_links_and_tagged_words_stay() -> None:
    field = plain_field("one two https://example.org three outstanding", "en", "1", keep=[(4, 7)])
    assert [field.text[slice(*unit.span)] for unit in WordDrop().units(Item("f", "test", "1", {"context": field}))] == [
        "one",
        "three",
    ]
    tagged = TAG.item(Tagging(uid="1", cluster="1", tokens=("a", "b"), tags=("O", "O")), "fixture", "test", "en")
    assert not list(WordDrop().units(tagged))
