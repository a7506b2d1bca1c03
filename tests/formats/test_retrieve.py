"""A query and a pool of candidates with names."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from crosswind.formats import RETRIEVE
from crosswind.formats.retrieve import Candidate, Lookup, pool

EXAMPLES = [
    Lookup(
        uid="1",
        cluster="1",
        query="Where is the bridge?",
        candidate="Here.",
        candidate_uid="en-1",
        gold=("en-1", "ru-1"),
        others=(Candidate("ru-1", "Здесь."), Candidate("en-2", "Nobody knows.")),
    ),
    Lookup(uid="2", cluster="2", query="Who is it?", candidate="Nobody knows.", candidate_uid="en-2", gold=("en-2",)),
]


def test_the_pool_is_the_union_in_order() -> None:
    assert pool(EXAMPLES) == {"en-1": "Here.", "ru-1": "Здесь.", "en-2": "Nobody knows."}
    assert pool([]) == {}


def test_rows_are_the_query_and_its_candidates(tokenizer_of: Callable[[str], Any]) -> None:
    tokenizer = tokenizer_of("xlm-roberta")
    features = RETRIEVE.encode(EXAMPLES, (), tokenizer, 40).features
    for example, feature in zip(EXAMPLES, features, strict=True):
        texts = [example.query, example.candidate, *(other.text for other in example.others)]
        assert [row.ids for row in feature.rows] == [tuple(tokenizer(text)["input_ids"]) for text in texts]
    assert features[0].rows[3] == features[1].rows[1]


def test_an_example_is_cut_if_any_of_its_texts_is(tokenizer_of: Callable[[str], Any]) -> None:
    long = replace(EXAMPLES[0], others=(Candidate("en-3", "very long " * 50),))
    assert RETRIEVE.encode([long, EXAMPLES[1]], (), tokenizer_of("bert"), 40).truncated == 1


def test_perturbations_see_the_query_alone() -> None:
    assert RETRIEVE.fields(EXAMPLES[0]) == {"query": EXAMPLES[0].query}


@pytest.mark.parametrize(
    "wrong",
    [
        replace(EXAMPLES[1], candidate="Somebody."),
        replace(EXAMPLES[1], others=(Candidate("ru-1", "Somebody."),)),
        replace(EXAMPLES[1], others=(Candidate("ru-3", "Somebody else."), Candidate("ru-3", "Somebody."))),
    ],
)
def test_a_name_stands_for_one_text(wrong: Lookup, tokenizer_of: Callable[[str], Any]) -> None:
    with pytest.raises(ValueError, match=r"example '2' has 'Somebody.' as candidate '..-.'.*one text for every name"):
        RETRIEVE.encode([EXAMPLES[0], wrong], (), tokenizer_of("bert"), 40)
