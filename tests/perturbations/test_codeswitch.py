"""Code-switching: how many words, into which languages, and what stays whole."""

from collections import Counter
from typing import Any

import pytest
from scipy.stats import chisquare

from crosswind.perturbations.base import Perturbed
from crosswind.perturbations.codeswitch import Codeswitch
from crosswind.perturbations.sampling import sample
from crosswind.tasks.pocket_nli import PocketNli
from crosswind.tasks.xnli import Xnli
from crosswind.text.item import Item, plain_field, token_field
from crosswind.text.stock import Stock

WORDS = {
    "aa": {"bridge": ("brua",), "old": ("gamle", "eldre"), "new york": ("nova eboraco",), "york": ("eboraco",)},
    "bb": {"bridge": ("pons",)},
}
TEXT = "Old bridge over the old bridge of York"


def made(text: str, change: Codeswitch, seed: int = 1, keep: Any = ()) -> Perturbed:
    item = Item("fixture", "train", "1", {"text": plain_field(text, "en", "1", keep)}, Stock(words=WORDS))
    return sample(change, item, 1, seed, suite="augment")


def test_languages_are_drawn_first_and_what_they_lack_stays() -> None:
    change = Codeswitch(languages=("aa", "bb"), cross=0.5)
    found = Counter(made("bridge old", change, seed).text("text") for seed in range(4000))
    bridge = {"bridge": 0.5, "brua": 0.25, "pons": 0.25}
    old = {"old": 0.75, "gamle": 0.125, "eldre": 0.125}
    expected = {f"{one} {other}": p * q for one, p in bridge.items() for other, q in old.items()}
    assert found.keys() == expected.keys()
    assert chisquare([found[key] for key in expected], [4000 * p for p in expected.values()]).pvalue > 1e-3


def test_what_was_drawn_in_vain_is_told() -> None:
    found = [made(TEXT, Codeswitch(cross=1.0), seed) for seed in range(200)]
    assert all(len(each.trace) + len(each.barren) == 8 for each in found)
    ops = Counter(op for each in found for _, op in each.trace)
    assert ops.keys() == {"aa", "bb"}
    assert sum(len(each.barren) for each in found) > 200


def test_a_share_of_the_texts_is_left_alone() -> None:
    half = Codeswitch(ratio=0.5, cross=1.0)
    mixed = sum(bool(made("bridge bridge", half, seed).trace) for seed in range(2000))
    assert abs(mixed - 1000) < 4 * 500**0.5
    assert not any(made(TEXT, Codeswitch(ratio=0.0, cross=1.0), seed).trace for seed in range(20))
    assert not any(made(TEXT, Codeswitch(cross=0.0), seed).trace for seed in range(20))


def test_case_is_kept() -> None:
    found = {made("Old OLD old", Codeswitch(languages=("aa",), cross=1.0), seed).text("text") for seed in range(60)}
    words = [set(column) for column in zip(*(text.split() for text in found), strict=True)]
    assert words == [{"Gamle", "Eldre"}, {"GAMLE", "ELDRE"}, {"gamle", "eldre"}]


def test_an_answer_changes_as_a_whole_or_not_at_all() -> None:
    every = Codeswitch(languages=("aa",), cross=1.0)
    start, end = TEXT.index("old bridge"), TEXT.index("old bridge") + len("old bridge")
    for seed in range(40):
        found = made(TEXT, every, seed, keep=[(start, end), (0, 3)])
        left, right = found.projection("text").span((start, end))
        assert found.text("text")[left:right] == "old bridge"
        left, right = found.projection("text").span((0, 3))
        assert found.text("text")[left:right] in {"Old", "Gamle", "Eldre"}
    assert any(made(TEXT, every, seed, keep=[(0, 3)]).text("text")[:3] != "Old" for seed in range(40))


def test_tagged_words_are_exchanged_one_by_one() -> None:
    field = token_field(["New York", "bridge", "York"], "en", "1")
    item = Item("fixture", "train", "1", {"tokens": field}, Stock(words=WORDS))
    found = sample(Codeswitch(languages=("aa",), cross=1.0), item, 1, 3)
    for (start, end), allowed in zip(
        field.keep, ({"New York", "Nova eboraco"}, {"bridge", "brua"}, {"York", "Eboraco"}), strict=True
    ):
        left, right = found.projection("tokens").span((start, end))
        assert found.text("tokens")[left:right] in allowed


def test_languages_come_from_the_dictionary() -> None:
    task = PocketNli()
    every = Codeswitch().only(task, "solvane")
    assert every.languages == tuple(code for code in task.languages if code != "solvane")
    two = Codeswitch(languages=("zhelnik", "solvane", "tingsao"))
    assert two.only(task, "solvane").languages == ("zhelnik", "tingsao")
    tables = two.only(task, "solvane").words("solvane", (), {})
    assert list(tables) == ["zhelnik", "tingsao"]
    assert len(tables["zhelnik"]) > 100
    assert "does not translate solvane into de" in Codeswitch(languages=("de",)).unsuited(task, "solvane")
    assert "translates en into none" in Codeswitch().unsuited(Xnli(), "en")
    with pytest.raises(ValueError, match="less than or equal to 1"):
        Codeswitch(cross=1.5)
