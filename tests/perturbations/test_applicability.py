import pytest

from crosswind.perturbations.applicability import ROLES, TABLE, validity


@pytest.mark.parametrize(
    ("perturbation", "role", "language", "level", "expected"),
    [
        ("typo_edit", "nli", "de", 5, "B"),
        ("typo_edit", "copa", "et", 3, "B"),
        ("typo_edit", "copa", "et", 4, "C"),
        ("typo_edit", "ner", "de", 5, "B"),
        ("typo_edit", "ner", "zh", 1, None),
        ("typo_edit", "ner", "Thai", 1, None),
        ("typo_edit", "pos", "zh", 1, "B"),
        ("case", "nli", "ru", 1, "A"),
        ("case:upper", "pos", "el", 3, "B"),
        ("case:lower", "mewslix", "de", 1, "B"),
        ("case", "nli", "ka", 1, None),
        ("case", "nli", "Hang", 1, None),
        ("case", "nli", "qqx", 1, "A"),
        ("homoglyph", "nli", "ar", 1, None),
        ("homoglyph:within", "nli", "ar", 1, "A"),
        ("digits", "nli", "zh", 1, None),
        ("digits:wide", "nli", "zh", 1, "A"),
        ("diacritics:add", "nli", "he", 1, "B"),
        ("diacritics:add", "nli", "de", 1, None),
        ("mylab.noise:Zalgo", "nli", "de", 1, "C"),
    ],
)
def test_classes(perturbation: str, role: str, language: str, level: int, expected: str | None) -> None:
    assert validity(perturbation, role, language, level) == expected


def test_a_row_has_a_cell_for_every_role_or_says_so_by_leaving_it_out() -> None:
    assert all(set(row) <= set(ROLES) for row in TABLE.values())


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="'typo_edit'"):
        validity("typo_edits", "nli", "de", 1)
    with pytest.raises(ValueError, match="'nli'"):
        validity("case", "xnli", "de", 1)
