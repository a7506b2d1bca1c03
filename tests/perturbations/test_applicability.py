from typing import Any

import pytest

from crosswind import catalog
from crosswind.perturbations.applicability import (
    COMMON_CORE,
    ROLES,
    SCRIPTS,
    TABLE,
    VOUCHED,
    cell,
    in_common_core,
    judged,
    name_of,
    validity,
)
from crosswind.perturbations.base import Perturbation
from crosswind.tasks.base import Task
from tests.perturbations.specimens import variants

CATALOGUED = catalog.FAMILIES["perturbations"]


@pytest.mark.parametrize(
    ("perturbation", "role", "language", "level", "expected"),
    [
        ("typo_edit", "nli", "de", 5, "B"),
        ("typo_edit", "copa", "et", 3, "B"),
        ("typo_edit", "copa", "et", 4, "C"),
        ("typo_edit", "ner", "de", 5, "B"),
        ("typo_edit", "ner", "zh", 1, None),
        ("typo_edit", "ner", "Thai", 1, "B"),  # it is WikiANN's Thai that comes as single characters, not the script
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
        ("romanize", "nli", "ja", 4, "B"),
        ("romanize", "nli", "ja", 5, "C"),
        ("romanize", "nli", "hi", 5, "B"),
        ("romanize", "nli", "de", 1, None),
        ("diacritics", "xquad", "vi", 5, "C"),
        ("diacritics", "xquad", "fr", 5, "B"),
        ("diacritics", "xquad", "hi", 1, None),
        ("punct", "pos", "de", 1, None),
        ("punct:swap", "pos", "de", 1, "A"),
        ("space", "ner", "de", 1, None),
        ("homoglyph:within", "nli", "ru", 1, None),
        ("digits", "nli", "ka", 1, None),
        ("codemix:de+zh", "pos", "hi", 1, "C"),
        ("shuffle_local", "pawsx", "de", 1, None),
        ("shuffle_local", "nli", "de", 1, "C"),
        ("entity_swap", "xquad", "de", 1, None),
    ],
)
def test_classes(perturbation: str, role: str, language: str, level: int, expected: str | None) -> None:
    assert validity(perturbation, role, language, level) == expected


def test_classes_that_differ_by_field() -> None:
    def punct(*fields: str) -> str | None:
        return judged("punct", "xquad", "de", "Latn", 1, fields).validity

    assert (punct("question"), punct("context"), punct("question", "context")) == ("A", "B", "B")


def test_a_constructed_language_goes_by_its_script_and_keeps_rules_of_other_codes_away() -> None:
    assert judged("case", "nli", "qamirut", "Arab", 1).reason == "it changes nothing in script Arab"
    assert judged("romanize", "nli", "qamirut", "Arab", 5).validity == "B"
    assert judged("romanize", "nli", "ar", "Arab", 5).validity == "C"


@pytest.mark.parametrize(
    ("perturbation", "role", "language", "script", "fields", "said"),
    [
        ("space", "pos", "de", "Latn", (), "has no space for tasks of role pos"),
        ("codemix", "xquad", "hi", "Deva", ("context",), "may change question alone, not context"),
        ("punct", "ner", "de", "Latn", (), "only punct:swap does that"),
        ("typo_key", "ner", "ja", "Jpan", (), "tokens are single characters there"),
        ("digits", "nli", "de", "Latn", (), "it changes nothing in script Latn"),
    ],
)
def test_what_does_not_apply_says_why(
    perturbation: str, role: str, language: str, script: str, fields: tuple[str, ...], said: str
) -> None:
    verdict = judged(perturbation, role, language, script, 1, fields)
    assert verdict.validity is None
    assert said in verdict.reason


def test_a_row_has_a_cell_for_every_role_or_says_so_by_leaving_it_out() -> None:
    assert all(set(row) <= set(ROLES) for row in TABLE.values())


WRAPPED = ("shuffled", "text-of")  # other tasks seen differently


def tasks_of(role: str) -> list[Task]:
    """The catalogue's tasks of one role; a control has the role of its task."""
    made: list[Any] = [catalog.load("tasks", name) for name in catalog.FAMILIES["tasks"] if name not in WRAPPED]
    return [each() for each in made if each.role == role]


@pytest.mark.parametrize("role", ROLES)
def test_the_fields_of_a_cell_are_those_of_the_tasks_that_it_is_about(role: str) -> None:
    for name, row in TABLE.items():
        own = row.get(role)
        for task in tasks_of(role):
            named = {*own.fields, *own.by_field} if own else set()
            assert all(task.format.knows(field) for field in named), f"{name} on {task}"
            assert any(named <= set(layout) for layout in task.format.layouts)


def labels() -> dict[str, Perturbation]:
    """Every catalogued perturbation in every variant, by label."""
    made = (each for name in CATALOGUED for each in variants(catalog.load("perturbations", name)))
    return {each.label: each for each in made}


def test_the_catalogue_has_a_row_each_and_the_table_names_no_variant_that_is_not_there() -> None:
    assert set(CATALOGUED) <= set(TABLE)
    known = labels()
    named = {f"{name}:{variant}" for name, row in TABLE.items() for own in row.values() for variant in own.variants}
    named |= {label for label in (*SCRIPTS, *COMMON_CORE) if ":" in label}
    assert {label for label in named if name_of(label) in CATALOGUED} <= set(known)
    assert set(map(name_of, (*VOUCHED, *SCRIPTS, *COMMON_CORE))) <= set(TABLE)


def test_every_level_of_every_perturbation_has_a_class_or_a_reason_on_every_role() -> None:
    for label, perturbation in labels().items():
        for role in ROLES:
            for level in perturbation.levels.severities:
                verdict = judged(label, role, "de", "Latn", level)
                assert (verdict.validity is None) == bool(verdict.reason)
                own = cell(label, role)
                if own and own.validity == "C" and verdict.validity:
                    assert verdict.validity == "C"


def test_the_common_core_leaves_nobody_out() -> None:
    for label in COMMON_CORE:
        assert name_of(label) not in SCRIPTS
    assert in_common_core("codemix:de", "nli")
    assert in_common_core("invisible:vs", "nli")
    assert not in_common_core("invisible", "nli")
    assert not in_common_core("case:upper", "nli")
    assert in_common_core("punct:swap", "pos")
    assert not in_common_core("punct:swap", "nli")


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="'typo_edit'"):
        validity("typo_edits", "nli", "de", 1)
    with pytest.raises(ValueError, match="'nli'"):
        validity("case", "xnli", "de", 1)
