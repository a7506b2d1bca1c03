"""Queries that a change has made another candidate's text: found, counted, and left out of every sum."""

from dataclasses import replace
from typing import Any

import polars
import pytest

from crosswind.evaluate.collisions import Texts, collisions, prints, texts_of
from crosswind.evaluate.effect import COUNTS
from crosswind.evaluate.outcomes import Cell, outcome_table, score_table
from crosswind.formats import CLASSIFY, MINE, RETRIEVE
from crosswind.formats.base import Answer
from crosswind.formats.classify import Classification
from crosswind.formats.mine import OTHER, OWN, Sentence
from crosswind.formats.retrieve import Candidate, Lookup
from tests.retrieval import Bitext

CELL = Cell("bitext", "tr", "case:lower", 1, 1, None)


def query(uid: str, text: str, candidate: str) -> Lookup:
    return Lookup(uid=uid, cluster=uid, query=text, candidate=candidate, candidate_uid=f"c{uid}", gold=(f"c{uid}",))


CLEAN = [query("1", "Anna", "ann"), query("2", "Bo", "bo"), query("3", "Cem", "anna"), query("4", "anna", "x")]
PERTURBED = [replace(each, query=each.query.lower()) for each in CLEAN]


def test_only_what_became_a_wrong_candidate_collides() -> None:
    # 1 is now the candidate of 3; 2 is its own candidate; 3 is none; 4 has been 3's candidate from the first
    assert collisions(RETRIEVE, PERTURBED, CLEAN) == [True, False, False, False]
    assert collisions(RETRIEVE, CLEAN, CLEAN) == [False] * 4


def test_a_candidate_of_a_pool_apart_or_among_others_counts() -> None:
    bare = [replace(each, candidate="", candidate_uid="") for each in PERTURBED]
    clean = [replace(each, candidate="", candidate_uid="") for each in CLEAN]
    pool = Texts(["c1", "c2", "c3"], prints(["ann", "bo", "anna"]))
    assert collisions(RETRIEVE, bare, clean, pool) == [True, False, False, False]
    others = [replace(each, others=(Candidate("c9", "bo"),)) for each in PERTURBED]
    assert collisions(RETRIEVE, others, CLEAN) == [True, True, False, False]


def test_candidates_of_one_text_are_all_looked_at() -> None:
    assert texts_of({"a": "x", "b": "y", "c": "x"}).called("x") == {"a", "c"}
    two = [replace(PERTURBED[1], gold=("c2", "d2"), others=(Candidate("d2", "bo"),))]
    assert collisions(RETRIEVE, two, CLEAN[1:2]) == [False]


def test_mining_compares_with_the_other_side() -> None:
    def both(texts: list[str]) -> list[Sentence]:
        own = [Sentence(uid=f"{i}", cluster=f"{i}", text=t, side=OWN, partner=f"o{i}") for i, t in enumerate(texts)]
        other = [Sentence(uid=f"o{i}", cluster=f"{i}", text=t, side=OTHER) for i, t in enumerate(["anna", "bo"])]
        return [*own, *other]

    assert collisions(MINE, both(["Bo", "Anna"]), both(["Bo", "Anna"])) == [False] * 4
    assert collisions(MINE, both(["bo", "anna"]), both(["Bo", "Anna"])) == [True, True, False, False]
    assert collisions(MINE, both(["anna", "bo"]), both(["Anna", "Bo"])) == [False] * 4


def test_other_formats_have_no_candidates() -> None:
    one = Classification(uid="1", cluster="1", first="a", label="x")
    assert collisions(CLASSIFY, [one], [replace(one, first="b")]) == [False]


def table(collided: list[bool]) -> polars.DataFrame:
    answers = [Answer(("c1",), 1.0), Answer(("c2",), 1.0), Answer(("c9",), 1.0), Answer(("c4",), 1.0)]
    read = {name: [1] * 4 for name in ("pieces", "pieces_clean")} | {name: [0] * 4 for name in COUNTS[3:]}
    return outcome_table(Bitext(), CELL, PERTURBED, CLEAN, answers, collided, read | {"ids_changed": [True] * 4})


def test_collided_rows_stay_in_the_table_and_count_for_nothing() -> None:
    found = table([True, False, False, False])
    assert found["collided"].to_list() == [True, False, False, False]
    assert found.select("right", "n").rows() == [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 1.0)]
    score = score_table(Bitext(), found).row(0, named=True)
    assert score["value"] == pytest.approx(200 / 3)
    assert (score["examples"], score["changed"], score["condition"]) == (3, pytest.approx(2 / 3), "case:lower")
    assert score_table(Bitext(), table([False] * 4)).row(0, named=True)["value"] == pytest.approx(75)


def test_a_cell_of_collisions_has_no_examples() -> None:
    score: Any = score_table(Bitext(), table([True] * 4)).row(0, named=True)
    assert (score["value"], score["examples"], score["changed"], score["effective"]) == (0.0, 0, 0.0, None)
