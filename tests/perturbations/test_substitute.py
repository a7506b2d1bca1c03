"""Substitution: how often words stay, what counts as a word, and tables as users keep them."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import chisquare

from crosswind.perturbations.sampling import sample
from crosswind.perturbations.substitute import MOST, Substitute
from crosswind.pocket.lexicon import keys as every_key
from crosswind.pocket.lexicon import lexicon, synonyms
from crosswind.sources.neighbours import neighbours
from crosswind.sources.rows import Unreadable
from crosswind.tasks.pocket_nli import PocketNli
from crosswind.tasks.xnli import Xnli
from crosswind.text.item import Item, plain_field, token_field
from crosswind.text.stock import Stock

WORDS = {"one": ("uno",), "two": ("a", "b"), "five": tuple("vwxyz"), "much": tuple(f"n{i}" for i in range(MOST + 4))}


def item(text: str, uid: str = "1", words: Any = WORDS, name: str = "text") -> Item:
    return Item("fixture", "train", uid, {name: plain_field(text, "en", uid)}, Stock(words={"en": words}))


def made(text: str, change: Substitute, seed: int = 1, **more: Any) -> str:
    return sample(change, item(text, **more), 1, seed, suite="augment").text("text")


@pytest.mark.parametrize(("word", "count"), [("one", 1), ("two", 2), ("five", 5), ("much", MOST)])
def test_a_word_and_its_neighbours_are_equally_likely(word: str, count: int) -> None:
    text = " ".join([word] * 10)
    found = Counter(each for seed in range(400) for each in made(text, Substitute(), seed).split(" "))
    assert found.keys() == {word, *WORDS[word][:count]}
    assert chisquare(list(found.values())).pvalue > 1e-3


def test_occurrences_are_independent() -> None:
    pairs = Counter(tuple(each != "two" for each in made("two two", Substitute(), s).split(" ")) for s in range(3000))
    expected = [3000 * p for p in (4 / 9, 2 / 9, 2 / 9, 1 / 9)]
    found = [pairs[True, True], pairs[True, False], pairs[False, True], pairs[False, False]]
    assert chisquare(found, expected).pvalue > 1e-3


def test_both_texts_of_a_pair_are_independent() -> None:
    field = plain_field("five five five five", "en", "1")
    pair = Item("fixture", "train", "1", {"first": field, "second": field}, Stock(words={"en": WORDS}))
    found = [sample(Substitute(), pair, 1, seed, suite="augment") for seed in range(8)]
    assert any(each.text("first") != each.text("second") for each in found)


def test_the_highest_chance_can_be_lowered() -> None:
    low = Substitute(max_rate=0.25)
    kept = Counter(each == "five" for seed in range(400) for each in made("five " * 9 + "five", low, seed).split(" "))
    assert chisquare([kept[True], kept[False]], [3000, 1000]).pvalue > 1e-3


def test_the_surface_is_what_stands_between_spaces() -> None:
    found = {made("One one, (one) one", Substitute(), seed) for seed in range(20)}
    assert found == {"One one, (one) one", "One one, (one) uno"}


def test_folded_words_keep_their_case_and_their_marks() -> None:
    folded = Substitute(match="folded")
    found = {made("One ONE, (one) ((one))", folded, seed) for seed in range(60)}
    assert {text.split(" ")[0] for text in found} == {"One", "Uno"}
    assert {text.split(" ")[1] for text in found} == {"ONE,", "UNO,"}
    assert {text.split(" ")[2] for text in found} == {"(one)", "(uno)"}
    assert {text.split(" ")[3] for text in found} == {"((one))"}  # one mark on either side is taken off


def test_tokens_stay_tokens() -> None:
    field = token_field(["one", "much", "New York"], "en", "1")
    words = {"one": ("two words", "uno"), "New York": ("Oslo",)}
    tagged = Item("fixture", "train", "1", {"tokens": field}, Stock(words={"en": words}))
    found = {sample(Substitute(), tagged, 1, seed).text("tokens") for seed in range(30)}
    assert found == {"one much New York", "uno much New York", "one much Oslo", "uno much Oslo"}


def test_links_are_left_alone() -> None:
    linked = {"https://one.example/one": ("uno",), "one": ("uno",)}
    found = {made("https://one.example/one one", Substitute(), seed, words=linked) for seed in range(20)}
    assert found == {"https://one.example/one one", "https://one.example/one uno"}


def test_tables_and_objects_are_read_alike(tmp_path: Path) -> None:
    table, found = tmp_path / "near.tsv", tmp_path / "near.json"
    table.write_text("old\tancient\told\tancient\taged\n\nnew\t\n old\tworn \n", encoding="utf-8")
    found.write_text(json.dumps({"old": ["ancient", "aged", "worn"], "new": []}), encoding="utf-8")
    assert neighbours(table) == neighbours(found) == {"old": ("ancient", "aged", "worn"), "new": ()}


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a.tsv", "old\tnew\nolder newer\n", "a.tsv:2: has no tab; expected a word, a tab"),
        ("a.tsv", "old\tnew\t\tnewer\n", "a.tsv:1: has an empty cell"),
        ("a.tsv", "\tnew\n", "a.tsv:1: has an empty cell"),
        ("a.tsv", "old\t\n", "no word has a neighbour"),
        ("a.json", "[1]", "holds list; expected an object"),
        ("a.json", '{"old": "new"}', "'old' has 'new'; expected a list of words"),
        ("a.json", "{", "is no JSON"),
        ("a.csv", "old,new", "is no table of neighbours; .tsv and .json are read"),
    ],
)
def test_a_broken_table_is_refused_with_its_place(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable) as error:
        neighbours(path)
    assert complaint in str(error.value)


def test_a_table_is_known_by_what_it_holds(tmp_path: Path) -> None:
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "near.tsv").write_text("old\taged\n", encoding="utf-8")
    (tmp_path / "other.tsv").write_text("old\tworn\n", encoding="utf-8")
    here, there, other = (
        Substitute.model_validate({"files": {"en": str(tmp_path / name)}})
        for name in ("here/near.tsv", "there/near.tsv", "other.tsv")
    )
    assert here.id == there.id != other.id
    assert here.words("en", (), here.places) == {"en": {"old": ("aged",)}}
    assert not here.unsuited(Xnli(), "en")
    assert "has no file in de" in here.unsuited(Xnli(), "de")
    assert not here.is_vouched_for


def test_only_pocket_has_synonyms_without_a_table() -> None:
    assert Substitute().is_vouched_for
    assert not Substitute().unsuited(PocketNli(), "zhelnik")
    assert "name a file" in Substitute().unsuited(Xnli(), "en")


@pytest.mark.parametrize("code", ["solvane", "prashil", "sohanbi", "qamirut"])
def test_synonyms_say_the_same_and_nothing_else(code: str) -> None:
    found = synonyms(code)
    assert len(found) > 100
    own = lexicon(code)
    forms = Counter(own.form(concept, variant) for concept, variant in every_key())
    for concept, variant in every_key():
        form, other = own.form(concept, variant), own.form(concept, 1 - variant) if "/" in concept else None
        if other is None or forms[form] > 1:
            assert form not in found
        else:
            assert found[form] == (other,)
    assert all(
        word in found[other] or forms[word] > 1 for word, others in found.items() for other in others if other in found
    )
