"""Names exchanged alike in all texts of an item, and mentions exchanged with their tags."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from crosswind import catalog
from crosswind.formats import CLASSIFY, TAG
from crosswind.formats.classify import Classification
from crosswind.formats.tag import Tagging, entities
from crosswind.perturbations.entity_swap import EntitySwap
from crosswind.perturbations.sampling import rewritten, sample
from crosswind.text.names import names_of
from crosswind.text.stock import Stock
from tests.text.sentences import nfc

LEVELS = EntitySwap().levels.severities

# Running text


def swapped(lang: str, first: str, second: str, seed: int = 1) -> tuple[str, str]:
    pair = Classification(uid="1", cluster="1", first=nfc(first), second=nfc(second), label="x")
    item = CLASSIFY.item(pair, "fixture", "test", lang)
    found = CLASSIFY.restore(pair, sample(EntitySwap(), item, 5, seed))
    assert found.second is not None
    return found.first, found.second


@pytest.mark.parametrize(
    ("lang", "first", "second", "kind", "name"),
    [
        ("en", "He left for {} by train.", "A man is going to {}.", "territory", "Austria"),
        ("de", "Er fuhr nach {} im Zug.", "Ein Mann reist nach {}.", "territory", "Portugal"),
        ("fr", "Il part pour {} en train.", "Un homme va à {}.", "city", "Rome"),
        ("es", "Salió hacia {} en tren.", "Un hombre va a {}.", "territory", "Suecia"),
        ("tr", "Trenle {} yolunda.", "Bir adam {} yolcusu.", "territory", "Almanya"),
        ("vi", "Anh ấy đi {} bằng tàu.", "Một người đi {}.", "territory", "Nhật Bản"),
        ("ru", "Поезд ушёл 5 {}.", "Это было 5 {}.", "month", "мая"),
        ("el", "Έφτασε στις 3 {}.", "Ήταν 3 {}.", "month", "Μαρτίου"),
        ("ar", "سافر إلى {} بالقطار.", "رجل يذهب إلى {}.", "territory", "ألمانيا"),
        ("he", "הוא נסע אל {} ברכבת.", "איש הולך אל {}.", "territory", "יפן"),
        ("hi", "वह {} को गया।", "आदमी {} को चला।", "day", "मंगलवार"),
        ("th", "เขาไป {} โดยรถไฟ", "ชายคนหนึ่งไป {}", "territory", "เยอรมนี"),
        ("ko", "그는 {} 여행을 떠났다.", "남자가 {} 여행을 한다.", "territory", "독일"),
        ("zh", "他坐火车去了{}。", "有人去了{}。", "territory", "德国"),
        ("ja", "彼は{}へ行った。", "男が{}へ行く。", "territory", "ドイツ"),
        ("sw", "Alisafiri hadi {} kwa treni.", "Mtu anakwenda {}.", "territory", "Uganda"),
    ],
)
def test_a_name_is_exchanged_alike_in_both_texts(lang: str, first: str, second: str, kind: str, name: str) -> None:
    names = {nfc(each) for each in names_of(lang)[kind]}
    drawn = set()
    for seed in range(6):
        one, other = swapped(lang, first.format(name), second.format(name), seed)
        new = one.removeprefix(nfc(first).partition("{}")[0]).removesuffix(nfc(first).partition("{}")[2])
        assert other == nfc(second).format(new)
        assert new in names - {name}
        drawn.add(new)
    assert len(drawn) > 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("He lives in Paris.", "He lives in France."),  # one may follow from the other
        ("She left in March.", "She left on Tuesday, in spring."),
        ("He left for Italy.", "An Italian left for Italy."),  # what is made of the name would be missed
        ("Spaniards left Spain.", "People left Spain."),
        ("Clubs in Hollywood are open.", "Some clubs in Los Angeles are open."),
        ("Nothing is named.", "Nothing at all."),
    ],
)
def test_in_doubt_a_name_stays(first: str, second: str) -> None:
    assert swapped("en", first, second) == (first, second)


def test_a_name_of_one_text_alone_is_exchanged_where_the_other_has_none_like_it() -> None:
    first, second = swapped("en", "He left for Austria in March.", "He left in March.")
    assert "Austria" not in first
    assert "March" not in first + second
    assert first.split()[-1] == second.split()[-1]


def test_two_names_never_become_the_same() -> None:
    first, second = "We flew from Austria to Norway in April and May.", "We flew to Norway in May, not in April."
    for seed in range(60):
        one, other = swapped("en", first, second, seed)
        for near, far in ((" to ", " in "), (" in ", " and "), (" and ", "."), (" from ", " to ")):
            assert near in one
            assert far in one
        start, end, month, later = (
            one.partition(near)[2].partition(far)[0]
            for near, far in ((" from ", " to "), (" to ", " in "), (" in ", " and "), (" and ", "."))
        )
        assert start != end
        assert month != later
        assert other == second.replace("Norway", end).replace("May", later).replace("April", month)


def test_elided_articles_are_minded() -> None:
    for seed in range(20):
        one, _ = swapped("fr", "Il quitte l'Italie.", "Il part.", seed)
        assert one.removeprefix("Il quitte l'")[0] in "AÉEIOUÎÂ"


def test_languages_without_names_are_ruled_out() -> None:
    nli, ner = catalog.load("tasks", "pocket-nli")(), catalog.load("tasks", "pocket-ner")()
    assert "no names in solvane" in EntitySwap().unsuited(nli, "solvane")
    assert EntitySwap().unsuited(ner, "solvane") == ""
    assert EntitySwap().unsuited(catalog.load("tasks", "xnli")(), "de") == ""


# Tagged words

POOL = {"PER": ("Ada Byron", "Noor"), "LOC": ("Oslo", "Sri Lanka", "New York"), "ORG": ()}


def tagging(text: str, tags: str, extra: str = "") -> Tagging:
    return Tagging(uid="1", cluster="1", tokens=(*text.split(),), tags=(*tags.split(),), extra=(*extra.split(),))


def exchanged(example: Tagging, level: int = 5, seed: int = 1, pool: Any = POOL) -> Tagging:
    item = replace(TAG.item(example, "fixture", "test", "en"), stock=Stock(names=pool))
    return TAG.rewritten(example, rewritten(EntitySwap(), item, example.tags, level, seed))


def kinds(tags: Sequence[str]) -> list[str]:
    return [kind for kind, _, _ in entities(tags)]


def test_mentions_are_exchanged_with_their_tags() -> None:
    example = tagging("Jo Doe of Oslo met Acme .", "B-PER I-PER O B-LOC O B-ORG O")
    results = {exchanged(example, seed=seed) for seed in range(40)}
    texts = {(" ".join(each.tokens), " ".join(each.tags)) for each in results}
    assert texts == {
        (f"{who} of {where} met Acme .", f"{who_tags} O {where_tags} O B-ORG O")
        for who, who_tags in (("Ada Byron", "B-PER I-PER"), ("Noor", "B-PER"))
        for where, where_tags in (("Sri Lanka", "B-LOC I-LOC"), ("New York", "B-LOC I-LOC"))
    }


def test_mentions_next_to_each_other_and_without_a_beginning() -> None:
    example = tagging("Ann Bo Cy", "I-PER B-PER I-LOC")
    found = exchanged(example)
    assert kinds(found.tags) == ["PER", "PER", "LOC"]
    assert len(found.tokens) == len(found.tags)
    assert not {"Ann", "Bo", "Cy"} & {*found.tokens}
    assert all(tag[0] == "B" for tag, before in zip(found.tags, ("O", *found.tags), strict=False) if before == "O")


def test_a_level_exchanges_what_the_one_below_does_and_the_highest_everything() -> None:
    example = tagging("Ann met Bo in Rome and Cy in Bonn .", "B-PER O B-PER O B-LOC O B-PER O B-LOC O")
    for seed in range(20):
        levels = [exchanged(example, level, seed) for level in LEVELS]
        kept = [{"Ann", "Bo", "Rome", "Cy", "Bonn"} & {*each.tokens} for each in levels]
        assert all(more >= less for more, less in itertools.pairwise(kept))
        assert not kept[-1]
        assert [kinds(each.tags) for each in levels] == [kinds(example.tags)] * len(LEVELS)


def test_extra_words_stay_extra() -> None:
    assert exchanged(tagging("Ann slept", "B-PER O", extra="@ono_7")).extra == ("@ono_7",)


def test_without_names_nothing_changes() -> None:
    example = tagging("Jo Doe of Oslo", "B-PER I-PER O B-LOC")
    assert exchanged(example, pool={}) == example
    assert exchanged(example, pool={"LOC": ("Oslo",)}) == example


def test_names_are_those_that_english_training_lacks() -> None:
    own = [tagging("Ada of Oslo", "B-PER O B-LOC"), tagging("NOOR and Sri Lanka", "B-PER O B-LOC I-LOC")]
    taught = [tagging("noor slept in oslo", "B-PER O O O")]
    stocks = EntitySwap().stocks(TAG, own, [own, taught])
    assert stocks["1"].names == {"LOC": ("Oslo", "Sri Lanka"), "PER": ("Ada",)}
    assert EntitySwap().stocks(TAG, own, [own])["1"].names["PER"] == ("Ada", "NOOR")
    assert EntitySwap().stocks(CLASSIFY, [], []) == {}


@pytest.mark.parametrize(
    ("name", "language", "split", "expected"),
    [
        ("panx", "sw", "test", (("sw", "dev"), ("en", "train"))),
        ("panx", "sw", "dev", (("sw", "train"), ("en", "train"))),
        ("xglue-ner", "de", "dev", (("de", "dev"), ("en", "train"))),
        ("xnli", "de", "test", ()),
    ],
)
def test_where_names_come_from(name: str, language: str, split: Any, expected: Any) -> None:
    assert EntitySwap().wanted(catalog.load("tasks", name)(), language, split) == expected
