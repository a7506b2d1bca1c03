"""What votes prove, against closed forms and against scipy's own tests."""

from collections import Counter
from itertools import combinations
from math import comb
from random import Random

import pytest
from scipy.stats import beta, binomtest, chisquare

from crosswind.text.masking import kept, masked, num_kept, places
from crosswind.text.words import BUILTIN
from crosswind.votes.certificates import certified, lower_bound
from crosswind.votes.counting import verdict

LABELS = ["a", "b", "c"]


@pytest.mark.parametrize(("first", "second"), [(60, 40), (50, 50), (100, 0), (51, 49), (7, 2), (1, 0)])
def test_it_abstains_as_often_as_a_two_sided_binomial_test_says(first: int, second: int) -> None:
    found = verdict(Counter(b=first, a=second, c=0), LABELS, 0.05)
    assert found.p_value == pytest.approx(float(binomtest(first, first + second).pvalue))
    assert found.abstains == (found.p_value > 0.05)
    assert (found.first, found.second) == (first, second)


def test_the_most_frequent_answer_wins_and_the_third_has_no_say() -> None:
    found = verdict(Counter(a=10, b=70, c=20), LABELS, 0.05)
    assert (found.label, found.first, found.second, found.abstains) == ("b", 70, 20, False)


def test_equally_frequent_answers_are_none() -> None:
    found = verdict(Counter(c=5, b=5), LABELS, 0.5)
    assert (found.label, found.abstains) == ("b", True)


@pytest.mark.parametrize(("hits", "readings"), [(5000, 5000), (4100, 5000), (1, 10), (7, 10), (10, 10)])
@pytest.mark.parametrize("alpha", [0.05, 0.001])
def test_the_bound_is_clopper_and_pearsons(hits: int, readings: int, alpha: float) -> None:
    found = lower_bound(hits, readings, alpha)
    assert found == pytest.approx(float(beta.ppf(alpha, hits, readings - hits + 1)))
    interval = binomtest(hits, readings, alternative="greater").proportion_ci(1 - alpha, method="exact")
    assert found == pytest.approx(float(interval.low))


def test_what_was_never_met_may_be_nothing_and_what_always_was_is_not_all() -> None:
    assert lower_bound(0, 100, 0.05) == 0.0
    assert lower_bound(20, 20, 0.05) == pytest.approx(0.05 ** (1 / 20))


def test_the_bound_holds_as_often_as_it_says() -> None:
    dice, share, missed = Random(1), 0.7, 0
    for _ in range(2000):
        hits = sum(dice.random() < share for _ in range(60))
        missed += lower_bound(hits, 60, 0.05) > share
    assert missed / 2000 <= 0.065


# Five words: C(5 - m, k) / C(5, k) is 4/5, 3/5 for k = 1 and 3/5, 3/10 for k = 2; the share must exceed 1.5 minus it.
@pytest.mark.parametrize(
    ("share", "kept", "expected"),
    [
        (1.0, 1, 2),
        (0.91, 1, 2),
        (0.9, 1, 1),
        (0.71, 1, 1),
        (0.7, 1, 0),
        (1.0, 2, 1),
        (0.91, 2, 1),
        (0.89, 2, 0),
        (0.51, 2, 0),
        (0.5, 2, None),
        (1.0, 5, 0),
    ],
)
def test_closed_forms_for_five_words(share: float, kept: int, expected: int | None) -> None:
    assert certified(share, 5, kept) == expected


def test_one_of_ten_words_with_three_kept_needs_four_fifths() -> None:
    assert certified(0.8 + 1e-9, 10, 3) == 1
    assert certified(0.8 - 1e-9, 10, 3) == 0


def test_a_text_without_words_has_none_to_change() -> None:
    assert certified(0.99, 0, 0) == 0


@pytest.mark.parametrize(("words", "kept"), [(5, 1), (5, 2), (6, 3), (7, 2)])
def test_no_adversary_beats_a_certificate(words: int, kept: int) -> None:
    """The worst that changed words can do is to turn every reading that sees one of them; all readings are counted."""
    readings = list(combinations(range(words), kept))
    for right in range(len(readings) + 1):
        found = certified(right / len(readings), words, kept)
        for changed in range(words + 1):
            touched = sum(bool(set(reading) & set(range(changed))) for reading in readings)
            stays = right - min(right, touched) > len(readings) / 2
            assert stays == (found is not None and changed <= found)


# Masks


def test_every_choice_of_words_is_equally_likely() -> None:
    dice = Random(3)
    seen = Counter(kept(5, 0.6, dice) for _ in range(6000))
    assert len(seen) == comb(5, 2)
    assert chisquare(list(seen.values())).pvalue > 1e-3


@pytest.mark.parametrize(("words", "expected"), [(0, 0), (1, 1), (2, 1), (3, 1), (10, 3), (11, 3)])
def test_some_word_is_always_left(words: int, expected: int) -> None:
    assert num_kept(words, 0.7) == expected
    assert len(kept(words, 0.7, Random(1))) == expected


def test_a_mask_hides_the_word_and_its_length_and_leaves_all_else() -> None:
    fields = {"first": "Ein alter, Satz.", "second": "Zwei"}
    words = places(fields, "de", BUILTIN)
    assert masked(fields, words, {1}, "<mask>") == {"first": "<mask> alter, <mask>.", "second": "<mask>"}
    other = {"first": "Donaudampf alter, Schiff.", "second": "x"}
    assert masked(other, places(other, "de", BUILTIN), {1}, "<mask>") == masked(fields, words, {1}, "<mask>")
