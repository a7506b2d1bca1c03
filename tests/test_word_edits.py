"""How the comparison with real noise finds and names changes of words; the files that it reads are not needed here."""

from collections import Counter

import pytest
from measurements.word_edits import (
    Change,
    Shape,
    columns,
    copies,
    difference,
    judged,
    operations,
    paired,
    shape,
    shares,
    signs,
)


@pytest.mark.parametrize(
    ("clean", "noisy", "expected"),
    [
        ("abc", "abc", []),
        ("abc", "abxc", [("insert", 2)]),
        ("abc", "ac", [("delete", 1)]),
        ("abc", "axc", [("substitute", 1)]),
        ("abcd", "acbd", [("transpose", 1)]),
        ("abc", "abbc", [("insert", 1)]),
        ("", "ab", [("insert", 0), ("insert", 0)]),
        ("abcd", "xbc", [("substitute", 0), ("delete", 3)]),
        ("ca", "abc", [("delete", 0), ("insert", 2), ("insert", 2)]),  # nothing is touched twice
    ],
)
def test_the_fewest_operations(clean: str, noisy: str, expected: list[tuple[str, int]]) -> None:
    assert len(operations(clean, noisy)) == len(expected)
    if len(expected) < 2:
        assert operations(clean, noisy) == expected


@pytest.mark.parametrize(
    ("clean", "noisy", "expected"),
    [
        ("Hilfe", "hilfe", Shape("case", 1, "first", False)),
        ("nicht", "nciht", Shape("transpose", 1, "inner", False)),
        ("vielleicht", "vieleicht", Shape("delete", 1, "inner", False)),
        ("में", "मे", Shape("substitute", 1, "first", True)),
        ("कठिन", "कठीन", Shape("substitute", 1, "inner", True)),
        ("करना", "करनी", Shape("substitute", 1, "last", True)),
        ("पर", "पे", Shape("several", 2, "first", False)),
        ("ist", "isst", Shape("insert", 1, "inner", False)),
    ],
)
def test_shapes(clean: str, noisy: str, expected: Shape) -> None:
    assert shape(Change(clean, noisy)) == expected


def test_copies_are_neighbours_that_share_most_words() -> None:
    sentences = ["a b c d", "a x c d", "e f g", "a b c d"]
    assert [len(group) for group in copies([sentence.split() for sentence in sentences])] == [2, 1, 1]


def test_columns_leave_out_what_has_no_single_counterpart() -> None:
    assert list(columns(["abcde", "axcde", "abcqre"])) == [
        ("a", "a", "a"),
        ("b", "x", "b"),
        ("c", "c", "c"),
        ("e", "e", "e"),
    ]


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        (("a", "a", "a"), ("a", [])),
        (("a", "x", "a"), ("a", [Change("a", "x")])),
        (("x", "a", "a"), ("a", [Change("a", "x")])),
        (("a", "x", "y"), None),
        (("common", "rare"), ("common", [Change("common", "rare")])),
        (("rare", "common"), ("common", [Change("common", "rare")])),
        (("common", "usual"), None),
    ],
)
def test_majority_or_frequency_decides(forms: tuple[str, ...], expected: object) -> None:
    assert judged(forms, Counter(common=9, usual=8, rare=1)) == expected


def test_rare_forms_are_paired_with_the_commonest_that_is_near() -> None:
    counts = Counter(eine=50, einen=40, seine=10, eien=1, eineen=2, ganz=1, nein=1)
    assert paired(counts, {"nein"}, common=20, least=4) == {"eien": "eine", "eineen": "einen"}
    assert paired(counts, {"nein", "eien"}, common=20, least=4) == {"eineen": "einen"}


def test_shares_and_how_they_differ() -> None:
    assert shares("aab") == {"a": 2 / 3, "b": 1 / 3}
    assert difference({"a": 1.0}, {"a": 1.0}) == 0
    assert difference({"a": 1.0}, {"b": 1.0}) == 1
    assert difference({"a": 0.5, "b": 0.5}, {"a": 1.0}) == 0.5
    assert signs("में") == ["में"]
