"""Sentences of two sides: what perturbations may touch, and what is refused."""

from dataclasses import replace
from random import Random

import pytest

from crosswind.formats import MINE
from crosswind.formats.mine import OTHER, OWN, Sentence
from crosswind.perturbations.sampling import sample
from crosswind.perturbations.typo_edit import TypoEdit

TEXT = "The old bridge leads over the river to the market."
MINED = Sentence(uid="1", cluster="1", text=TEXT, side=OWN, partner="2")
AGAINST = Sentence(uid="2", cluster="1", text=TEXT, side=OTHER)


def test_only_the_own_side_is_perturbed() -> None:
    most = dict.fromkeys(TypoEdit().levels.rates, (0.9,) * 5)
    own, other = (
        MINE.restore(each, sample(TypoEdit(), MINE.item(each, "fixture", "test", "en"), 5, 1, rates=most))
        for each in (MINED, AGAINST)
    )
    assert own.text != TEXT
    assert own == replace(MINED, text=own.text)
    assert other == AGAINST


@pytest.mark.parametrize("wrong", [replace(MINED, side="left"), replace(AGAINST, partner="1")])
def test_sides_are_two_and_only_one_has_partners(wrong: Sentence) -> None:
    MINE.check(MINED, ())
    MINE.check(AGAINST, ())
    with pytest.raises(ValueError, match=r"example '.' is of side .* expected side 'own' with a partner"):
        MINE.check(wrong, ())


def test_a_control_exchanges_partners_on_the_own_side_alone() -> None:
    examples = [
        replace(each, uid=f"{side}{i}", partner=f"other{i}" if side == "own" and i % 2 else "")
        for i in range(20)
        for side, each in (("own", MINED), ("other", AGAINST))
    ]
    after = MINE.relabel(examples, Random(1))
    assert sorted(each.partner for each in after) == sorted(each.partner for each in examples)
    assert [replace(each, partner="") for each in after] == [replace(each, partner="") for each in examples]
    assert after != examples
    assert all(each.partner == "" for each in after if each.side == OTHER)


def test_ids_keep_their_form() -> None:
    odd = replace(MINED, text="e\u0301", partner="e\u0301")
    assert MINE.normalised(odd) == replace(odd, text="\u00e9")
