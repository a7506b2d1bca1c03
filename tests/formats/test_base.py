"""Special tokens, truncation, and what an example is to a perturbation."""

from collections.abc import Callable
from typing import Any

import pytest

from crosswind.formats import CHOOSE, CLASSIFY, RETRIEVE, SPAN
from crosswind.formats.base import Answer, margin
from crosswind.formats.choose import Choice
from crosswind.formats.classify import Classification
from crosswind.formats.retrieve import Lookup
from crosswind.formats.span import Question, Quote
from crosswind.formats.subwords import Wrapping, tokens_of
from tests.text.sentences import SENTENCES
from tests.tiny import ENCODERS

families = pytest.mark.parametrize("family", sorted(ENCODERS))
TokenizerOf = Callable[[str], Any]
FIRST, SECOND = SENTENCES["hi"], SENTENCES["en"]


@families
def test_wrapping_makes_what_the_tokenizer_makes(family: str, tokenizer_of: TokenizerOf) -> None:
    tokenizer = tokenizer_of(family)
    parts = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in (FIRST, SECOND)]
    for num_texts, texts in ((1, (FIRST,)), (2, (FIRST, SECOND))):
        wrapping = Wrapping.of(tokenizer, num_texts)
        whole = tokenizer(*texts, return_token_type_ids=True)
        row = wrapping.wrap(*parts[:num_texts])
        assert list(row.ids) == whole["input_ids"]
        assert list(row.types) == whole["token_type_ids"]
        assert len(wrapping) == len(row) - sum(map(len, parts[:num_texts]))
        empty = wrapping.wrap(*[()] * num_texts)
        assert list(empty.ids) == tokenizer(*[[""]] * num_texts)["input_ids"][0]


def test_what_the_families_put_around_a_text(tokenizer_of: TokenizerOf) -> None:
    around = {family: len(Wrapping.of(tokenizer_of(family))) for family in ("xlm-roberta", "bert", "mt5")}
    assert around == {"xlm-roberta": 2, "bert": 2, "mt5": 1}


@families
def test_texts_are_cut_to_the_limit_and_counted(family: str, tokenizer_of: TokenizerOf) -> None:
    tokenizer = tokenizer_of(family)
    whole, none_cut = tokens_of(tokenizer, [FIRST, "a"], None, 500)
    assert none_cut == [False, False]
    assert list(whole[0].ids) == tokenizer(FIRST)["input_ids"]
    most = len(whole[0]) - 1
    rows, cut = tokens_of(tokenizer, [FIRST, "a"], None, most)
    assert cut == [True, False]
    wrapping = Wrapping.of(tokenizer)
    first, after = len(wrapping.gaps[0]), len(wrapping.gaps[1])
    kept = whole[0].ids[first : len(whole[0]) - after][:-1]
    assert rows == [wrapping.wrap(kept), whole[1]]
    exact, cut = tokens_of(tokenizer, [FIRST], None, len(whole[0]))
    assert (exact, cut) == (whole[:1], [False])


@families
def test_the_longer_of_a_pair_is_cut_first(family: str, tokenizer_of: TokenizerOf) -> None:
    tokenizer = tokenizer_of(family)
    long, short = (tokenizer(text, add_special_tokens=False)["input_ids"] for text in (SECOND, "a b"))
    most = len(Wrapping.of(tokenizer, 2)) + len(short) + 5
    for texts, parts in (((SECOND, "a b"), (long[:5], short)), (("a b", SECOND), (short, long[:5]))):
        rows, cut = tokens_of(tokenizer, [texts[0]], [texts[1]], most)
        assert cut == [True]
        assert rows == [Wrapping.of(tokenizer, 2).wrap(*parts)]


@families
def test_an_empty_second_text_is_still_one_after_cutting(family: str, tokenizer_of: TokenizerOf) -> None:
    tokenizer = tokenizer_of(family)
    rows, cut = tokens_of(tokenizer, [SECOND, SECOND], ["", "a"], 12)
    assert cut == [True, True]
    wrapping = Wrapping.of(tokenizer, 2)
    first = tokenizer(SECOND, add_special_tokens=False)["input_ids"]
    assert rows[0] == wrapping.wrap(first[: 12 - len(wrapping)], ())


def test_encodings_count_examples_that_lost_text(tokenizer_of: TokenizerOf) -> None:
    tokenizer = tokenizer_of("xlm-roberta")
    long, most = SENTENCES["en"], 12
    choices = [
        Choice(uid="1", cluster="1", prompt=long, choices=(long, "a", long), answer=0),  # one example, three long rows
        Choice(uid="2", cluster="2", prompt="a", choices=("a", "b"), answer=0),
    ]
    assert CHOOSE.encode(choices, (), tokenizer, most).truncated == 1
    lookups = [
        Lookup(uid="1", cluster="1", query=long, candidate=long, candidate_uid="c", gold=("c",)),
        Lookup(uid="2", cluster="2", query="a", candidate=long, candidate_uid="c", gold=("c",)),
        Lookup(uid="3", cluster="3", query="a", candidate="b", candidate_uid="d", gold=("d",)),
    ]
    assert RETRIEVE.encode(lookups, (), tokenizer, most).truncated == 2
    texts = [Classification(uid=str(i), cluster="1", first=text, label="x") for i, text in enumerate((long, "a", long))]
    assert CLASSIFY.encode(texts, ("x",), tokenizer, most).truncated == 2


def test_one_text_and_two_texts_differ_in_their_special_tokens(tokenizer_of: TokenizerOf) -> None:
    tokenizer = tokenizer_of("bert")
    single = Classification(uid="1", cluster="1", first="a", label="x")
    pair = Classification(uid="1", cluster="1", first="a", second="", label="x")
    one, two = (CLASSIFY.encode([each], ("x",), tokenizer, 20).features[0].rows[0] for each in (single, pair))
    assert len(two) == len(one) + 1
    assert CLASSIFY.fields(single) == {"first": "a"}
    assert CLASSIFY.fields(pair) == {"first": "a", "second": ""}


def test_questions_on_one_paragraph_share_its_noise() -> None:
    def context_of(uid: str, cluster: str) -> Any:
        example = Question(uid=uid, cluster=cluster, question="who?", context="the old bridge", answers=())
        return SPAN.item(example, "fixture", "test", "en").fields

    assert context_of("1", "p")["context"].owner == context_of("2", "p")["context"].owner
    assert context_of("1", "p")["question"].owner != context_of("2", "p")["question"].owner


def test_answers_are_kept_by_perturbations() -> None:
    example = Question(
        uid="1", cluster="p", question="?", context="ab cd ef", answers=(Quote("cd", 3), Quote("ab cd", 0))
    )
    assert SPAN.item(example, "fixture", "test", "en").fields["context"].keep == ((0, 5), (3, 5))


def test_a_ranking_is_of_the_pool_and_ends_at_twenty() -> None:
    import numpy as np

    example = Lookup(uid="1", cluster="1", query="a", candidate="b", candidate_uid="c3", gold=("c3",))
    names = [f"c{i}" for i in range(30)]
    similarity = np.array([0.5] * 30)
    similarity[3], similarity[7] = 0.9, 0.8
    answer = RETRIEVE.decode(example, names, [], [similarity])
    assert answer.value == ("c3", "c7", *(name for name in names if name not in {"c3", "c7"}))[:20]
    assert answer.margin == pytest.approx(0.1)
    assert RETRIEVE.decode(example, ["c3"], [], [np.array([0.4])]) == Answer(("c3",), 0.0)


def test_margins() -> None:
    assert margin([1.0, 4.0, 2.5]) == 1.5
    assert margin([3.0]) == 0.0
